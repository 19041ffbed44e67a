/* piece.h: pieces of a text that a user wrote, and how to tell the user which piece is wrong.
 * Knows nothing of what the text means; parsers of preferences and expressions are made with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_PIECE_H
#define SU_SCHEMA_PIECE_H

#include <stdbool.h>
#include <stddef.h>

/** Part of a longer text, not terminated; may be empty, but always stands somewhere in it. */
struct su_piece {
    const char *start;
    size_t length;
};

/* What separates words. */
#define SU_BLANKS " \t\n\v\f\r"

/** All of a text; NULL is an empty one. */
struct su_piece su_piece_whole(const char *text);

bool su_piece_is(struct su_piece piece, const char *text);

/** The same in ASCII, whatever the case. */
bool su_piece_is_word(struct su_piece piece, const char *word);

/** Take off and return what stands before the first of the characters `ends`. `rest` then begins
 *  with that character, or is empty. */
struct su_piece su_piece_until(struct su_piece *rest, const char *ends);

/** Leave out so many octets, or as many as there are. */
struct su_piece su_piece_after(struct su_piece piece, size_t octets);

/** Leave out leading blanks. */
struct su_piece su_piece_skip_blanks(struct su_piece piece);

/** A decimal number of digits alone, at most `most`. */
bool su_piece_number(struct su_piece piece, unsigned most, unsigned *value);

/** Reads one entry of a list. NULL if it is right; otherwise what would be, a sentence that lives
 *  on, and `wrong` says which part of the entry is meant. */
typedef const char *su_piece_reader(struct su_piece entry, void *user, struct su_piece *wrong);

/** Read a list: entries with commas or blanks between them; maybe none. On failure `error` is set
 *  to a complaint, which the caller frees with g_free(). */
bool su_piece_read_list(const char *text, su_piece_reader *read, void *user, char **error);

/** "character 7, "TXX": <expected>". The caller frees it with g_free(). */
char *su_piece_complaint(const char *whole, struct su_piece wrong, const char *expected);

#endif
