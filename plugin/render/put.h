/* put.h: octets to the end of a GString. GLib's own functions for this are calls that check and
 * move more than is needed here, and a report puts millions of short pieces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_PUT_H
#define SU_RENDER_PUT_H

#include <glib.h>
#include <string.h>

/** `text` must not lie in `out`. */
static inline void su_put(GString *out, const char *text, size_t octets)
{
    if (out->len + octets >= out->allocated_len) {
        g_string_append_len(out, text, (gssize)octets);
        return;
    }
    memcpy(out->str + out->len, text, octets);
    out->len += octets;
    out->str[out->len] = '\0';
}

/** Room for so many octets at the end, for su_put_done(). */
static inline char *su_put_room(GString *out, size_t octets)
{
    size_t len = out->len;

    g_string_set_size(out, len + octets);
    return out->str + len;
}

/** What su_put_room() gave is written up to here. */
static inline void su_put_done(GString *out, const char *end)
{
    g_string_truncate(out, (gsize)(end - out->str));
}

static inline void su_put_repeated(GString *out, char c, size_t count)
{
    size_t len = out->len;

    g_string_set_size(out, len + count);
    memset(out->str + len, c, count);
}

static inline void su_put_blanks(GString *out, size_t count)
{
    static const char blanks[] = "                                ";

    if (count < sizeof(blanks))
        su_put(out, blanks, count);
    else
        su_put_repeated(out, ' ', count);
}

#endif
