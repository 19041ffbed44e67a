/* named_filter.c: reads named filters, and tells which of them count a connection.
 * A rule is a direction, a network of peers and ports of servers; a filter is rules, any of which
 * is enough. The rules of tcpeek are kept, but not that it counts a connection twice in a filter
 * that matches it twice, nor that port 0 stands for all ports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "named_filter.h"

#include <glib.h>
#include <string.h>

#include "networks.h"
#include "piece.h"

enum { HIGHEST_PORT = 65535 };

const char *const su_direction_words[SU_DIRECTION_COUNT] = {
    [SU_DIRECTION_RX] = "RX",
    [SU_DIRECTION_TX] = "TX",
};

#define EXAMPLE "for example web:RX@%:80:443"

static const char no_filter[] = "a filter is name:RX@address:port or name:TX@address:port, or the "
                                "same without the name to leave something out, " EXAMPLE;
static const char no_utf8[] = "a name must be valid UTF-8, " EXAMPLE;
static const char no_direction[] = "after the name and its colon RX@ (we are the server) or TX@ "
                                   "(we are the client) must follow, " EXAMPLE;
static const char no_ports[] =
    "the address must be followed by a colon and the server's port, % for all, " EXAMPLE;
static const char no_rule[] = "at a comma another address with its ports must stand, without a "
                              "blank, for example web:RX@192.0.2.1:80,192.0.2.2:80:443";
static const char no_port[] = "a server's port is a number from 1 to 65535, a range such as "
                              "8000-8099, or % for all, " EXAMPLE;
static const char downward[] = "a range of ports begins with the lower one, such as 8000-8099";
static const char too_many[] = "there can be no more than 64 filters with different names";
G_STATIC_ASSERT(SU_NAMED_FILTERS_MAX == 64);

/** Ports; both limits belong to it. */
struct ports {
    uint16_t least, most;
};

struct rule {
    struct su_network peer;
    uint32_t first_port, port_count; /* in su_filter_set.ports */
    enum su_direction direction;
};

struct filter {
    char *name;
    GArray *rules; /* struct rule */
};

struct su_filter_set {
    GPtrArray *filters; /* struct filter; empty: RX and TX */
    GArray *excluding;  /* struct rule */
    GArray *ports;      /* struct ports, of all rules */
};

/* ---- sets -------------------------------------------------------------------------------- */

static void free_filter(gpointer data)
{
    struct filter *filter = data;

    g_array_free(filter->rules, TRUE);
    g_free(filter->name);
    g_free(filter);
}

struct su_filter_set *su_filter_set_default(void)
{
    struct su_filter_set *set = g_new0(struct su_filter_set, 1);

    set->filters = g_ptr_array_new_with_free_func(free_filter);
    set->excluding = g_array_new(FALSE, FALSE, sizeof(struct rule));
    set->ports = g_array_new(FALSE, FALSE, sizeof(struct ports));
    return set;
}

void su_filter_set_free(struct su_filter_set *set)
{
    if (!set)
        return;
    g_ptr_array_free(set->filters, TRUE);
    g_array_free(set->excluding, TRUE);
    g_array_free(set->ports, TRUE);
    g_free(set);
}

unsigned su_filter_set_count(const struct su_filter_set *set)
{
    return set->filters->len > 0 ? set->filters->len : SU_DIRECTION_COUNT;
}

const char *su_filter_set_name(const struct su_filter_set *set, unsigned i)
{
    if (i >= su_filter_set_count(set))
        return NULL;
    if (set->filters->len == 0)
        return su_direction_words[i];
    return ((const struct filter *)set->filters->pdata[i])->name;
}

