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

/** A cell's text, which follows that of the cell before. */
struct field {
    uint32_t octets;
    uint32_t width;
};

static bool is_right(const struct su_column *column)
{
    return column->type == SU_CELL_COUNT || column->type == SU_CELL_SPAN;
}

void su_grid_init(struct su_grid *grid, const struct su_report *report, size_t first)
{
    *grid = (struct su_grid){
        .report = report,
        .text = g_string_new(NULL),
        .starts = g_array_new(FALSE, FALSE, sizeof(size_t)),
        .fields = g_array_new(FALSE, FALSE, sizeof(struct field)),
    };
    for (size_t i = first; i < report->column_count; i++) {
        const struct su_column *column = &report->columns[i];

        if (column->rank == 0)
            continue;
        grid->has_totals = grid->has_totals || column->total;
        grid->columns[grid->column_count++] = (struct su_grid_column){
            .column = column,
            .heading = column->heading,
            .index = (uint8_t)i,
            .content = column->width,
            .right = is_right(column),
        };
    }
}

void su_grid_clear(struct su_grid *grid)
{
    g_string_free(grid->text, TRUE);
    g_array_free(grid->starts, TRUE);
    g_array_free(grid->fields, TRUE);
}

static unsigned width_from(const GString *text, size_t start)
{
    return su_text_width(text->str + start, text->len - start);
}

/* All but texts is written in ASCII. */
static unsigned cell_width(const GString *text, size_t start, const struct su_cell *cell)
{
    return cell->type == SU_CELL_TEXT ? width_from(text, start) : (unsigned)(text->len - start);
}

static bool is_ipv4(const struct su_cell *cell)
{
    return cell->type == SU_CELL_ADDRESS && cell->version == 4;
}

/* Where the one before is in another row, its text is at hand. */
static void put_address(GString *out, struct su_grid_address *last, const struct su_cell *cell)
{
    size_t start = out->len;

    if (last->octets && last->cell.version == cell->version &&
        memcmp(last->cell.address, cell->address, sizeof(cell->address)) == 0) {
        su_put(out, last->text, last->octets);
        return;
    }
    su_value_put_address(out, cell);
    last->cell = *cell;
    last->octets = (uint8_t)MIN(out->len - start, sizeof(last->text));
    memcpy(last->text, out->str + start, last->octets);
}

static void put_cell(GString *out, struct su_grid_column *column, const struct su_cell *cell)
{
    if (cell->type == SU_CELL_ADDRESS)
        put_address(out, &column->last, cell);
    else
        su_text_put_cell(out, column->column, cell);
}

void su_grid_add(struct su_grid *grid, const struct su_cell *cells)
{
    guint at = grid->fields->len;
    struct field *fields;

    g_array_append_val(grid->starts, grid->text->len);
    g_array_set_size(grid->fields, at + grid->column_count);
    fields = &g_array_index(grid->fields, struct field, at);
    for (unsigned i = 0; i < grid->column_count; i++) {
        struct su_grid_column *column = &grid->columns[i];
        const struct su_cell *cell = &cells[column->index];
        size_t start = grid->text->len;

        put_cell(grid->text, column, cell);
        fields[i].octets = (uint32_t)(grid->text->len - start);
        fields[i].width = cell_width(grid->text, start, cell);
        column->content = MAX(column->content, fields[i].width);
        if (is_ipv4(cell))
            column->least = MAX(column->least, fields[i].width);
    }
    if (grid->has_totals)
        su_totals_add(grid->report, grid->totals, cells);
    grid->rows++;
}

/* ---- headings ---------------------------------------------------------------------------- */

/** Heading and unit, to be broken at blanks. */
static char *full_heading(const struct su_grid_column *column)
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

static unsigned count_lines(const struct su_grid_column *column)
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

static void put_heading(GString *out, const struct su_grid_column *column, unsigned line)
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

/* ---- which columns, and how wide --------------------------------------------------------- */

static bool is_shown(const struct su_grid *grid, unsigned i)
{
    return grid->columns[i].column->rank <= grid->rank;
}

unsigned su_grid_width(const struct su_grid *grid)
{
    unsigned width = 0;

    for (unsigned i = 0; i < grid->column_count; i++)
        if (is_shown(grid, i))
            width += grid->columns[i].width + (width ? grid->gap : 0);
    return width;
}

static void measure(struct su_grid *grid)
{
    GString *total = g_string_new(NULL);

    for (unsigned i = 0; i < grid->column_count; i++) {
        struct su_grid_column *column = &grid->columns[i];
        char *heading = full_heading(column);

        g_string_truncate(total, 0);
        su_text_put_cell(total, column->column, &grid->totals[column->index]);
        column->width = MAX(column->content, longest_word(heading));
        column->width = MAX(column->width, width_from(total, 0));
        g_free(heading);
    }
    g_string_free(total, TRUE);
}

