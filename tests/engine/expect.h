/* expect.h: what an `expect` line may ask of a connection, and whether it is so.
 * Owns the keys and how a view's members become words. Knows nothing of sequence numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_ENGINE_EXPECT_H
#define SU_TESTS_ENGINE_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/view.h"
#include "text.h"

struct su_expect_key;

/** Everything a demand can be held against. */
struct su_expect_context {
    struct su_view view;
    unsigned conns;     /* connections there have been */
    unsigned conn;      /* the one `view` shows, from 1 */
    unsigned last_conn; /* the one the last segment belongs to, as known now */
    bool client_is_s;   /* host s has the client's role */
    bool doubled;       /* every segment was fed twice */
};

/** The key of this name, NULL if there is none. */
const struct su_expect_key *su_expect_find(const char *name, size_t length);

/** Does this key choose the connection (`conn=2`) instead of asking something? */
bool su_expect_selects(const struct su_expect_key *key);

/** Could `value` (without '|') ever come out for this key? */
bool su_expect_valid(const struct su_expect_key *key, const char *value, size_t length);

/** Is it so? `value` may hold alternatives; what was found is appended to `got`. */
bool su_expect_holds(const struct su_expect_key *key, const char *value,
                     const struct su_expect_context *context, struct su_text *got);

const char *su_expect_name(const struct su_expect_key *key);

#endif
