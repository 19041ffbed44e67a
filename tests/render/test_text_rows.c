/* test_text_rows.c: rows that are laid out as they come, against rows that are laid out in the end,
 * cell by cell. What is in them is drawn by lot, the same every time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "render/text_rows.h"
#include "render/text_value.h"

enum { COLUMNS = 6, ROWS = 200, TABLES = 60 };

static const struct su_column columns[COLUMNS] = {
    {.type = SU_CELL_COUNT, .width = 3},
    {.type = SU_CELL_TEXT                    },
    {.type = SU_CELL_ADDRESS},
    {.type = SU_CELL_SPAN,                     .unit = "ms"},
    {.type = SU_CELL_TEXT,.width = 5},
    {.type = SU_CELL_TRUTH },
};

static const char *const texts[] = {
    "",
    "a",
    "seven m",
    "gr\xc3\xbc\xc3\x9f",
    "\xe6\x97\xa5\xe6\x9c\xac", /* each takes two columns */
    "e\xcc\x81",                /* the accent takes none */
    "bell\a, tab\t, not UTF-8 \xff",
    "0123456789012345678901234567890123456789012345678901234567890123",
    "01234567890123456789012345678901234567890123456789012345678901234",
};

static const uint8_t addresses[][16] = {
    {10,   0, 0, 1},
    {192,   168, 100, 200},
    {0x20,    0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    {[15] = 1},
};

struct table {
    struct su_text_rows rows;
    struct su_cell cells[ROWS][COLUMNS];
    GRand *lot;
};

/* Rare at first, so that later layouts have more room. */
static struct su_cell draw_text(const struct table *table, unsigned row)
{
    unsigned most = MIN(1 + row / 8, (unsigned)G_N_ELEMENTS(texts));

    return SU_CELL_OF_TEXT(texts[g_rand_int_range(table->lot, 0, (gint32)most)]);
}

static struct su_cell draw_cell(const struct table *table, unsigned row, unsigned column)
{
    uint64_t wide = (uint64_t)g_rand_int(table->lot) << 32 | g_rand_int(table->lot);
    uint64_t number = wide >> (63 - MIN(row / 2, 63));
    int address = g_rand_int_range(table->lot, 0, G_N_ELEMENTS(addresses));

    if (g_rand_int_range(table->lot, 0, 9) == 0)
        return SU_CELL_OF_NONE();
    if (columns[column].type == SU_CELL_COUNT)
        return SU_CELL_OF_COUNT(number);
    if (columns[column].type == SU_CELL_SPAN)
        return SU_CELL_OF_SPAN(number & 1 ? (int64_t)(number >> 1) : -(int64_t)(number >> 1));
    if (columns[column].type == SU_CELL_ADDRESS)
        return su_cell_of_address(addresses[address], address < 2 ? 4 : 6);
    if (columns[column].type == SU_CELL_TRUTH)
        return SU_CELL_OF_TRUTH(number & 1);
    return draw_text(table, row);
}

static void fill(struct table *table)
{
    for (unsigned row = 0; row < ROWS; row++) {
        for (unsigned i = 0; i < COLUMNS; i++)
            table->cells[row][i] = draw_cell(table, row, i);
        su_text_rows_add(&table->rows, table->cells[row]);
    }
}

static GString *text_of(const struct table *table, unsigned row, unsigned column)
{
    GString *text = g_string_new(NULL);

    su_text_put_cell(text, &columns[column], &table->cells[row][column]);
    return text;
}

/* As narrow as can be, but now and then with more room; addresses may have less. */
static void choose(struct table *table)
{
    bool is_narrow = g_rand_boolean(table->lot);

    table->rows.gap = is_narrow ? 1 : 2;
    for (unsigned i = 0; i < COLUMNS; i++) {
        struct su_text_column *column = &table->rows.columns[i];

        column->shown = !is_narrow || g_rand_int_range(table->lot, 0, 4) > 0;
        column->width = column->content + (g_rand_int_range(table->lot, 0, 4) == 0);
        if (is_narrow && columns[i].type == SU_CELL_ADDRESS)
            column->width = MAX(column->least, 15);
    }
    su_text_rows_settle(&table->rows);
}

static void put_wanted(const struct table *table, unsigned row, unsigned i, GString *line)
{
    const struct su_text_column *column = &table->rows.columns[i];
    GString *text = text_of(table, row, i);
    unsigned width = su_text_width(text->str, text->len);

    if (width > column->width) {
        assert_int_equal(columns[i].type, SU_CELL_ADDRESS);
        assert_int_equal(table->cells[row][i].version, 6);
        g_string_erase(text, (column->width + 1) / 2 - 1, (gssize)(text->len - column->width + 2));
        g_string_insert(text, (column->width + 1) / 2 - 1, "..");
    }
    su_text_put_padded(line, text->str, text->len, column->width, column->right);
    g_string_free(text, TRUE);
}

static GString *wanted(const struct table *table, unsigned row)
{
    GString *line = g_string_new(NULL);
    bool first = true;

    for (unsigned i = 0; i < COLUMNS; i++) {
        if (!table->rows.columns[i].shown)
            continue;
        g_string_append(line, first ? "" : table->rows.gap == 2 ? "  " : " ");
        first = false;
        put_wanted(table, row, i, line);
    }
    su_text_trim(line);
    return line;
}

static void compare(struct table *table, unsigned row)
{
    GString *made = g_string_new("before|");
    GString *line = wanted(table, row);

    su_text_rows_put(&table->rows, row, made);
    assert_string_equal(made->str + strlen("before|"), line->str);
    g_string_free(line, TRUE);
    g_string_free(made, TRUE);
}

static void widths_are_those_of_the_widest(const struct table *table)
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        unsigned widest = columns[i].width;

        for (unsigned row = 0; row < ROWS; row++) {
            GString *text = text_of(table, row, i);

            widest = MAX(widest, su_text_width(text->str, text->len));
            g_string_free(text, TRUE);
        }
        assert_int_equal(table->rows.columns[i].content, widest);
    }
}

