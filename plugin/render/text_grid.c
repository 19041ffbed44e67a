/* text_grid.c: cells in columns that line up.
 * A heading may take several lines; it is broken at its blanks, so that short numbers can have long
 * names, and its unit stands last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_grid.h"

#include <string.h>

#include "put.h"
#include "text_value.h"
#include "value.h"

enum { WIDE_GAP = 2, NARROW_GAP = 1 };

/* ---- headings ---------------------------------------------------------------------------- */

/** Heading and unit, to be broken at blanks. */
static char *full_heading(const struct su_text_column *column)
{
    if (!column->column->unit)
        return g_strdup(column->heading);
    return g_strdup_printf("%s (%s)", column->heading, column->column->unit);
}

static unsigned longest_word(const char *text)
{
    unsigned longest = 0;

    while (*text) {
        size_t word = strcspn(text, " ");

        longest = MAX(longest, su_text_width(text, word));
        text += word;
        text += strspn(text, " ");
    }
    return longest;
}

/* Without any cell. */
static unsigned least_width(const struct su_text_column *column)
{
    char *heading = full_heading(column);
    unsigned width = MAX(column->column->width, longest_word(heading));

    g_free(heading);
    return width;
}

/** Octets of what fits into one line, at least a word; `*next` is where the next line begins. */
static size_t break_line(const char *text, unsigned width, const char **next)
{
    size_t fits = strcspn(text, " ");

    while (text[fits]) {
        size_t more = fits + 1 + strcspn(text + fits + 1, " ");

        if (su_text_width(text, more) > width)
            break;
        fits = more;
    }
    *next = text + fits + strspn(text + fits, " ");
    return fits;
}

static unsigned count_lines(const struct su_text_column *column)
{
    char *heading = full_heading(column);
    const char *next = heading;
    unsigned lines = 0;

    while (*next) {
        break_line(next, column->width, &next);
        lines++;
    }
    g_free(heading);
    return lines;
}

static void put_heading(GString *out, const struct su_text_column *column, unsigned line)
{
    char *heading = full_heading(column);
    const char *from = heading;
    const char *next = heading;
    size_t octets = 0;

    for (unsigned i = 0; i <= line; i++) {
        from = next;
        octets = break_line(from, column->width, &next);
    }
    su_text_put_padded(out, from, octets, column->width, column->right);
    g_free(heading);
}

/* ---- rows --------------------------------------------------------------------------------- */

static bool is_right(const struct su_column *column)
{
    return column->type == SU_CELL_COUNT || column->type == SU_CELL_SPAN;
}

static void add_column(struct su_text_rows *rows, const struct su_column *column, size_t index)
{
    struct su_text_column *added = &rows->columns[rows->column_count++];

    *added = (struct su_text_column){
        .column = column,
        .heading = column->heading,
        .index = (uint8_t)index,
        .content = column->width,
        .right = is_right(column),
    };
    added->room = (uint16_t)least_width(added);
}

void su_grid_init(struct su_grid *grid, const struct su_report *report, size_t first)
{
    *grid = (struct su_grid){.report = report};
    su_text_rows_init(&grid->rows);
    for (size_t i = first; i < report->column_count; i++) {
        const struct su_column *column = &report->columns[i];

        if (column->rank == 0)
            continue;
        add_column(&grid->rows, column, i);
        grid->has_totals = grid->has_totals || column->total;
    }
}

void su_grid_clear(struct su_grid *grid)
{
    su_text_rows_clear(&grid->rows);
}

void su_grid_add(struct su_grid *grid, const struct su_cell *cells)
{
    su_text_rows_add(&grid->rows, cells);
    if (grid->has_totals)
        su_totals_add(grid->report, grid->totals, cells);
}

/* ---- which columns, and how wide --------------------------------------------------------- */

static bool is_shown(const struct su_grid *grid, unsigned i)
{
    return grid->rows.columns[i].column->rank <= grid->rank;
}

unsigned su_grid_width(const struct su_grid *grid)
{
    unsigned width = 0;

    for (unsigned i = 0; i < grid->rows.column_count; i++)
        if (is_shown(grid, i))
            width += grid->rows.columns[i].width + (width ? grid->rows.gap : 0);
    return width;
}

static void measure(struct su_grid *grid)
{
    GString *total = g_string_new(NULL);

    for (unsigned i = 0; i < grid->rows.column_count; i++) {
        struct su_text_column *column = &grid->rows.columns[i];

        g_string_truncate(total, 0);
        su_text_put_cell(total, column->column, &grid->totals[column->index]);
        column->width = MAX(column->content, least_width(column));
        column->width = MAX(column->width, su_text_width(total->str, total->len));
    }
    g_string_free(total, TRUE);
}

