/* whole_file.h: a file that is replaced as a whole: who reads it gets the old one or the new one,
 * however this process ends meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_WHOLE_FILE_H
#define SU_LIVE_WHOLE_FILE_H

#include <glib.h>

/** Returns 0, or errno. */
int su_whole_file_write(const char *path, const GString *text);

#endif
