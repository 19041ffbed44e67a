/* ndjson.c: one JSON object per line, whatever the shape of the report. In a document of several
 * reports each object says first which one it belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "format.h"

#include "json_row.h"

struct ndjson {
    struct su_writer writer;
    struct su_json_layout layout;
};

static void begin(struct su_writer *writer)
{
    struct ndjson *ndjson = (struct ndjson *)writer;
    const char *member = writer->document->all ? "report" : NULL;

    su_json_layout_init(&ndjson->layout, writer->report, 0, member, writer->report->id);
}

static void row(struct su_writer *writer, const struct su_cell *cells)
{
    const struct ndjson *ndjson = (const struct ndjson *)writer;

    su_json_put_row(writer->out->text, &ndjson->layout, cells);
    g_string_append_c(writer->out->text, '\n');
}

static void end(struct su_writer *writer)
{
    su_json_layout_clear(&((struct ndjson *)writer)->layout);
}

const struct su_format_class su_format_ndjson = {
    .octets = sizeof(struct ndjson),
    .begin = begin,
    .row = row,
    .end = end,
};
