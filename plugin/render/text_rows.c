/* text_rows.c: rows of cells in columns that line up. A row is laid out as it comes, in columns as
 * wide as those before it needed. When a cell is wider, a new layout with more room begins. So in
 * the end most rows stand just as they are to be written, and are only copied.
 *
 * A cell with letters that are not ASCII, or with very many, is kept apart: a row has as many octets
 * as its layout says, and one long name must not widen all rows after it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_rows.h"

#include "put.h"
#include "text_value.h"
#include "value.h"

enum {
    GAP = 2,                      /* blanks between fields in a layout */
    ROOM_MAX = 64,                /* of a field; longer cells are odd */
    MARGIN = SU_VALUE_NUMBER_MAX, /* a number is written from its end, before it is known to fit */
};

/** How rows are laid out, from one of them on. */
struct layout {
    unsigned first;              /* row */
    unsigned octets;             /* of each row */
    size_t start;                /* of the first row in the text */
    bool as_shown;               /* fields stand where they are shown */
    uint16_t at[SU_COLUMNS_MAX]; /* where in a row the fields begin */
    uint16_t room[SU_COLUMNS_MAX];
};

/** A cell that is kept apart. */
struct odd {
    unsigned row, column;
    unsigned width;
    size_t start, octets; /* in odd_text */
};

/** What stands in a field. */
struct piece {
    const char *text;
    size_t octets;
    unsigned width;
};

void su_text_rows_init(struct su_text_rows *rows)
{
    *rows = (struct su_text_rows){
        .text = g_string_new(NULL),
        .layouts = g_array_new(FALSE, FALSE, sizeof(struct layout)),
        .odd = g_array_new(FALSE, FALSE, sizeof(struct odd)),
        .odd_text = g_string_new(NULL),
        .scratch = g_string_new(NULL),
    };
}

void su_text_rows_clear(struct su_text_rows *rows)
{
    g_string_free(rows->text, TRUE);
    g_array_free(rows->layouts, TRUE);
    g_array_free(rows->odd, TRUE);
    g_string_free(rows->odd_text, TRUE);
    g_string_free(rows->scratch, TRUE);
    g_free(rows->line);
}

/* ---- taking in ---------------------------------------------------------------------------- */

static struct layout *layout_at(const struct su_text_rows *rows, unsigned i)
{
    return &g_array_index(rows->layouts, struct layout, i);
}

/* The one before is replaced if no row has it. */
static void begin_layout(struct su_text_rows *rows)
{
    guint count = rows->layouts->len;
    struct layout *layout;

    if (count == 0 || layout_at(rows, count - 1)->first < rows->count)
        g_array_set_size(rows->layouts, ++count);
    layout = layout_at(rows, count - 1);
    *layout = (struct layout){.first = rows->count, .start = rows->text->len};
    for (unsigned i = 0; i < rows->column_count; i++) {
        layout->at[i] = (uint16_t)(layout->octets + (i > 0 ? GAP : 0));
        layout->room[i] = rows->columns[i].room;
        layout->octets = layout->at[i] + layout->room[i];
    }
    rows->line = g_realloc(rows->line, MARGIN + layout->octets);
}

/* Where the one before is in another row, its text is at hand. */
static void find_address(struct su_text_address *last, const struct su_cell *cell, GString *scratch)
{
    if (last->octets && last->cell.version == cell->version &&
        memcmp(last->cell.address, cell->address, sizeof(cell->address)) == 0)
        return;
    g_string_truncate(scratch, 0);
    su_value_put_address(scratch, cell);
    last->cell = *cell;
    last->octets = (uint8_t)MIN(scratch->len, sizeof(last->text));
    memcpy(last->text, scratch->str, last->octets);
}

static struct piece piece_of_address(struct su_text_rows *rows, struct su_text_column *column,
                                     const struct su_cell *cell)
{
    find_address(&column->last, cell, rows->scratch);
    if (cell->version == 4)
        column->least = MAX(column->least, column->last.octets);
    return (struct piece){column->last.text, column->last.octets, column->last.octets};
}

static struct piece piece_of(struct su_text_rows *rows, struct su_text_column *column,
                             const struct su_cell *cell)
{
    GString *scratch = rows->scratch;

    if (cell->type == SU_CELL_ADDRESS)
        return piece_of_address(rows, column, cell);
    if (cell->type == SU_CELL_TEXT && su_text_is_plain(cell->text, ROOM_MAX)) {
        size_t octets = strlen(cell->text);

        return (struct piece){cell->text, octets, (unsigned)octets};
    }
    g_string_truncate(scratch, 0);
    su_text_put_cell(scratch, column->column, cell);
    return (struct piece){scratch->str, scratch->len, su_text_width(scratch->str, scratch->len)};
}

static void keep_apart(struct su_text_rows *rows, unsigned i, const struct piece *piece)
{
    struct odd odd = {rows->count, i, piece->width, rows->odd_text->len, piece->octets};

    su_put(rows->odd_text, piece->text, piece->octets);
    g_array_append_val(rows->odd, odd);
}

/* Returns the room it needs. */
static unsigned lay_piece(struct su_text_rows *rows, unsigned i, const struct su_cell *cell,
                          char *field, unsigned room)
{
    struct su_text_column *column = &rows->columns[i];
    struct piece piece = piece_of(rows, column, cell);

    column->content = MAX(column->content, piece.width);
    if (piece.octets != piece.width || piece.octets > ROOM_MAX) {
        keep_apart(rows, i, &piece);
        return 0;
    }
    if (piece.octets <= room)
        memcpy(column->right ? field + room - piece.octets : field, piece.text, piece.octets);
    return piece.width;
}

