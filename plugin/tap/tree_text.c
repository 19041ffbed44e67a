/* tree_text.c: the overview as text for a terminal of 80 columns.
 * Wireshark's own printout of a statistics tree is 135 columns wide, of which eight hold numbers
 * without a meaning here (rates and bursts of a count that also goes down). So: one block for each
 * top row, columns that fit it, most frequent first, and no row that counts nothing unless its zero
 * is an answer. Nothing here depends on the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tree_text.h"

#include <inttypes.h>
#include <string.h>

enum { RULE_WIDTH = 80, NAME_WIDTH = 34, NUMBER_WIDTH = 9, MAX_DEPTH = 4 };

enum layout { LAYOUT_COUNTS, LAYOUT_TIMES, LAYOUT_HOSTS };

static const struct block {
    uint32_t top;
    enum layout layout;
} blocks[] = {
    {SU_OVERVIEW_CONNECTIONS, LAYOUT_COUNTS},
    {SU_OVERVIEW_HANDSHAKES,  LAYOUT_COUNTS},
    {SU_OVERVIEW_CLOSES,      LAYOUT_COUNTS},
    {SU_OVERVIEW_CLOSERS,     LAYOUT_COUNTS},
    {SU_OVERVIEW_SOCKETS,     LAYOUT_COUNTS},
    {SU_OVERVIEW_RTT,         LAYOUT_TIMES },
    {SU_OVERVIEW_SERVERS,     LAYOUT_HOSTS },
    {SU_OVERVIEW_CLIENTS,     LAYOUT_HOSTS },
};

static const struct {
    const char *unit;
    const char *columns;
} headings[] = {
    [LAYOUT_COUNTS] = {"",      "    Count   Percent"                           },
    [LAYOUT_TIMES] = {" (ms)", "    Count   Percent  Average      Min      Max"},
    [LAYOUT_HOSTS] = {"",      "    Count    Total     Open   Linger"          },
};

/** What is being written. */
struct page {
    GString *out;
    const struct su_overview *overview;
    size_t name_width; /* of the current block */
};

static bool is_host(uint32_t row)
{
    return row >= SU_OVERVIEW_FIXED;
}

/** Most frequent first; time ranges stay in order, and so do equals. */
static int compare_rows(const void *a, const void *b, void *user)
{
    const struct su_overview *overview = user;
    uint32_t row_a = *(const uint32_t *)a;
    uint32_t row_b = *(const uint32_t *)b;
    uint32_t count_a = su_overview_count(overview, row_a);
    uint32_t count_b = su_overview_count(overview, row_b);
    bool ranges = row_a - SU_OVERVIEW_RTT_RANGE < SU_OVERVIEW_RTT_RANGES;

    if (count_a != count_b && !ranges)
        return count_a > count_b ? -1 : 1;
    if (is_host(row_a) && is_host(row_b))
        return su_overview_host_compare(overview, row_a, row_b);
    return row_a < row_b ? -1 : 1;
}

/** The rows to be shown below `parent`, in order. */
static GArray *children(const struct su_overview *overview, uint32_t parent)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t row = 0; row < su_overview_rows(overview); row++) {
        struct su_overview_row_info info = su_overview_row_info(overview, row);

        if (info.name && info.parent == parent && (info.always || su_overview_count(overview, row)))
            g_array_append_val(rows, row);
    }
    g_array_sort_with_data(rows, compare_rows, (void *)overview);
    return rows;
}

static void put_name(struct page *page, unsigned depth, const char *name)
{
    g_string_append_printf(page->out, "%*s%-*s", (int)(2 * depth), "",
                           (int)(page->name_width - 2 * (size_t)depth), name);
}

static void put_count(struct page *page, uint32_t count)
{
    g_string_append_printf(page->out, "%*u", NUMBER_WIDTH, count);
}

static void put_percent(struct page *page, uint32_t count, uint32_t of)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "-";

    if (of)
        g_ascii_formatd(text, sizeof(text), "%.2f", 100.0 * count / of);
    g_string_append_printf(page->out, "%*s%s", NUMBER_WIDTH, text, of ? "%" : "");
}

static void put_ms(struct page *page, double time_us)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof(text), "%.3f", time_us / 1000.0);
    g_string_append_printf(page->out, "%*s", NUMBER_WIDTH, text);
}

static void put_times(struct page *page, uint32_t row)
{
    const struct su_overview_times *times = su_overview_times(page->overview, row);

    put_ms(page, (double)times->sum_us / times->count);
    put_ms(page, times->min_us);
    put_ms(page, times->max_us);
}

/** A row of a block of counts, with its share of the row above it. */
static void put_row(struct page *page, unsigned depth, uint32_t row, bool times)
{
    struct su_overview_row_info info = su_overview_row_info(page->overview, row);
    uint32_t count = su_overview_count(page->overview, row);

    put_name(page, depth, info.name);
    put_count(page, count);
    put_percent(page, count, su_overview_count(page->overview, info.parent));
    if (times)
        put_times(page, row);
    g_string_append_c(page->out, '\n');
}

