/* named.h: which of the user's named filters a connection matches.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_NAMED_H
#define SU_LIVE_NAMED_H

#include <glib.h>

#include "schema/report.h"

bool su_named_any(const struct su_named_filters *filters, const struct su_view *view);

/** Their names as a JSON array. */
void su_named_put_json(GString *out, const struct su_named_filters *filters,
                       const struct su_view *view);

#endif