static void begin(struct table *table)
{
    su_text_rows_init(&table->rows);
    for (unsigned i = 0; i < COLUMNS; i++) {
        table->rows.columns[table->rows.column_count++] = (struct su_text_column){
            .column = &columns[i],
            .index = (uint8_t)i,
            .room = columns[i].width,
            .content = columns[i].width,
            .right = columns[i].type == SU_CELL_COUNT || columns[i].type == SU_CELL_SPAN ||
                     (columns[i].type == SU_CELL_ADDRESS && g_rand_boolean(table->lot)),
        };
    }
}

static void rows_are_as_if_laid_out_in_the_end(void **state)
{
    struct table *table = g_new0(struct table, 1);

    (void)state;
    table->lot = g_rand_new_with_seed(20261121);
    for (unsigned i = 0; i < TABLES; i++) {
        begin(table);
        fill(table);
        choose(table);
        widths_are_those_of_the_widest(table);
        for (unsigned row = 0; row < ROWS; row++)
            compare(table, row);
        for (unsigned n = 0; n < ROWS; n++) /* in any order */
            compare(table, (unsigned)g_rand_int_range(table->lot, 0, ROWS));
        su_text_rows_clear(&table->rows);
    }
    g_rand_free(table->lot);
    g_free(table);
}

/* A name of 64 KiB in one row takes no room in the others. */
static void a_long_name_stays_alone(void **state)
{
    char *name = g_strnfill(64 * 1024, 'x');
    struct table *table = g_new0(struct table, 1);

    (void)state;
    table->lot = g_rand_new_with_seed(1);
    begin(table);
    for (unsigned row = 0; row < ROWS; row++) {
        for (unsigned i = 0; i < COLUMNS; i++)
            table->cells[row][i] = SU_CELL_OF_NONE();
        table->cells[row][1] = SU_CELL_OF_TEXT(row == 1 ? name : "short");
        su_text_rows_add(&table->rows, table->cells[row]);
    }
    assert_int_equal(table->rows.columns[1].content, 64 * 1024);
    assert_true(table->rows.text->len < ROWS * 100);
    g_rand_free(table->lot);
    su_text_rows_clear(&table->rows);
    g_free(table);
    g_free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_as_if_laid_out_in_the_end),
        cmocka_unit_test(a_long_name_stays_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
