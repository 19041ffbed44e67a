/* tree_text.h: the overview as text for a terminal of 80 columns.
 * Knows nothing of Wireshark: counts in, text out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TREE_TEXT_H
#define SU_TAP_TREE_TEXT_H

#include <glib.h>

#include "schema/overview.h"

/** The whole report. `filter` is shown if there is one, and so is `cut`, the number of connections
 *  that count twice since a new session cut them. Free the result with g_string_free(). */
GString *su_tree_text(const struct su_overview *overview, const char *filter, uint64_t cut);

#endif
