/* text_value.h: values and headings as people read them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_TEXT_VALUE_H
#define SU_RENDER_TEXT_VALUE_H

#include <glib.h>

#include "schema/report.h"

/** Valid UTF-8 in which whatever could move the cursor or turn the line around is written as an
 *  escape. */
void su_text_put_safe(GString *out, const char *text);

/** Columns of a terminal that this much valid UTF-8 takes. */
unsigned su_text_width(const char *text, size_t octets);

/** At most `most` octets, and nothing in them that su_text_put_safe() would change or that takes other
 *  than one column: printable ASCII. */
bool su_text_is_plain(const char *text, size_t most);

/** A cell of type SPAN in the column's unit: at most SU_VALUE_NUMBER_MAX octets, the last of them
 *  before `end`. Returns where they begin. */
char *su_text_write_span(char *end, const struct su_column *column, const struct su_cell *cell);

void su_text_put_cell(GString *out, const struct su_column *column, const struct su_cell *cell);

/** `text` in a field of `width` columns. */
void su_text_put_padded(GString *out, const char *text, size_t octets, unsigned width, bool right);

void su_text_put_rule(GString *out, char c, unsigned width);

/** Blanks at the end of the last line. */
void su_text_trim(GString *out);

#endif
