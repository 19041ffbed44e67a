/* named.c: which of the user's named filters a connection matches.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "named.h"

#include "render/json_row.h"

bool su_named_any(const struct su_named_filters *filters, const struct su_view *view)
{
    for (size_t i = 0; i < filters->count; i++)
        if (filters->match(filters, i, view))
            return true;
    return false;
}

void su_named_put_json(GString *out, const struct su_named_filters *filters,
                       const struct su_view *view)
{
    bool is_first = true;

    g_string_append_c(out, '[');
    for (size_t i = 0; i < filters->count; i++) {
        if (!filters->match(filters, i, view))
            continue;
        if (!is_first)
            g_string_append_c(out, ',');
        is_first = false;
        su_json_put_string(out, filters->name(filters, i));
    }
    g_string_append_c(out, ']');
}
