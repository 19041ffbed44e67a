/* named_filter.h: named filters, which count the connections of the report "handshakes".
 * Knows snapshots of connections and what users write; not where that is kept.
 * The syntax and the rules are tcpeek's, with IPv6 and ranges of ports added.
 *
 * An expression is filters with blanks between them, each of the form
 *
 *     [name]:RX|TX@address[/prefix]:port[:port...][,address[/prefix]:port[:port...]...]
 *
 *     web:RX@%:80:443                      what we serve on ports 80 and 443
 *     db:TX@192.0.2.0/24:5432,[2001:db8::/32]:5432    what we ask of those networks
 *     :RX@*:22 :TX@*:22                    leave SSH out of all the others
 *
 * RX: we are the server. TX: we are the client. "We" are a list of networks; if that is empty,
 * every connection is both. The address is always the peer's: the client's in RX, the server's in
 * TX. The port is always the server's. % and * stand for everything; a port may be a range,
 * 8000-8099. RX and TX may be written in small letters.
 *
 * A connection counts in every filter that matches it, once. What a filter without a name matches
 * counts in none. The same name again adds to the filter of that name. Order never matters, except
 * that names are listed in order of appearance. As long as no filter has a name there are two, RX
 * and TX, which match every connection of that direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_NAMED_FILTER_H
#define SU_SCHEMA_NAMED_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/view.h"

#include "report.h"

struct su_networks;
struct su_filter_set;

enum su_direction { SU_DIRECTION_RX = 0, SU_DIRECTION_TX, SU_DIRECTION_COUNT };

extern const char *const su_direction_words[SU_DIRECTION_COUNT];

/** A filter as a row of a table. */
struct su_filter_row {
    const char *name;     /* may hold blanks; NULL or blank: it excludes */
    const char *networks; /* of peers, as su_networks_parse() has it; NULL or blank: all */
    const char *ports;    /* of servers: "80, 443, 8000-8099"; NULL or blank: all */
    enum su_direction direction;
};

/** The set without any filter of the user's: RX and TX. */
struct su_filter_set *su_filter_set_default(void);

/** Read an expression; NULL and blanks are the default. On failure NULL, and `error` says what is
 *  wrong; the caller frees it with g_free(). */
struct su_filter_set *su_filter_set_parse(const char *expression, char **error);

/** Add a row. On failure the set is as before, and `error` as above. */
bool su_filter_set_add_rule(struct su_filter_set *set, const struct su_filter_row *row,
                            char **error);

void su_filter_set_free(struct su_filter_set *set);

/** How many filters have a name; 1 to SU_NAMED_FILTERS_MAX. */
unsigned su_filter_set_count(const struct su_filter_set *set);

/** Their names, valid UTF-8; NULL beyond the last. */
const char *su_filter_set_name(const struct su_filter_set *set, unsigned i);

/** Does filter `i` count this connection? `local` is who we are; NULL is an empty list. */
bool su_filter_set_match(const struct su_filter_set *set, unsigned i,
                         const struct su_networks *local, const struct su_view *view);

/** A set together with who we are. */
struct su_filter_source {
    const struct su_filter_set *set;
    const struct su_networks *local;
};

/** The set as the report "handshakes" takes it. `source` must outlive it. */
struct su_named_filters su_filter_source_named(const struct su_filter_source *source);

#endif