/** Where rules of that name go; NULL if there are too many names. */
static GArray *rules_of(struct su_filter_set *set, struct su_piece name)
{
    struct filter *filter;

    if (name.length == 0)
        return set->excluding;
    for (unsigned i = 0; i < set->filters->len; i++) {
        filter = set->filters->pdata[i];
        if (su_piece_is(name, filter->name))
            return filter->rules;
    }
    if (set->filters->len >= SU_NAMED_FILTERS_MAX)
        return NULL;
    filter = g_new0(struct filter, 1);
    filter->name = g_strndup(name.start, name.length);
    filter->rules = g_array_new(FALSE, FALSE, sizeof(struct rule));
    g_ptr_array_add(set->filters, filter);
    return filter->rules;
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool read_direction(struct su_piece piece, enum su_direction *direction)
{
    for (unsigned i = 0; i < SU_DIRECTION_COUNT; i++) {
        if (!su_piece_is_word(piece, su_direction_words[i]))
            continue;
        *direction = (enum su_direction)i;
        return true;
    }
    return false;
}

static bool read_port(struct su_piece piece, uint16_t *port)
{
    unsigned value;

    if (!su_piece_number(piece, HIGHEST_PORT, &value) || value == 0)
        return false;
    *port = (uint16_t)value;
    return true;
}

/** Reads "80", "8000-8099", "%" or "*" and adds it to an array. A su_piece_reader. */
static const char *read_ports(struct su_piece piece, void *user, struct su_piece *wrong)
{
    struct ports ports = {0, HIGHEST_PORT};
    struct su_piece rest = piece;
    struct su_piece low = su_piece_until(&rest, "-");
    struct su_piece high = rest.length > 0 ? su_piece_after(rest, 1) : low;

    *wrong = piece;
    if (!su_piece_is(piece, "%") && !su_piece_is(piece, "*")) {
        if (!read_port(low, &ports.least) || !read_port(high, &ports.most))
            return no_port;
        if (ports.least > ports.most)
            return downward;
    }
    g_array_append_val((GArray *)user, ports);
    return NULL;
}

/** Take off an address: up to the colon, but not one within brackets. */
static struct su_piece take_address(struct su_piece *rest)
{
    struct su_piece address = *rest;

    if (rest->length > 0 && *rest->start == '[')
        su_piece_until(rest, "]");
    su_piece_until(rest, ":");
    address.length = (size_t)(rest->start - address.start);
    return address;
}

/** Reads "address:port:port". */
static const char *read_rule(struct su_filter_set *set, struct su_piece rest, struct rule *rule,
                             struct su_piece *wrong)
{
    struct su_piece address = take_address(&rest);
    const char *expected = su_network_read(address, &rule->peer, wrong);

    if (expected)
        return expected;
    *wrong = rest;
    if (rest.length == 0)
        return no_ports;
    rule->first_port = set->ports->len;
    while (rest.length > 0) {
        rest = su_piece_after(rest, 1);
        expected = read_ports(su_piece_until(&rest, ":"), set->ports, wrong);
        if (expected)
            return expected;
    }
    rule->port_count = set->ports->len - rule->first_port;
    return NULL;
}

/** Reads rules with commas between them. */
static const char *read_rules(struct su_filter_set *set, struct su_piece rest, GArray *rules,
                              struct rule rule, struct su_piece *wrong)
{
    for (;;) {
        struct su_piece text = su_piece_until(&rest, ",");
        const char *expected = read_rule(set, text, &rule, wrong);

        if (expected)
            return expected;
        g_array_append_val(rules, rule);
        if (rest.length == 0)
            return NULL;
        rest = su_piece_after(rest, 1);
        *wrong = rest;
        if (rest.length == 0 || *rest.start == ',')
            return no_rule;
    }
}

/** Reads "[name]:RX@rules". */
static const char *read_filter(struct su_filter_set *set, struct su_piece word,
                               struct su_piece *wrong)
{
    struct rule rule = {.direction = SU_DIRECTION_RX};
    struct su_piece rest = word;
    struct su_piece name = su_piece_until(&rest, ":");
    struct su_piece direction;
    GArray *rules;

    *wrong = word;
    if (rest.length == 0)
        return no_filter;
    *wrong = name;
    if (!g_utf8_validate(name.start, (gssize)name.length, NULL))
        return no_utf8;
    rest = su_piece_after(rest, 1);
    direction = su_piece_until(&rest, "@");
    *wrong = direction;
    if (rest.length == 0 || !read_direction(direction, &rule.direction))
        return no_direction;
    *wrong = name;
    rules = rules_of(set, name);
    if (!rules)
        return too_many;
    return read_rules(set, su_piece_after(rest, 1), rules, rule, wrong);
}

struct su_filter_set *su_filter_set_parse(const char *expression, char **error)
{
    struct su_filter_set *set = su_filter_set_default();
    struct su_piece rest = su_piece_skip_blanks(su_piece_whole(expression));

    while (rest.length > 0) {
        struct su_piece wrong;
        const char *expected = read_filter(set, su_piece_until(&rest, SU_BLANKS), &wrong);

        if (expected) {
            *error = su_piece_complaint(expression, wrong, expected);
            su_filter_set_free(set);
            return NULL;
        }
        rest = su_piece_skip_blanks(rest);
    }
    return set;
}

/* ---- rows of a table --------------------------------------------------------------------- */

/** The complaint about a column, with the column's name before it. */
static void name_column(const char *column, char **error)
{
    char *complaint = *error;

    *error = g_strdup_printf("%s: %s", column, complaint);
    g_free(complaint);
}

static struct su_piece trim(const char *text)
{
    struct su_piece piece = su_piece_skip_blanks(su_piece_whole(text));

    while (piece.length > 0 && strchr(SU_BLANKS, piece.start[piece.length - 1]))
        piece.length--;
    return piece;
}

static GArray *name_rules(struct su_filter_set *set, const char *text, char **error)
{
    struct su_piece name = trim(text);
    bool valid = g_utf8_validate(name.start, (gssize)name.length, NULL);
    GArray *rules = valid ? rules_of(set, name) : NULL;

    if (rules)
        return rules;
    *error = su_piece_complaint(text, name, valid ? too_many : no_utf8);
    name_column("Name", error);
    return NULL;
}

/** A rule for every network of peers, or one for all peers; they share their ports. */
static void append_rules(GArray *rules, struct rule rule, const struct su_networks *networks)
{
    size_t count = su_networks_count(networks);

    if (count == 0)
        g_array_append_val(rules, rule);
    for (size_t i = 0; i < count; i++) {
        rule.peer = *su_networks_get(networks, i);
        g_array_append_val(rules, rule);
    }
}

bool su_filter_set_add_rule(struct su_filter_set *set, const struct su_filter_row *row,
                            char **error)
{
    const struct ports all = {0, HIGHEST_PORT};
    struct rule rule = {.first_port = set->ports->len, .direction = row->direction};
    struct su_networks *networks = su_networks_parse(row->networks, error);
    GArray *rules = NULL;

    if (!networks)
        name_column("Peer networks", error);
    else if (!su_piece_read_list(row->ports, read_ports, set->ports, error))
        name_column("Server ports", error);
    else
        rules = name_rules(set, row->name, error);
    if (!rules) {
        g_array_set_size(set->ports, rule.first_port);
        su_networks_free(networks);
        return false;
    }
    if (set->ports->len == rule.first_port)
        g_array_append_val(set->ports, all);
    rule.port_count = set->ports->len - rule.first_port;
    append_rules(rules, rule, networks);
    su_networks_free(networks);
    return true;
}

/* ---- matching ---------------------------------------------------------------------------- */

static bool is_ours(const struct su_networks *local, const struct su_view_side *side,
                    unsigned ip_version)
{
    return su_networks_count(local) == 0 || su_networks_match(local, side->address, ip_version);
}

/** Has the connection this direction, seen from us? Between two of us it has both, and between two
 *  strangers none. */
static bool goes(enum su_direction direction, const struct su_networks *local,
                 const struct su_view *view)
{
    const struct su_view_side *we = direction == SU_DIRECTION_RX ? &view->server : &view->client;

    return is_ours(local, we, view->ip_version);
}

static bool has_port(const struct su_filter_set *set, const struct rule *rule, uint16_t port)
{
    for (uint32_t i = 0; i < rule->port_count; i++) {
        const struct ports *ports = &g_array_index(set->ports, struct ports, rule->first_port + i);

        if (port >= ports->least && port <= ports->most)
            return true;
    }
    return false;
}

static bool any_rule(const struct su_filter_set *set, const GArray *rules,
                     const struct su_networks *local, const struct su_view *view)
{
    const bool wanted[SU_DIRECTION_COUNT] = {goes(SU_DIRECTION_RX, local, view),
                                             goes(SU_DIRECTION_TX, local, view)};

    for (unsigned i = 0; i < rules->len; i++) {
        const struct rule *rule = &g_array_index(rules, struct rule, i);
        const struct su_view_side *peer =
            rule->direction == SU_DIRECTION_RX ? &view->client : &view->server;

        if (wanted[rule->direction] && has_port(set, rule, view->server.port) &&
            su_network_match(&rule->peer, peer->address, view->ip_version))
            return true;
    }
    return false;
}

bool su_filter_set_match(const struct su_filter_set *set, unsigned i,
                         const struct su_networks *local, const struct su_view *view)
{
    const struct filter *filter;

    if (i >= su_filter_set_count(set) || any_rule(set, set->excluding, local, view))
        return false;
    if (set->filters->len == 0)
        return goes((enum su_direction)i, local, view);
    filter = set->filters->pdata[i];
    return any_rule(set, filter->rules, local, view);
}

/* ---- for the report ---------------------------------------------------------------------- */

static const char *source_name(const struct su_named_filters *self, size_t i)
{
    const struct su_filter_source *source = self->user;

    return su_filter_set_name(source->set, (unsigned)i);
}

static bool source_match(const struct su_named_filters *self, size_t i, const struct su_view *view)
{
    const struct su_filter_source *source = self->user;

    return su_filter_set_match(source->set, (unsigned)i, source->local, view);
}

struct su_named_filters su_filter_source_named(const struct su_filter_source *source)
{
    return (struct su_named_filters){
        .count = su_filter_set_count(source->set),
        .name = source_name,
        .match = source_match,
        .user = source,
    };
}
