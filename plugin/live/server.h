/* server.h: answers one line of each client, and closes.
 * Knows nothing of what the lines mean. Whatever clients do, it never waits for them: they get so
 * much time, so much memory and no more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_SERVER_H
#define SU_LIVE_SERVER_H

#include <stdbool.h>

#include <gio/gio.h>

/** Append the answer to a line, which has no end of line. */
typedef void su_server_answer(void *user, const char *line, GString *answer);

struct su_server;

/** `listener` must outlive it. `lets_others_in`: whoever could connect may ask, otherwise only we
 *  ourselves and root. */
struct su_server *su_server_new(GSocket *listener, bool lets_others_in, su_server_answer *answer,
                                void *user);
void su_server_free(struct su_server *server);

/** To be called often. Takes a fifth of the time at most. */
void su_server_turn(struct su_server *server);

/** The last chance for those who have asked. */
void su_server_drain(struct su_server *server);

#endif
