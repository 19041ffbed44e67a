/* verdict.h: facts named late: handshake result, close type, outcome.
 * Pure functions over a connection; called when somebody looks, not per segment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_VERDICT_H
#define SU_ENGINE_VERDICT_H

#include "conn.h"

/** Result of the handshake at capture time `now_ns`. */
enum su_handshake su_verdict_handshake(const struct su_conn *conn, const struct su_policy *policy,
                                       int64_t now_ns);

/** Did both ends ever reach ESTABLISHED, as far as anybody can tell? */
bool su_handshake_is_success(enum su_handshake handshake);

/** How the connection ended, or SU_CLOSE_NA if it never was one. */
enum su_close su_verdict_close(const struct su_conn *conn, enum su_handshake handshake);

/** Was only one direction captured? */
bool su_verdict_is_one_sided(const struct su_conn *conn);

/** What became of it: one of the classes that add up to Total, or why it is in none of them. */
enum su_outcome su_verdict_outcome(enum su_handshake handshake, enum su_close close,
                                   bool one_sided);

#endif
