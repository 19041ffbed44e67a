/* text.c: reports to be read: what the capture is, then each report in the layout of its shape.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "format.h"

#include "text_layout.h"
#include "text_value.h"
#include "value.h"

static const struct su_text_layout *const layouts[] = {
    [SU_SHAPE_LIST] = &su_text_list,      [SU_SHAPE_SINGLE] = &su_text_single,
    [SU_SHAPE_KEYED] = &su_text_keyed,    [SU_SHAPE_NAMED_LIST] = &su_text_named,
    [SU_SHAPE_GROUPED] = &su_text_groups,
};

void su_text_put_title(struct su_text *text)
{
    g_string_append_printf(text->writer.out->text, "%s\n", text->writer.report->title);
}

static void put_line(GString *out, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_string_append(out, label);
    su_text_put_safe(out, value);
    g_string_append_c(out, '\n');
}

static void put_times(GString *out, const struct su_document *document)
{
    g_string_append(out, "Packets: ");
    su_value_put_count(out, document->packets);
    if (document->first_ns != SU_TIME_NONE && document->last_ns != SU_TIME_NONE) {
        g_string_append(out, ", from ");
        su_value_put_clock(out, document->first_ns, 6);
        g_string_append(out, " to ");
        su_value_put_clock(out, document->last_ns, 6);
        g_string_append(out, " UTC");
    }
    g_string_append_c(out, '\n');
}

static void begin_document(struct su_writer *writer)
{
    const struct su_document *document = writer->document;
    GString *out = writer->out->text;

    if (document->all) {
        put_line(out, "Socket Usage ", document->version);
        put_line(out, "Capture: ", document->capture);
        put_times(out, document);
    }
    put_line(out, "Filter:  ", document->filter);
    if (document->cut > 0) {
        g_string_append(out, "Cut by new sessions, and counted again: ");
        su_value_put_count(out, document->cut);
        g_string_append_c(out, '\n');
    }
}

static void begin(struct su_writer *writer)
{
    const struct su_document *document = writer->document;
    bool headed = document->all || (document->filter && *document->filter) || document->cut > 0;

    if (headed || writer->reports > 1)
        g_string_append_c(writer->out->text, '\n');
    layouts[writer->report->shape]->begin((struct su_text *)writer);
}

static void row(struct su_writer *writer, const struct su_cell *cells)
{
    layouts[writer->report->shape]->row((struct su_text *)writer, cells);
}

static void end(struct su_writer *writer)
{
    layouts[writer->report->shape]->end((struct su_text *)writer);
}

const struct su_format_class su_format_text = {
    .octets = sizeof(struct su_text),
    .begin_document = begin_document,
    .begin = begin,
    .row = row,
    .end = end,
};
