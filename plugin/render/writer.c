/* writer.c: the way into every format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "writer.h"

#include <glib.h>

#include "format.h"

const char *const su_format_words[SU_FORMAT_COUNT] = {
    [SU_FORMAT_TEXT] = "text",
    [SU_FORMAT_JSON] = "json",
    [SU_FORMAT_NDJSON] = "ndjson",
    [SU_FORMAT_CSV] = "csv",
};

static const struct su_format_class *const formats[SU_FORMAT_COUNT] = {
    [SU_FORMAT_TEXT] = &su_format_text,
    [SU_FORMAT_JSON] = &su_format_json,
    [SU_FORMAT_NDJSON] = &su_format_ndjson,
    [SU_FORMAT_CSV] = &su_format_csv,
};

struct su_writer *su_writer_new(enum su_format format, struct su_out *out,
                                const struct su_document *document)
{
    struct su_writer *writer = g_malloc0(formats[format]->octets);

    writer->format = formats[format];
    writer->out = out;
    writer->document = document;
    if (writer->format->begin_document)
        writer->format->begin_document(writer);
    return writer;
}

void su_writer_begin(struct su_writer *writer, const struct su_report *report)
{
    writer->report = report;
    writer->reports++;
    if (writer->format->begin)
        writer->format->begin(writer);
}

void su_writer_row(struct su_writer *writer, const struct su_cell *cells)
{
    writer->format->row(writer, cells);
    su_out_commit(writer->out);
}

void su_writer_end(struct su_writer *writer)
{
    if (writer->format->end)
        writer->format->end(writer);
    writer->report = NULL;
    su_out_commit(writer->out);
}

void su_writer_rows(struct su_writer *writer, const struct su_rows *rows)
{
    uint32_t count;
    uint32_t *sorted = su_rows_sorted(rows, &count);

    su_writer_begin(writer, su_rows_report(rows));
    for (uint32_t i = 0; i < count; i++)
        su_writer_row(writer, su_rows_cells(rows, sorted[i]));
    su_writer_end(writer);
    g_free(sorted);
}

void su_writer_free(struct su_writer *writer)
{
    if (writer->format->end_document)
        writer->format->end_document(writer);
    su_out_commit(writer->out);
    g_free(writer);
}