/* An own stack: there is nothing to gain from recursion that is four deep at most. */
static void put_counts(struct page *page, const struct block *block)
{
    struct {
        GArray *rows;
        guint next;
    } level[MAX_DEPTH] = {
        {children(page->overview, block->top), 0}
    };
    int depth = 0;

    while (depth >= 0) {
        uint32_t row;

        if (level[depth].next == level[depth].rows->len) {
            g_array_free(level[depth--].rows, TRUE);
            continue;
        }
        row = g_array_index(level[depth].rows, uint32_t, level[depth].next++);
        put_row(page, (unsigned)depth + 1, row, block->layout == LAYOUT_TIMES);
        if (depth + 1 < MAX_DEPTH && su_overview_row_info(page->overview, row).branch) {
            depth++;
            level[depth].rows = children(page->overview, row);
            level[depth].next = 0;
        }
    }
}

static void put_host(struct page *page, uint32_t row)
{
    put_name(page, 1, su_overview_row_info(page->overview, row).name);
    put_count(page, su_overview_count(page->overview, row));
    put_count(page, su_overview_count(page->overview, row + SU_OVERVIEW_HOST_TOTAL));
    put_count(page, su_overview_count(page->overview, row + SU_OVERVIEW_HOST_OPEN));
    put_count(page, su_overview_count(page->overview, row + SU_OVERVIEW_HOST_LINGER));
    g_string_append_c(page->out, '\n');
}

static void put_hosts(struct page *page, const struct block *block)
{
    GArray *rows = children(page->overview, block->top);

    for (guint i = 0; i < rows->len; i++)
        put_host(page, g_array_index(rows, uint32_t, i));
    g_array_free(rows, TRUE);
}

/** The sum of a block, as its first row. */
static void put_sum(struct page *page, const struct block *block)
{
    const struct su_overview *overview = page->overview;

    put_name(page, 1, "All");
    put_count(page, su_overview_count(overview, block->top));
    switch (block->layout) {
    case LAYOUT_COUNTS:
        break;
    case LAYOUT_TIMES:
        if (su_overview_count(overview, block->top)) {
            g_string_append_printf(page->out, "%*s", NUMBER_WIDTH + 1, ""); /* no percentage */
            put_times(page, block->top);
        }
        break;
    case LAYOUT_HOSTS:
        put_count(page, su_overview_count(overview, SU_OVERVIEW_ESTABLISHED));
        put_count(page, su_overview_count(overview, SU_OVERVIEW_OUTCOME + SU_OUTCOME_OPEN));
        put_count(page, su_overview_count(overview, SU_OVERVIEW_OUTCOME + SU_OUTCOME_LINGER));
        break;
    }
    g_string_append_c(page->out, '\n');
}

/** An IPv6 address may need more than is usual. */
static size_t widest_host(const struct su_overview *overview, uint32_t top)
{
    size_t width = NAME_WIDTH;

    for (uint32_t row = SU_OVERVIEW_FIXED; row < su_overview_rows(overview);
         row += SU_OVERVIEW_HOST_ROWS) {
        struct su_overview_row_info info = su_overview_row_info(overview, row);

        if (info.parent == top && su_overview_count(overview, row))
            width = MAX(width, strlen(info.name) + 2);
    }
    return width;
}

static void put_block(struct page *page, const struct block *block)
{
    char *heading = g_strconcat(su_overview_row_info(page->overview, block->top).name,
                                headings[block->layout].unit, NULL);

    page->name_width = widest_host(page->overview, block->top);
    put_name(page, 0, heading);
    g_string_append_printf(page->out, "%s\n", headings[block->layout].columns);
    g_free(heading);
    put_sum(page, block);
    if (block->layout == LAYOUT_HOSTS)
        put_hosts(page, block);
    else
        put_counts(page, block);
}

static void put_rule(struct page *page, char c)
{
    for (int i = 0; i < RULE_WIDTH; i++)
        g_string_append_c(page->out, c);
    g_string_append_c(page->out, '\n');
}

GString *su_tree_text(const struct su_overview *overview, const char *filter, uint64_t cut)
{
    struct page page = {.out = g_string_new("\n"), .overview = overview};

    put_rule(&page, '=');
    g_string_append(page.out, "Socket Usage: TCP overview\n");
    if (filter && *filter)
        g_string_append_printf(page.out, "Filter: %s\n", filter);
    if (cut > 0)
        g_string_append_printf(page.out, "Cut by new sessions, and counted again: %" PRIu64 "\n",
                               cut);
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        put_rule(&page, '-');
        put_block(&page, &blocks[i]);
    }
    put_rule(&page, '=');
    return page.out;
}
