/* live.h: all that tells of connections while they happen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_LIVE_H
#define SU_LIVE_LIVE_H

/** Call once, while Wireshark registers its protocols, after su_tap_register(). */
void su_live_register(void);

#endif
