/* text_named.c: one block for each row, in the look of tcpeek's summary: the name, then the columns
 * by the object that they belong to. Its first column heads each of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_layout.h"

#include <string.h>

#include "text_value.h"
#include "value.h"

enum { WIDTH = 36, LABEL_WIDTH = 21, COUNT_WIDTH = 6, SECONDS_WIDTH = 13 };

static void put_period(GString *out, const struct su_document *document)
{
    GString *seconds = g_string_new(NULL);

    if (document->first_ns != SU_TIME_NONE && document->last_ns != SU_TIME_NONE) {
        g_string_append(out, "     from : ");
        su_value_put_clock(out, document->first_ns, 0);
        g_string_append(out, " UTC\n       to : ");
        su_value_put_clock(out, document->last_ns, 0);
        g_string_append(out, " UTC\n     time : ");
        su_value_put_rounded(seconds, document->last_ns - document->first_ns, 0, 3);
        su_text_put_padded(out, seconds->str, seconds->len, SECONDS_WIDTH, true);
        g_string_append(out, " (sec)\n");
    }
    g_string_free(seconds, TRUE);
}

/** ======= HANDSHAKE SUMMARY ======= */
static void put_title(GString *out, const char *title)
{
    char *capitals = g_ascii_strup(title, -1);
    unsigned length = (unsigned)strlen(capitals) + 2;
    unsigned left = length < WIDTH ? (WIDTH - length) / 2 : 0;
    unsigned right = length + left < WIDTH ? WIDTH - length - left : 0;

    su_text_put_rule(out, '=', left);
    g_string_truncate(out, out->len - 1); /* the end of the line */
    g_string_append_printf(out, " %s ", capitals);
    su_text_put_rule(out, '=', right);
    g_free(capitals);
}

static void begin(struct su_text *text)
{
    put_title(text->writer.out->text, text->writer.report->title);
    put_period(text->writer.out->text, text->writer.document);
}

/** Does the column belong to the same object as the one before? */
static bool continues(const struct su_report *report, size_t i)
{
    const char *key = report->columns[i].key;
    const char *before = report->columns[i - 1].key;
    size_t object = strcspn(key, ".");

    return before && key[object] && strncmp(key, before, object + 1) == 0;
}

static void put_value(GString *out, const struct su_column *column, const struct su_cell *cell,
                      bool heads)
{
    GString *value = g_string_new(NULL);

    su_text_put_cell(value, column, cell);
    if (heads) {
        g_string_append_printf(out, "   %s: %s %s\n", column->heading, value->str,
                               column->unit ? column->unit : "");
    } else {
        g_string_append(out, "     ");
        su_text_put_padded(out, column->heading, strlen(column->heading), LABEL_WIDTH, false);
        g_string_append(out, " : ");
        su_text_put_padded(out, value->str, value->len, COUNT_WIDTH, true);
        g_string_append_c(out, '\n');
    }
    g_string_free(value, TRUE);
}

static void put_row(struct su_text *text, const struct su_cell *cells)
{
    const struct su_report *report = text->writer.report;
    GString *out = text->writer.out->text;

    su_text_put_rule(out, '-', WIDTH);
    g_string_append_c(out, ' ');
    su_text_put_cell(out, &report->columns[0], &cells[0]);
    g_string_append_c(out, '\n');
    for (size_t i = 1; i < report->column_count; i++)
        if (report->columns[i].rank)
            put_value(out, &report->columns[i], &cells[i], !continues(report, i));
}

static void end(struct su_text *text)
{
    su_text_put_rule(text->writer.out->text, '=', WIDTH);
}

const struct su_text_layout su_text_named = {begin, put_row, end};
