/* lines.h: lines on standard output, while packets come.
 * Whole lines only, written in the turns of pump.h. If the reader goes away, the capture is asked to
 * end as if by Ctrl+C, so that nothing is left behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_LINES_H
#define SU_LIVE_LINES_H

#include <glib.h>

/** Where to append whole lines. */
GString *su_lines_text(void);

/** Write what has been appended, if anything. */
void su_lines_flush(void);

#endif
