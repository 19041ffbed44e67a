/* text_value.c: values and headings as people read them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_value.h"

#include <string.h>

#include "put.h"
#include "value.h"

enum { WORD = sizeof(uint64_t) };

static uint64_t word_of(uint8_t octet)
{
    return octet * (UINT64_MAX / UINT8_MAX);
}

/* Not false for a printable word, and false for some others that need not be looked at closely. */
static bool is_printable_word(uint64_t word)
{
    uint64_t below =
        word - word_of(' ');            /* the high bit, or it borrows: an octet below the blank */
    uint64_t above = word + word_of(1); /* the high bit: an octet above the tilde */

    return ((below | word | above) & word_of(0x80)) == 0;
}

/* Almost all texts are; the rest is looked at letter by letter. */
static bool is_printable_ascii(const char *text, size_t octets)
{
    uint64_t word;

    for (; octets >= WORD; octets -= WORD, text += WORD) {
        memcpy(&word, text, WORD);
        if (!is_printable_word(word))
            return false;
    }
    word = word_of(' ');
    memcpy(&word, text, octets);
    return is_printable_word(word);
}

bool su_text_is_plain(const char *text, size_t most)
{
    size_t octets = strlen(text);

    return octets <= most && is_printable_ascii(text, octets);
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

char *su_text_write_span(char *end, const struct su_column *column, const struct su_cell *cell)
{
    enum { MS_SHIFT = 3 };

    if (column->unit && strcmp(column->unit, "ms") == 0)
        return su_value_write_rounded(end, cell->ns, MS_SHIFT, 3);
    return su_value_write_rounded(end, cell->ns, 0, 6);
}

static void put_span(GString *out, const struct su_column *column, const struct su_cell *cell)
{
    char text[SU_VALUE_NUMBER_MAX];
    char *end = text + sizeof(text);
    const char *begin = su_text_write_span(end, column, cell);

    su_put(out, begin, (size_t)(end - begin));
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
        put_span(out, column, cell);
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
