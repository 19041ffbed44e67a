/* pair.h: the connections that follow one another on one pair of sockets.
 * Decides whether a segment belongs to the connection at hand, begins a new one, or is a SYN that
 * must wait for its answer (RFC 9293 section 3.5.1). Owns no memory: the caller does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_PAIR_H
#define SU_ENGINE_PAIR_H

#include "conn.h"

enum { SU_HOLD_FRAMES = 4 };

/** A SYN or SYN-ACK seen on a live connection, not yet known to begin a new one. */
struct su_hold {
    struct su_segment first;
    struct su_segment last;
    uint32_t frames[SU_HOLD_FRAMES]; /* frames of the segments held, the first ones */
    uint32_t repeats;                /* of the held segment, by its host */
    uint32_t copies;                 /* of it, by the capture */
    bool active;
};

/** One pair of sockets. All-zero is a valid start. */
struct su_pair {
    struct su_conn *conn; /* the connection at hand, NULL before the first */
    struct su_hold *hold; /* NULL until a SYN had to wait */
};

/** How the pair gets memory and tells what became of frames it had attributed otherwise. */
struct su_pair_ops {
    /** A zeroed connection after su_conn_init(), which then becomes pair->conn. Never NULL. */
    struct su_conn *(*new_conn)(void *user, struct su_pair *pair);
    /** A zeroed hold, kept as long as the pair. Never NULL. */
    struct su_hold *(*new_hold)(void *user);
    /** Frame `frame` belongs to `conn` after all; `states` as su_conn_states() gave it then. */
    void (*moved)(void *user, uint32_t frame, struct su_conn *conn, uint8_t states);
    void *user;
    struct su_conn_parts parts;
    bool same_socket; /* both addresses and ports are equal: a socket talks to itself */
};

/** Feed one segment. Returns the connection it belongs to (after which pair->conn may be newer). */
struct su_conn *su_pair_feed(struct su_pair *pair, const struct su_segment *seg,
                             const struct su_policy *policy, const struct su_pair_ops *ops);

/** Feed one ICMP error. Returns the connection it speaks of, NULL if there is none. */
struct su_conn *su_pair_feed_icmp(struct su_pair *pair, const struct su_icmp_error *error,
                                  const struct su_policy *policy,
                                  const struct su_conn_parts *parts);

#endif
