/* tap.h: all statistics of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TAP_H
#define SU_TAP_TAP_H

/** Call once, while Wireshark registers its protocols. */
void su_tap_register(void);

#endif
