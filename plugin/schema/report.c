/* report.c: the list of reports, and what all of them need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report.h"

#include <string.h>

#include "reports.h"

const struct su_report *const su_reports[] = {
    &su_report_totals,     &su_report_hosts, &su_report_services,  &su_report_states,
    &su_report_handshakes, &su_report_flows, &su_report_exchanges, &su_report_ladder,
};
const size_t su_report_count = sizeof su_reports / sizeof su_reports[0];

const struct su_report *su_report_find(const char *id)
{
    for (size_t i = 0; i < su_report_count; i++)
        if (strcmp(su_reports[i]->id, id) == 0)
            return su_reports[i];
    return NULL;
}

const char *su_protocol_word(const struct su_view *view)
{
    static const char *const words[2][2] = {
        [SU_PROTOCOL_TCP] = {"tcp4", "tcp6"},
        [SU_PROTOCOL_UDP] = {"udp4", "udp6"},
    };

    return words[view->protocol][view->ip_version == 6];
}

static struct su_cell number_or_none(uint64_t number, bool none)
{
    return none ? SU_CELL_OF_NONE() : SU_CELL_OF_COUNT(number);
}

static struct su_cell text_or_none(const char *text)
{
    return text && *text ? SU_CELL_OF_TEXT(text) : SU_CELL_OF_NONE();
}

static struct su_cell time_or_none(int64_t ns, bool stamp)
{
    if (ns == SU_TIME_NONE)
        return SU_CELL_OF_NONE();
    return stamp ? SU_CELL_OF_STAMP(ns) : SU_CELL_OF_SPAN(ns);
}

struct su_cell su_value_read(const struct su_column *column, const void *record, unsigned version)
{
    const struct su_value *value = &column->value;
    const void *at = (const char *)record + value->offset;

    switch ((enum su_value_kind)value->kind) {
    case SU_VALUE_U8:
        return SU_CELL_OF_COUNT(*(const uint8_t *)at);
    case SU_VALUE_U16:
        return SU_CELL_OF_COUNT(*(const uint16_t *)at);
    case SU_VALUE_U32:
        return SU_CELL_OF_COUNT(*(const uint32_t *)at);
    case SU_VALUE_U64:
        return SU_CELL_OF_COUNT(*(const uint64_t *)at);
    case SU_VALUE_FRAME:
        return number_or_none(*(const uint32_t *)at, *(const uint32_t *)at == 0);
    case SU_VALUE_FLAG:
        return SU_CELL_OF_TRUTH(*(const bool *)at);
    case SU_VALUE_TIME:
        return time_or_none(*(const int64_t *)at, false);
    case SU_VALUE_STAMP:
        return time_or_none(*(const int64_t *)at, true);
    case SU_VALUE_WORD:
        return *(const uint8_t *)at < value->word_count
                   ? text_or_none(value->words[*(const uint8_t *)at])
                   : SU_CELL_OF_NONE();
    case SU_VALUE_CHARS:
        return text_or_none(at);
    case SU_VALUE_TEXT:
        return text_or_none(*(const char *const *)at);
    case SU_VALUE_IP:
        return su_cell_of_address(*(const uint8_t *const *)at, version);
    case SU_VALUE_NONE:
        break;
    }
    return SU_CELL_OF_NONE();
}

static bool takes_over(enum su_total_rule rule, const struct su_cell *total,
                       const struct su_cell *cell)
{
    int order = su_cell_compare(cell, total);

    return total->type == SU_CELL_NONE || (rule == SU_TOTAL_MIN && order < 0) ||
           (rule == SU_TOTAL_MAX && order > 0);
}

void su_totals_add(const struct su_report *report, struct su_cell *totals,
                   const struct su_cell *cells)
{
    for (size_t i = 0; i < report->column_count; i++) {
        enum su_total_rule rule = (enum su_total_rule)report->columns[i].total;

        if (rule == SU_TOTAL_NONE || cells[i].type == SU_CELL_NONE)
            continue;
        if (takes_over(rule, &totals[i], &cells[i]))
            totals[i] = cells[i];
        else if (rule == SU_TOTAL_SUM && cells[i].type == SU_CELL_COUNT)
            totals[i].count += cells[i].count;
        else if (rule == SU_TOTAL_SUM && cells[i].type == SU_CELL_SPAN)
            totals[i].ns = (int64_t)((uint64_t)totals[i].ns + (uint64_t)cells[i].ns);
    }
}