/* Numbers are most of what there is. */
static unsigned lay_number(struct su_text_column *column, const struct su_cell *cell, char *end)
{
    const char *begin = cell->type == SU_CELL_COUNT ? su_value_write_count(end, cell->count)
                                                    : su_text_write_span(end, column->column, cell);
    unsigned width = (unsigned)(end - begin);

    column->content = MAX(column->content, width);
    return width;
}

static bool is_number(const struct su_cell *cell)
{
    return cell->type == SU_CELL_COUNT || cell->type == SU_CELL_SPAN;
}

/* Returns whether all cells fit; those that do not have more room in the next layout. */
static bool lay_out(struct su_text_rows *rows, const struct su_cell *cells)
{
    const struct layout *layout = layout_at(rows, rows->layouts->len - 1);
    char *line = rows->line + MARGIN;
    bool fits = true;

    memset(line, ' ', layout->octets);
    for (unsigned i = 0; i < rows->column_count; i++) {
        struct su_text_column *column = &rows->columns[i];
        const struct su_cell *cell = &cells[column->index];
        char *field = line + layout->at[i];
        unsigned room = layout->room[i];
        unsigned need = column->right && is_number(cell) ? lay_number(column, cell, field + room)
                                                         : lay_piece(rows, i, cell, field, room);

        if (need <= room)
            continue;
        column->room = (uint16_t)need;
        fits = false;
    }
    return fits;
}

void su_text_rows_add(struct su_text_rows *rows, const struct su_cell *cells)
{
    guint odd = rows->odd->len;

    if (rows->layouts->len == 0)
        begin_layout(rows);
    while (!lay_out(rows, cells)) {
        g_array_set_size(rows->odd, odd);
        begin_layout(rows);
    }
    su_put(rows->text, rows->line + MARGIN, layout_at(rows, rows->layouts->len - 1)->octets);
    rows->count++;
}

/* ---- putting out -------------------------------------------------------------------------- */

static bool is_as_shown(const struct su_text_rows *rows, const struct layout *layout)
{
    bool same = rows->gap == GAP;

    for (unsigned i = 0; same && i < rows->column_count; i++)
        same = rows->columns[i].shown && rows->columns[i].width == layout->room[i];
    return same;
}

void su_text_rows_settle(struct su_text_rows *rows)
{
    for (guint i = 0; i < rows->layouts->len; i++) {
        struct layout *layout = layout_at(rows, i);

        layout->as_shown = is_as_shown(rows, layout);
    }
}

static const struct layout *layout_of(struct su_text_rows *rows, unsigned row)
{
    while (layout_at(rows, rows->layout)->first > row)
        rows->layout--;
    while (rows->layout + 1 < rows->layouts->len && layout_at(rows, rows->layout + 1)->first <= row)
        rows->layout++;
    return layout_at(rows, rows->layout);
}

/* NULL: there are not so many. */
static const struct odd *odd_at(const struct su_text_rows *rows, guint i)
{
    return i < rows->odd->len ? &g_array_index(rows->odd, struct odd, i) : NULL;
}

/* The first odd cell of this row or a later one. */
static guint find_odd(const struct su_text_rows *rows, unsigned row)
{
    guint low = 0;
    guint high = rows->odd->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (odd_at(rows, middle)->row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The ends of an address tell more than its middle. */
static void put_short(GString *out, const struct piece *piece, unsigned width)
{
    size_t tail = (width - 2) / 2;

    su_put(out, piece->text, width - 2 - tail);
    su_put(out, "..", 2);
    su_put(out, piece->text + piece->octets - tail, tail);
}

/* Without the blanks around it. */
static void strip(struct piece *piece)
{
    while (piece->octets > 0 && piece->text[piece->octets - 1] == ' ')
        piece->octets--;
    while (piece->octets > 0 && *piece->text == ' ') {
        piece->text++;
        piece->octets--;
    }
    piece->width = (unsigned)piece->octets;
}

static void put_piece(GString *out, const struct su_text_column *column, struct piece *piece)
{
    unsigned blanks;

    if (piece->width > column->width)
        strip(piece);
    if (piece->width > column->width) {
        put_short(out, piece, column->width);
        return;
    }
    blanks = column->width - piece->width;
    if (column->right)
        su_put_blanks(out, blanks);
    su_put(out, piece->text, piece->octets);
    if (!column->right)
        su_put_blanks(out, blanks);
}

static void put_fields(const struct su_text_rows *rows, const struct layout *layout, unsigned row,
                       const char *text, GString *out)
{
    guint next = find_odd(rows, row);
    unsigned gap = 0;

    for (unsigned i = 0; i < rows->column_count; i++) {
        struct piece piece = {text + layout->at[i], layout->room[i], layout->room[i]};
        const struct odd *odd = odd_at(rows, next);

        if (odd && odd->row == row && odd->column == i) {
            piece = (struct piece){rows->odd_text->str + odd->start, odd->octets, odd->width};
            next++;
        }
        if (!rows->columns[i].shown)
            continue;
        su_put_blanks(out, gap);
        put_piece(out, &rows->columns[i], &piece);
        gap = rows->gap;
    }
}

void su_text_rows_put(struct su_text_rows *rows, unsigned row, GString *out)
{
    const struct layout *layout = layout_of(rows, row);
    const struct odd *odd = odd_at(rows, find_odd(rows, row));
    const char *text =
        rows->text->str + layout->start + (size_t)(row - layout->first) * layout->octets;

    if (layout->as_shown && !(odd && odd->row == row))
        su_put(out, text, layout->octets);
    else
        put_fields(rows, layout, row, text, out);
    su_text_trim(out);
}
