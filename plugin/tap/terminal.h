/* terminal.h: how wide the terminal is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TERMINAL_H
#define SU_TAP_TERMINAL_H

/** Columns of the terminal that standard output is; 0: it is none, so there is no limit. */
unsigned su_terminal_width(void);

/** The same, but the environment variable COLUMNS goes before: for what is piped into a pager. */
unsigned su_terminal_wanted_width(void);

#endif
