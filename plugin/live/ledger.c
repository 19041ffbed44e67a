/* ledger.c: connections and reports with the order in which they last changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ledger.h"

#include "first.h"
#include "marked.h"
#include "tap/feed.h"
#include "tap/tally.h"

enum { TABLES_MAX = 8 };

/** A summing report. */
struct table {
    struct su_ledger *ledger;
    struct su_tally tally;
    GArray *changed; /* uint64_t by row: its last change */
};

struct su_ledger {
    uint64_t sequence;
    struct table tables[TABLES_MAX];
    size_t table_count;
    GArray *changed[2]; /* uint64_t by enum su_protocol and number: its last change, 0: none */
    struct su_marked marked;
};

/* ---- changes ------------------------------------------------------------------------------ */

static void row_changed(void *user, uint32_t row)
{
    struct table *table = user;

    if (row >= table->changed->len)
        g_array_set_size(table->changed, row + 1);
    g_array_index(table->changed, uint64_t, row) = ++table->ledger->sequence;
}

static uint64_t *flow_change(const struct su_ledger *ledger, const struct su_flow *flow)
{
    GArray *changes = ledger->changed[flow->protocol];
    uint32_t index = su_feed_index(flow);

    if (index >= changes->len)
        g_array_set_size(changes,
                         MAX(index + 1, su_capture_count((enum su_protocol)flow->protocol)));
    return &g_array_index(changes, uint64_t, index);
}

static void count(void *user, const struct su_flow *flow, const struct su_view *view)
{
    struct su_ledger *ledger = user;

    for (size_t i = 0; i < ledger->table_count; i++)
        su_tally_put_view(&ledger->tables[i].tally, flow, view);
    *flow_change(ledger, flow) = ++ledger->sequence;
}

uint64_t su_ledger_settle(struct su_ledger *ledger)
{
    su_marked_look(&ledger->marked, count, ledger);
    return ledger->sequence;
}

void su_ledger_put(struct su_ledger *ledger, const struct su_flow *flow)
{
    if (su_marked_put(&ledger->marked, flow))
        su_ledger_settle(ledger);
}

void su_ledger_forget(struct su_ledger *ledger, const struct su_flow *flow)
{
    su_ledger_settle(ledger);
    for (size_t i = 0; i < ledger->table_count; i++)
        su_tally_forget(&ledger->tables[i].tally, flow);
    *flow_change(ledger, flow) = 0;
}

void su_ledger_session_ended(struct su_ledger *ledger)
{
    su_ledger_settle(ledger);
    for (size_t i = 0; i < ledger->table_count; i++)
        su_tally_new_session(&ledger->tables[i].tally);
    g_array_set_size(ledger->changed[SU_PROTOCOL_TCP], 0);
    g_array_set_size(ledger->changed[SU_PROTOCOL_UDP], 0);
}

/* ---- what is new -------------------------------------------------------------------------- */

static const struct table *find_table(const struct su_ledger *ledger,
                                      const struct su_report *report)
{
    for (size_t i = 0; i < ledger->table_count; i++)
        if (su_rows_report(ledger->tables[i].tally.rows) == report)
            return &ledger->tables[i];
    return NULL;
}

const struct su_rows *su_ledger_rows(const struct su_ledger *ledger, const struct su_report *report)
{
    const struct table *table = find_table(ledger, report);

    return table ? table->tally.rows : NULL;
}

static void offer_rows(const struct table *table, uint64_t since, struct su_first *first)
{
    for (uint32_t row = 0; row < table->changed->len; row++) {
        uint64_t changed = g_array_index(table->changed, uint64_t, row);

        if (changed > since)
            su_first_offer(first, changed, row);
    }
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

/* Flows of both protocols in one go: UDP comes behind all TCP. */
static void offer_flows(const struct su_ledger *ledger, uint64_t since, struct su_first *first)
{
    const GArray *tcp = ledger->changed[SU_PROTOCOL_TCP];

    for (int protocol = SU_PROTOCOL_TCP; protocol <= SU_PROTOCOL_UDP; protocol++) {
        const GArray *changes = ledger->changed[protocol];
        uint32_t offset = protocol == SU_PROTOCOL_UDP ? tcp->len : 0;

        for (uint32_t i = 0; i < changes->len; i++) {
            uint64_t changed = g_array_index(changes, uint64_t, i);

            if (changed > since)
                su_first_offer(first, changed, offset + i);
        }
    }
}

static void order_flows(const struct su_ledger *ledger, struct su_ledger_part *part)
{
    uint32_t offset = ledger->changed[SU_PROTOCOL_TCP]->len;

    g_array_sort(part->numbers, compare_numbers);
    for (guint i = 0; i < part->numbers->len; i++) {
        uint32_t *number = &g_array_index(part->numbers, uint32_t, i);

        if (*number < offset)
            part->tcp_count = i + 1;
        else
            *number -= offset;
    }
}

void su_ledger_select(const struct su_ledger *ledger, const struct su_report *report,
                      uint64_t since, guint limit, struct su_ledger_part *part)
{
    const struct table *table = find_table(ledger, report);
    struct su_first *first = su_first_new(limit);

    if (table)
        offer_rows(table, since, first);
    else
        offer_flows(ledger, since, first);
    *part = (struct su_ledger_part){.is_cut = su_first_is_cut(first)};
    part->sequence = part->is_cut ? su_first_last(first) : ledger->sequence;
    part->numbers = su_first_end(first);
    if (table)
        su_rows_sort(table->tally.rows, part->numbers);
    else
        order_flows(ledger, part);
}

/* ---- begin and end ------------------------------------------------------------------------ */

static void add_table(struct su_ledger *ledger, const struct su_report *report)
{
    struct table *table = &ledger->tables[ledger->table_count++];

    table->ledger = ledger;
    table->changed = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    su_tally_init(&table->tally, report, (struct su_rows_watcher){row_changed, table});
}

struct su_ledger *su_ledger_new(void)
{
    struct su_ledger *ledger = g_new0(struct su_ledger, 1);

    ledger->changed[SU_PROTOCOL_TCP] = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    ledger->changed[SU_PROTOCOL_UDP] = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    for (size_t i = 0; i < su_report_count && ledger->table_count < TABLES_MAX; i++)
        if (su_report_is_summing(su_reports[i]))
            add_table(ledger, su_reports[i]);
    return ledger;
}

void su_ledger_free(struct su_ledger *ledger)
{
    for (size_t i = 0; i < ledger->table_count; i++) {
        su_tally_clear(&ledger->tables[i].tally);
        g_array_free(ledger->tables[i].changed, TRUE);
    }
    g_array_free(ledger->changed[SU_PROTOCOL_TCP], TRUE);
    g_array_free(ledger->changed[SU_PROTOCOL_UDP], TRUE);
    su_marked_clear(&ledger->marked);
    g_free(ledger);
}
