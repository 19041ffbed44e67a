/* json.c: reports as one JSON value each, in the shape that the report asks for; several as one
 * object of them. Wireshark's json_dumper builds the document, with one row to a line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "format.h"

#include <string.h>

#include <wsutil/json_dumper.h>

#include "json_row.h"
#include "value.h"

struct json {
    struct su_writer writer;
    json_dumper dumper;
    struct su_json_layout layout;
    GString *value;                        /* the value that is being made */
    unsigned rows;                         /* of this report */
    unsigned group;                        /* SU_SHAPE_GROUPED: groups begun */
    struct su_cell totals[SU_COLUMNS_MAX]; /* of its first group */
};

/* ---- values ------------------------------------------------------------------------------ */

/** Hand the value that was made to the document. */
static void put_value(struct json *json)
{
    json_dumper_value_anyf(&json->dumper, "%s", json->value->str);
    g_string_truncate(json->value, 0);
}

static void put_cell(struct json *json, const char *name, struct su_cell cell)
{
    json_dumper_set_member_name(&json->dumper, name);
    su_json_put_cell(json->value, &cell);
    put_value(json);
}

static void put_row(struct json *json, const struct su_cell *cells)
{
    su_json_put_row(json->value, &json->layout, cells);
    put_value(json);
}

/** Name a member by a text. */
static void put_name(struct json *json, const struct su_cell *cell)
{
    char *owned;

    json_dumper_set_member_name(&json->dumper, su_value_valid(cell->text, &owned));
    g_free(owned);
}

/* ---- the document ------------------------------------------------------------------------ */

static struct su_cell text_or_none(const char *text)
{
    return text && *text ? SU_CELL_OF_TEXT(text) : SU_CELL_OF_NONE();
}

static void put_capture(struct json *json, const struct su_document *document)
{
    bool timed = document->first_ns != SU_TIME_NONE && document->last_ns != SU_TIME_NONE;
    struct su_cell none = SU_CELL_OF_NONE();

    json_dumper_set_member_name(&json->dumper, "capture");
    json_dumper_begin_object(&json->dumper);
    put_cell(json, "name", text_or_none(document->capture));
    put_cell(json, "filter", text_or_none(document->filter));
    put_cell(json, "packets", SU_CELL_OF_COUNT(document->packets));
    put_cell(json, "first", timed ? SU_CELL_OF_STAMP(document->first_ns) : none);
    put_cell(json, "last", timed ? SU_CELL_OF_STAMP(document->last_ns) : none);
    put_cell(json, "duration",
             timed ? SU_CELL_OF_SPAN(document->last_ns - document->first_ns) : none);
    put_cell(json, "cut", SU_CELL_OF_COUNT(document->cut));
    json_dumper_end_object(&json->dumper);
}

static void begin_document(struct su_writer *writer)
{
    struct json *json = (struct json *)writer;

    json->value = g_string_new(NULL);
    json->dumper.output_string = writer->out->text;
    json->dumper.flags = JSON_DUMPER_FLAGS_PRETTY_PRINT;
    if (!writer->document->all)
        return;
    json_dumper_begin_object(&json->dumper);
    put_cell(json, "schema_version", SU_CELL_OF_COUNT(SU_SCHEMA_VERSION));
    put_cell(json, "version", text_or_none(writer->document->version));
    put_capture(json, writer->document);
}

static void end_document(struct su_writer *writer)
{
    struct json *json = (struct json *)writer;

    if (writer->document->all)
        json_dumper_end_object(&json->dumper);
    if (writer->document->all || writer->reports > 0)
        json_dumper_finish(&json->dumper);
    g_string_free(json->value, TRUE);
}

/* ---- reports ----------------------------------------------------------------------------- */

static void begin(struct su_writer *writer)
{
    struct json *json = (struct json *)writer;
    enum su_shape shape = writer->report->shape;
    bool named =
        shape == SU_SHAPE_KEYED || shape == SU_SHAPE_NAMED_LIST || shape == SU_SHAPE_GROUPED;

    su_json_layout_init(&json->layout, writer->report, named ? 1 : 0, NULL, NULL);
    memset(json->totals, 0, sizeof(json->totals));
    json->rows = json->group = 0;
    if (writer->document->all)
        json_dumper_set_member_name(&json->dumper, writer->report->id);
    if (shape == SU_SHAPE_LIST || shape == SU_SHAPE_NAMED_LIST)
        json_dumper_begin_array(&json->dumper);
    else if (shape != SU_SHAPE_SINGLE)
        json_dumper_begin_object(&json->dumper);
}

static void next_group(struct json *json)
{
    if (json->group > 0)
        json_dumper_end_array(&json->dumper);
    json_dumper_set_member_name(&json->dumper, json->writer.report->groups[json->group++]);
    json_dumper_begin_array(&json->dumper);
}

static void put_grouped(struct json *json, const struct su_cell *cells)
{
    const struct su_report *report = json->writer.report;

    while (report->groups[json->group] &&
           (json->group == 0 || strcmp(report->groups[json->group - 1], cells[0].text) != 0))
        next_group(json);
    if (json->group == 1)
        su_totals_add(report, json->totals, cells);
    put_row(json, cells);
}

static void row(struct su_writer *writer, const struct su_cell *cells)
{
    struct json *json = (struct json *)writer;

    json->rows++;
    switch (writer->report->shape) {
    case SU_SHAPE_LIST:
    case SU_SHAPE_SINGLE:
        put_row(json, cells);
        break;
    case SU_SHAPE_KEYED:
        put_name(json, &cells[0]);
        put_row(json, cells);
        break;
    case SU_SHAPE_NAMED_LIST:
        json_dumper_begin_object(&json->dumper);
        put_name(json, &cells[0]);
        put_row(json, cells);
        json_dumper_end_object(&json->dumper);
        break;
    case SU_SHAPE_GROUPED:
        put_grouped(json, cells);
        break;
    }
}

static void end_groups(struct json *json)
{
    const struct su_report *report = json->writer.report;

    while (report->groups[json->group])
        next_group(json);
    json_dumper_end_array(&json->dumper);
    for (size_t i = 0; i < report->column_count; i++) {
        bool none = json->totals[i].type == SU_CELL_NONE;

        if (report->columns[i].total_label)
            put_cell(json, report->columns[i].key, none ? SU_CELL_OF_COUNT(0) : json->totals[i]);
    }
    json_dumper_end_object(&json->dumper);
}

static void end(struct su_writer *writer)
{
    struct json *json = (struct json *)writer;

    switch (writer->report->shape) {
    case SU_SHAPE_LIST:
    case SU_SHAPE_NAMED_LIST:
        json_dumper_end_array(&json->dumper);
        break;
    case SU_SHAPE_KEYED:
        json_dumper_end_object(&json->dumper);
        break;
    case SU_SHAPE_GROUPED:
        end_groups(json);
        break;
    case SU_SHAPE_SINGLE:
        if (json->rows == 0)
            json_dumper_value_anyf(&json->dumper, "null");
        break;
    }
    su_json_layout_clear(&json->layout);
}

const struct su_format_class su_format_json = {
    .octets = sizeof(struct json),
    .begin_document = begin_document,
    .begin = begin,
    .row = row,
    .end = end,
    .end_document = end_document,
};
