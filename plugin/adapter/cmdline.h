/* cmdline.h: what tshark was asked to do, as far as epan does not tell a plugin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_CMDLINE_H
#define SU_ADAPTER_CMDLINE_H

#include <stdbool.h>

/** False also where nobody tells. */
bool su_cmdline_is_tshark(void);

/** False only if it is certain: this is tshark, and it was not started with -2. */
bool su_cmdline_may_repeat(void);

/** Name of the file that tshark reads, without folders; NULL: none, or not known. Free it with
 *  g_free(). */
char *su_cmdline_capture(void);

#endif
