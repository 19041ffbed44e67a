/* expect.h: a report rendered, against a file in expected/.
 * With SU_UPDATE=1 in the environment the files are written instead; look at them before you
 * commit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_RENDER_EXPECT_H
#define SU_TESTS_RENDER_EXPECT_H

#include "render/writer.h"

/** Must be the same, octet by octet, as expected/<name>.<format>. */
void expect_same(const char *name, enum su_format format, const GString *made);

#endif
