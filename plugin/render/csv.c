/* csv.c: comma-separated values as RFC 4180 has them: a line of names, then one line for each row,
 * all ending in CR LF. Unknown is an empty field. Several reports are told apart by an empty line
 * and a line that holds nothing but the name of the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "format.h"

#include <string.h>

#include "value.h"

/** A field that may hold anything. */
static void put_text(GString *out, const char *text)
{
    char *owned;
    const char *valid = su_value_valid(text, &owned);

    if (valid[strcspn(valid, ",\"\r\n")] == '\0') {
        g_string_append(out, valid);
    } else {
        g_string_append_c(out, '"');
        for (const char *c = valid; *c; c++) {
            if (*c == '"')
                g_string_append_c(out, '"');
            g_string_append_c(out, *c);
        }
        g_string_append_c(out, '"');
    }
    g_free(owned);
}

/** "0.001000000@2880:RETRANS|RTO_LIKE", with blanks between. */
static void put_gaps(GString *out, const struct su_cell_gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++) {
        char before = ':';

        if (i > 0)
            g_string_append_c(out, ' ');
        su_value_put_seconds(out, gaps->gap[i].gap_ns);
        g_string_append_c(out, '@');
        su_value_put_count(out, gaps->gap[i].offset);
        for (size_t bit = 0; bit < gaps->word_count; bit++) {
            if (!(gaps->gap[i].flags >> bit & 1))
                continue;
            g_string_append_c(out, before);
            g_string_append(out, gaps->words[bit]);
            before = '|';
        }
    }
}

static void put_cell(GString *out, const struct su_cell *cell)
{
    switch ((enum su_cell_type)cell->type) {
    case SU_CELL_NONE:
        break;
    case SU_CELL_COUNT:
        su_value_put_count(out, cell->count);
        break;
    case SU_CELL_SPAN:
        su_value_put_seconds(out, cell->ns);
        break;
    case SU_CELL_STAMP:
        su_value_put_stamp(out, cell->ns);
        break;
    case SU_CELL_TEXT:
        put_text(out, cell->text);
        break;
    case SU_CELL_ADDRESS:
        su_value_put_address(out, cell);
        break;
    case SU_CELL_TRUTH:
        g_string_append(out, cell->truth ? "true" : "false");
        break;
    case SU_CELL_GAPS:
        put_gaps(out, cell->gaps);
        break;
    }
}

static void put_separator(GString *out, bool *first)
{
    if (!*first)
        g_string_append_c(out, ',');
    *first = false;
}

static void begin(struct su_writer *writer)
{
    const struct su_report *report = writer->report;
    GString *out = writer->out->text;
    bool first = true;

    if (writer->document->all)
        g_string_append_printf(out, "%s%s\r\n", writer->reports > 1 ? "\r\n" : "", report->id);
    for (size_t i = 0; i < report->column_count; i++) {
        if (!report->columns[i].key)
            continue;
        put_separator(out, &first);
        put_text(out, report->columns[i].key);
    }
    g_string_append(out, "\r\n");
}

static void row(struct su_writer *writer, const struct su_cell *cells)
{
    const struct su_report *report = writer->report;
    GString *out = writer->out->text;
    bool first = true;

    for (size_t i = 0; i < report->column_count; i++) {
        if (!report->columns[i].key)
            continue;
        put_separator(out, &first);
        put_cell(out, &cells[i]);
    }
    g_string_append(out, "\r\n");
}

const struct su_format_class su_format_csv = {
    .octets = sizeof(struct su_writer),
    .begin = begin,
    .row = row,
};