/* What follows from the choice of columns. */
static void settle(struct su_grid *grid)
{
    grid->heading_lines = 0;
    for (unsigned i = 0; i < grid->rows.column_count; i++) {
        grid->rows.columns[i].shown = is_shown(grid, i);
        if (is_shown(grid, i))
            grid->heading_lines = MAX(grid->heading_lines, count_lines(&grid->rows.columns[i]));
    }
    su_text_rows_settle(&grid->rows);
}

static bool has_address(const struct su_grid *grid, unsigned i)
{
    return is_shown(grid, i) && grid->rows.columns[i].column->type == SU_CELL_ADDRESS;
}

/* All of them give the same, but IPv4 addresses stay whole. */
static void shorten_addresses(struct su_grid *grid, unsigned limit)
{
    enum { LEAST = 12 };
    unsigned excess = su_grid_width(grid) - limit;
    unsigned count = 0;

    for (unsigned i = 0; i < grid->rows.column_count; i++)
        count += has_address(grid, i);
    for (unsigned i = 0; i < grid->rows.column_count; i++) {
        struct su_text_column *column = &grid->rows.columns[i];
        unsigned share;
        unsigned least;

        if (!has_address(grid, i))
            continue;
        share = (excess + count - 1) / count;
        least = MIN(MAX(column->least, LEAST), column->width);
        share = MIN(share, column->width - least);
        column->width -= share;
        excess -= share;
        count--;
        grid->has_short = grid->has_short || share > 0;
    }
}

void su_grid_fit(struct su_grid *grid, unsigned limit)
{
    enum { RANKS = UINT8_MAX };

    grid->has_short = false;
    measure(grid);
    grid->rows.gap = WIDE_GAP;
    grid->rank = limit ? 1 : RANKS;
    if (limit && su_grid_width(grid) > limit)
        grid->rows.gap = NARROW_GAP;
    while (limit && grid->rank < RANKS) {
        grid->rank++;
        if (su_grid_width(grid) <= limit)
            continue;
        grid->rank--;
        break;
    }
    if (limit && su_grid_width(grid) > limit)
        shorten_addresses(grid, limit);
    settle(grid);
}

void su_grid_limit_rank(struct su_grid *grid, unsigned rank)
{
    grid->rank = MIN(grid->rank, rank);
    settle(grid);
}

/* ---- lines ------------------------------------------------------------------------------- */

static void put_gap(const struct su_grid *grid, GString *out, bool *first)
{
    if (!*first)
        su_put_blanks(out, grid->rows.gap);
    *first = false;
}

void su_grid_put_heading(const struct su_grid *grid, unsigned line, GString *out)
{
    bool first = true;

    for (unsigned i = 0; i < grid->rows.column_count; i++) {
        const struct su_text_column *column = &grid->rows.columns[i];
        unsigned empty; /* lines above this heading, which stands at the bottom */

        if (!is_shown(grid, i))
            continue;
        put_gap(grid, out, &first);
        empty = grid->heading_lines - count_lines(column);
        if (line < empty)
            su_text_put_padded(out, "", 0, column->width, false);
        else
            put_heading(out, column, line - empty);
    }
    su_text_trim(out);
}

void su_grid_put_row(struct su_grid *grid, unsigned row, GString *out)
{
    su_text_rows_put(&grid->rows, row, out);
}

bool su_grid_has_totals(const struct su_grid *grid)
{
    for (unsigned i = 0; i < grid->rows.column_count; i++)
        if (is_shown(grid, i) && grid->rows.columns[i].column->total)
            return grid->rows.count > 0;
    return false;
}

/** The sum of nothing is 0. */
static struct su_cell total_of(const struct su_grid *grid, const struct su_text_column *column)
{
    const struct su_cell *total = &grid->totals[column->index];
    bool is_sum = column->column->total == SU_TOTAL_SUM && column->column->type == SU_CELL_COUNT;

    return total->type == SU_CELL_NONE && is_sum ? SU_CELL_OF_COUNT(0) : *total;
}

void su_grid_put_totals(const struct su_grid *grid, GString *out)
{
    GString *text = g_string_new(NULL);
    bool first = true;

    for (unsigned i = 0; i < grid->rows.column_count; i++) {
        const struct su_text_column *column = &grid->rows.columns[i];
        struct su_cell total = total_of(grid, column);

        if (!is_shown(grid, i))
            continue;
        g_string_assign(text, first ? "Total" : "");
        put_gap(grid, out, &first);
        if (total.type != SU_CELL_NONE)
            su_text_put_cell(text, column->column, &total);
        su_text_put_padded(out, text->str, text->len, column->width, column->right);
    }
    su_text_trim(out);
    g_string_free(text, TRUE);
}
