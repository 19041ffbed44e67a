/* text_value.c: values and headings as people read them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_value.h"

#include <string.h>

#include "put.h"
#include "value.h"

/* Almost all texts are; the rest is looked at letter by letter. */
static bool is_printable_ascii(const char *text, size_t octets)
{
    bool printable = true;

    for (size_t i = 0; i < octets; i++)
        printable = printable && text[i] >= ' ' && text[i] <= '~';
    return printable;
}

/* What moves the cursor, breaks the line, or turns the direction of writing. */
static bool is_harmful(gunichar c)
{
    const uint32_t harmful = UINT32_C(1) << G_UNICODE_CONTROL | UINT32_C(1) << G_UNICODE_FORMAT |
                             UINT32_C(1) << G_UNICODE_LINE_SEPARATOR |
                             UINT32_C(1) << G_UNICODE_PARAGRAPH_SEPARATOR;

    return harmful >> g_unichar_type(c) & 1;
}

void su_text_put_safe(GString *out, const char *text)
{
    size_t octets = strlen(text);
    char *owned;

    if (is_printable_ascii(text, octets)) {
        su_put(out, text, octets);
        return;
    }
    for (const char *c = su_value_valid(text, &owned); *c; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);

        if (!is_harmful(code))
            g_string_append_unichar(out, code);
        else
            g_string_append_printf(out, code < 0x100 ? "\\x%02x" : "\\u{%x}", code);
    }
    g_free(owned);
}

unsigned su_text_width(const char *text, size_t octets)
{
    const char *end = text + octets;
    unsigned width = 0;

    if (is_printable_ascii(text, octets))
        return (unsigned)octets;
    for (; text < end; text = g_utf8_next_char(text)) {
        gunichar code = g_utf8_get_char(text);

        if (!g_unichar_iszerowidth(code))
            width += g_unichar_iswide(code) ? 2 : 1;
    }
    return width;
}

static void put_span(GString *out, const struct su_column *column, int64_t ns)
{
    enum { MS_SHIFT = 3 };

    if (column->unit && strcmp(column->unit, "ms") == 0)
        su_value_put_rounded(out, ns, MS_SHIFT, 3);
    else
        su_value_put_rounded(out, ns, 0, 6);
}

void su_text_put_cell(GString *out, const struct su_column *column, const struct su_cell *cell)
{
    switch ((enum su_cell_type)cell->type) {
    case SU_CELL_NONE:
        g_string_append_c(out, '-');
        break;
    case SU_CELL_COUNT:
        su_value_put_count(out, cell->count);
        break;
    case SU_CELL_SPAN:
        put_span(out, column, cell->ns);
        break;
    case SU_CELL_STAMP:
        su_value_put_clock(out, cell->ns, 6);
        break;
    case SU_CELL_TEXT:
        su_text_put_safe(out, cell->text);
        break;
    case SU_CELL_ADDRESS:
        su_value_put_address(out, cell);
        break;
    case SU_CELL_TRUTH:
        su_put(out, cell->truth ? "yes" : "no", cell->truth ? 3 : 2);
        break;
    case SU_CELL_GAPS:
        su_value_put_count(out, cell->gaps->count);
        break;
    }
}

void su_text_put_padded(GString *out, const char *text, size_t octets, unsigned width, bool right)
{
    unsigned own = su_text_width(text, octets);
    unsigned blanks = own < width ? width - own : 0;

    if (right)
        su_put_blanks(out, blanks);
    su_put(out, text, octets);
    if (!right)
        su_put_blanks(out, blanks);
}

void su_text_put_rule(GString *out, char c, unsigned width)
{
    su_put_repeated(out, c, width);
    g_string_append_c(out, '\n');
}

void su_text_trim(GString *out)
{
    size_t len = out->len;

    while (len > 0 && out->str[len - 1] == ' ')
        len--;
    g_string_truncate(out, len);
}
