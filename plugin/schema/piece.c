/* piece.c: cuts up a text that a user wrote, and says which piece of it is wrong.
 * A complaint is always one line of valid UTF-8 of a bounded length, whatever the text holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "piece.h"

#include <glib.h>
#include <string.h>

enum { QUOTED_CHARACTERS = 40 };

struct su_piece su_piece_whole(const char *text)
{
    const char *start = text ? text : "";

    return (struct su_piece){start, strlen(start)};
}

bool su_piece_is(struct su_piece piece, const char *text)
{
    return piece.length == strlen(text) && memcmp(piece.start, text, piece.length) == 0;
}

bool su_piece_is_word(struct su_piece piece, const char *word)
{
    return piece.length == strlen(word) &&
           g_ascii_strncasecmp(piece.start, word, piece.length) == 0;
}

struct su_piece su_piece_until(struct su_piece *rest, const char *ends)
{
    struct su_piece piece = {rest->start, 0};

    while (piece.length < rest->length && !strchr(ends, piece.start[piece.length]))
        piece.length++;
    *rest = su_piece_after(*rest, piece.length);
    return piece;
}

struct su_piece su_piece_after(struct su_piece piece, size_t octets)
{
    size_t left_out = MIN(octets, piece.length);

    return (struct su_piece){piece.start + left_out, piece.length - left_out};
}

struct su_piece su_piece_skip_blanks(struct su_piece piece)
{
    size_t blanks = 0;

    while (blanks < piece.length && strchr(SU_BLANKS, piece.start[blanks]))
        blanks++;
    return su_piece_after(piece, blanks);
}

bool su_piece_number(struct su_piece piece, unsigned most, unsigned *value)
{
    unsigned long long number = 0;

    for (size_t i = 0; i < piece.length; i++) {
        if (!g_ascii_isdigit(piece.start[i]))
            return false;
        number = number * 10 + (unsigned)(piece.start[i] - '0');
        if (number > most)
            return false;
    }
    *value = (unsigned)number;
    return piece.length > 0;
}

bool su_piece_read_list(const char *text, su_piece_reader *read, void *user, char **error)
{
    struct su_piece rest = su_piece_skip_blanks(su_piece_whole(text));

    while (rest.length > 0) {
        struct su_piece entry = su_piece_until(&rest, "," SU_BLANKS);
        struct su_piece wrong = entry;
        const char *expected =
            entry.length > 0 ? read(entry, user, &wrong) : "an entry is missing next to a comma";
        bool more;

        if (expected) {
            *error = su_piece_complaint(text, wrong, expected);
            return false;
        }
        rest = su_piece_skip_blanks(rest);
        more = rest.length > 0 && *rest.start == ',';
        rest = su_piece_skip_blanks(su_piece_after(rest, more));
        if (more && rest.length == 0) {
            *error = su_piece_complaint(text, rest, "another entry must follow the last comma");
            return false;
        }
    }
    return true;
}

/* ---- complaints -------------------------------------------------------------------------- */

/** Which character of a text, counted from 1, stands at an octet. */
static long position(const char *whole, const char *at)
{
    char *before = g_strndup(whole, (gsize)(at - whole));
    char *valid = g_utf8_make_valid(before, -1);
    long characters = g_utf8_strlen(valid, -1);

    g_free(valid);
    g_free(before);
    return characters + 1;
}

/** The piece in quotation marks: cut short, and without what would break a line. */
static void quote(GString *text, struct su_piece piece)
{
    char *valid = g_utf8_make_valid(piece.start, (gssize)piece.length);
    const char *next = valid;

    g_string_append_c(text, '"');
    for (int i = 0; *next && i < QUOTED_CHARACTERS; i++) {
        gunichar c = g_utf8_get_char(next);

        g_string_append_unichar(text, g_unichar_isprint(c) ? c : 0xFFFD);
        next = g_utf8_next_char(next);
    }
    g_string_append(text, *next ? "...\"" : "\"");
    g_free(valid);
}

char *su_piece_complaint(const char *whole, struct su_piece wrong, const char *expected)
{
    const char *start = whole ? whole : wrong.start;
    GString *text = g_string_new("");

    g_string_append_printf(text, "character %ld", position(start, wrong.start));
    if (wrong.length > 0) {
        g_string_append(text, ", ");
        quote(text, wrong);
    } else if (*wrong.start == '\0') {
        g_string_append(text, ", the end");
    }
    g_string_append_printf(text, ": %s", expected);
    return g_string_free(text, FALSE);
}
