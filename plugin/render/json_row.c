/* json_row.c: one row as a JSON object on one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json_row.h"

#include <string.h>

#include <wsutil/json_dumper.h>

#include "put.h"
#include "value.h"

/* ---- values ------------------------------------------------------------------------------ */

/* Nothing in it that json_dumper would escape; a "/" it escapes at times. */
static bool is_plain(const char *text, size_t octets)
{
    bool plain = true;

    for (size_t i = 0; i < octets; i++)
        plain = plain && text[i] >= ' ' && text[i] <= '~' && text[i] != '"' && text[i] != '\\' &&
                text[i] != '/';
    return plain;
}

void su_json_put_string(GString *out, const char *text)
{
    json_dumper dumper = {.output_string = out};
    size_t octets = strlen(text);
    char *owned;

    if (is_plain(text, octets)) {
        g_string_append_c(out, '"');
        su_put(out, text, octets);
        g_string_append_c(out, '"');
        return;
    }

    json_dumper_value_string(&dumper, su_value_valid(text, &owned));
    g_free(owned);
}

static void put_flags(GString *out, const struct su_cell_gaps *gaps, uint16_t flags)
{
    for (size_t bit = 0; bit < gaps->word_count; bit++) {
        if (!(flags >> bit & 1))
            continue;
        g_string_append_c(out, ',');
        su_json_put_string(out, gaps->words[bit]);
    }
}

static void put_gaps(GString *out, const struct su_cell_gaps *gaps)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; i < gaps->count; i++) {
        g_string_append(out, i ? ",[" : "[");
        su_value_put_seconds(out, gaps->gap[i].gap_ns);
        g_string_append_c(out, ',');
        su_value_put_count(out, gaps->gap[i].offset);
        put_flags(out, gaps, gaps->gap[i].flags);
        g_string_append_c(out, ']');
    }
    g_string_append_c(out, ']');
}

static void put_quoted(GString *out, void (*put)(GString *, int64_t), int64_t value)
{
    g_string_append_c(out, '"');
    put(out, value);
    g_string_append_c(out, '"');
}

void su_json_put_cell(GString *out, const struct su_cell *cell)
{
    switch ((enum su_cell_type)cell->type) {
    case SU_CELL_NONE:
        su_put(out, "null", 4);
        break;
    case SU_CELL_COUNT:
        su_value_put_count(out, cell->count);
        break;
    case SU_CELL_SPAN:
        su_value_put_seconds(out, cell->ns);
        break;
    case SU_CELL_STAMP:
        put_quoted(out, su_value_put_stamp, cell->ns);
        break;
    case SU_CELL_TEXT:
        su_json_put_string(out, cell->text);
        break;
    case SU_CELL_ADDRESS:
        g_string_append_c(out, '"');
        su_value_put_address(out, cell);
        g_string_append_c(out, '"');
        break;
    case SU_CELL_TRUTH:
        su_put(out, cell->truth ? "true" : "false", cell->truth ? 4 : 5);
        break;
    case SU_CELL_GAPS:
        put_gaps(out, cell->gaps);
        break;
    }
}

/* ---- rows -------------------------------------------------------------------------------- */

/** Octets of the part of a key before its dot; 0: it has none. */
static size_t object_octets(const char *key)
{
    const char *dot = strchr(key, '.');

    return dot ? (size_t)(dot - key) : 0;
}

/** End the object that the last key was in, and begin the one that this key is in. */
static void change_object(GString *text, const char *last, const char *key)
{
    size_t from = last ? object_octets(last) : 0;
    size_t to = object_octets(key);

    if (last && from == to && memcmp(last, key, to) == 0) {
        g_string_append_c(text, ',');
        return;
    }
    if (from > 0)
        g_string_append_c(text, '}');
    if (last)
        g_string_append_c(text, ',');
    if (to > 0)
        g_string_append_printf(text, "\"%.*s\":{", (int)to, key);
}

void su_json_layout_init(struct su_json_layout *layout, const struct su_report *report,
                         size_t first, const char *member, const char *value)
{
    GString *text = g_string_new("{");
    const char *last = NULL;

    *layout = (struct su_json_layout){.report = report};
    if (member)
        g_string_append_printf(text, "\"%s\":\"%s\"", member, value);
    last = member;
    for (size_t i = first; i < report->column_count; i++) {
        const char *key = report->columns[i].key;

        if (!key)
            continue;
        change_object(text, last, key);
        g_string_append_printf(text,
                               "\"%s\":", key + (strchr(key, '.') ? object_octets(key) + 1 : 0));
        layout->octets[i] = text->len;
        layout->before[i] = g_string_free(text, FALSE);
        text = g_string_new(NULL);
        last = key;
    }
    g_string_append(text, last && object_octets(last) ? "}}" : "}");
    layout->after = g_string_free(text, FALSE);
}

void su_json_layout_clear(struct su_json_layout *layout)
{
    for (size_t i = 0; i < SU_COLUMNS_MAX; i++)
        g_free(layout->before[i]);
    g_free(layout->after);
    *layout = (struct su_json_layout){0};
}

void su_json_put_row(GString *out, const struct su_json_layout *layout, const struct su_cell *cells)
{
    for (size_t i = 0; i < layout->report->column_count; i++) {
        if (!layout->before[i])
            continue;
        su_put(out, layout->before[i], layout->octets[i]);
        su_json_put_cell(out, &cells[i]);
    }
    su_put(out, layout->after, strlen(layout->after));
}