/* What follows from the choice of columns. */
static void settle(struct su_grid *grid)
{
    grid->line = su_grid_width(grid);
    grid->heading_lines = 0;
    for (unsigned i = 0; i < grid->column_count; i++)
        if (is_shown(grid, i))
            grid->heading_lines = MAX(grid->heading_lines, count_lines(&grid->columns[i]));
}

static bool has_address(const struct su_grid *grid, unsigned i)
{
    return is_shown(grid, i) && grid->columns[i].column->type == SU_CELL_ADDRESS;
}

/* All of them give the same, but IPv4 addresses stay whole. */
static void shorten_addresses(struct su_grid *grid, unsigned limit)
{
    enum { LEAST = 12 };
    unsigned excess = su_grid_width(grid) - limit;
    unsigned count = 0;

    for (unsigned i = 0; i < grid->column_count; i++)
        count += has_address(grid, i);
    for (unsigned i = 0; i < grid->column_count; i++) {
        struct su_grid_column *column = &grid->columns[i];
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
    grid->gap = WIDE_GAP;
    grid->rank = limit ? 1 : RANKS;
    if (limit && su_grid_width(grid) > limit)
        grid->gap = NARROW_GAP;
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
        su_put_blanks(out, grid->gap);
    *first = false;
}

void su_grid_put_heading(const struct su_grid *grid, unsigned line, GString *out)
{
    bool first = true;

    for (unsigned i = 0; i < grid->column_count; i++) {
        const struct su_grid_column *column = &grid->columns[i];
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

static char *write_octets(char *to, const char *text, size_t octets)
{
    memcpy(to, text, octets);
    return to + octets;
}

static char *write_blanks(char *to, unsigned count)
{
    memset(to, ' ', count);
    return to + count;
}

/* The ends of an address tell more than its middle. */
static char *write_short(char *to, const char *text, size_t octets, unsigned width)
{
    size_t tail = (width - 2) / 2;

    to = write_octets(to, text, width - 2 - tail);
    to = write_octets(to, "..", 2);
    return write_octets(to, text + octets - tail, tail);
}

/* Columns have the width of their widest cell, but for addresses. */
static char *write_field(char *to, const struct su_grid_column *column, unsigned blanks,
                         const char *text, const struct field *field)
{
    to = write_blanks(to, blanks);
    if (field->width > column->width)
        return write_short(to, text, field->octets, column->width);
    return write_octets(to, text, field->octets);
}

/* What a row's cells need, and the blanks between them. */
static size_t row_room(const struct su_grid *grid, const struct field *fields)
{
    size_t octets = grid->line;

    for (unsigned i = 0; i < grid->column_count; i++)
        octets += fields[i].octets;
    return octets;
}

void su_grid_put_row(const struct su_grid *grid, unsigned row, GString *out)
{
    const struct field *fields =
        &g_array_index(grid->fields, struct field, (size_t)row * grid->column_count);
    const char *text = grid->text->str + g_array_index(grid->starts, size_t, row);
    char *to = su_put_room(out, row_room(grid, fields));
    unsigned blanks = 0; /* before the next cell; none are written after the last */

    for (unsigned i = 0; i < grid->column_count; i++) {
        const struct su_grid_column *column = &grid->columns[i];
        unsigned room = column->width - MIN(column->width, fields[i].width);

        if (is_shown(grid, i)) {
            to = write_field(to, column, column->right ? blanks + room : blanks, text, &fields[i]);
            blanks = grid->gap + (column->right ? 0 : room);
        }
        text += fields[i].octets;
    }
    su_put_done(out, to);
    su_text_trim(out);
}

bool su_grid_has_totals(const struct su_grid *grid)
{
    for (unsigned i = 0; i < grid->column_count; i++)
        if (is_shown(grid, i) && grid->columns[i].column->total)
            return grid->rows > 0;
    return false;
}

/** The sum of nothing is 0. */
static struct su_cell total_of(const struct su_grid *grid, const struct su_grid_column *column)
{
    const struct su_cell *total = &grid->totals[column->index];
    bool is_sum = column->column->total == SU_TOTAL_SUM && column->column->type == SU_CELL_COUNT;

    return total->type == SU_CELL_NONE && is_sum ? SU_CELL_OF_COUNT(0) : *total;
}

void su_grid_put_totals(const struct su_grid *grid, GString *out)
{
    GString *text = g_string_new(NULL);
    bool first = true;

    for (unsigned i = 0; i < grid->column_count; i++) {
        const struct su_grid_column *column = &grid->columns[i];
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
