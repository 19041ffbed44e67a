/* prefs.h: the user's preferences, and the engine's policy made of them.
 * What the user changes takes effect with the next session: the capture is read again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_PREFS_H
#define SU_ADAPTER_PREFS_H

#include <stdbool.h>

#include "engine/segment.h"

/** Register all preferences under our protocol. */
void su_prefs_register(int proto);

/** The policy as the user wants it now. */
void su_prefs_policy(struct su_policy *policy);

/** The group that may ask at the socket of -z sockusage,serve; "": nobody but the user. */
const char *su_prefs_socket_group(void);

/** From this length on a gap is a long one. */
int64_t su_prefs_long_gap_ns(void);

/** How long after its end a connection is forgotten; 0: never. */
int64_t su_prefs_forget_after_ns(void);

/** Shall UDP be looked at? */
bool su_prefs_wants_udp(void);

#endif
