/* fakes.c: reports that do not exist.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fakes.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
/* clang-format off */
#define NONE      {.type = SU_CELL_NONE}
#define COUNT(n)  {.type = SU_CELL_COUNT, .count = (n)}
#define SPAN(n)   {.type = SU_CELL_SPAN, .ns = (n)}
#define STAMP(n)  {.type = SU_CELL_STAMP, .ns = (n)}
#define TEXT(s)   {.type = SU_CELL_TEXT, .text = (s)}
#define TRUTH(b)  {.type = SU_CELL_TRUTH, .truth = (b)}
#define GAPS(g)   {.type = SU_CELL_GAPS, .gaps = &(g)}
#define IPV4(...) {.type = SU_CELL_ADDRESS, .version = 4, .address = {__VA_ARGS__}}
#define IPV6(...) {.type = SU_CELL_ADDRESS, .version = 6, .address = {__VA_ARGS__}}

static const struct su_cell_gap some_gaps[] = {
    {0, 1448, 0}, {INT64_C(400000000), UINT64_C(5000000000), 3}, {1, 5, 2},
};
static const char *const gap_words[] = {"FIRST", "SECOND"};
static const struct su_cell_gaps gaps = {some_gaps, LENGTH(some_gaps), gap_words, 2};
static const struct su_cell_gaps no_gaps = {NULL, 0, gap_words, 2};

/* ---- every kind of value ----------------------------------------------------------------- */

static const struct su_column value_columns[] = {
    {"text", "Text", NULL, "Any text", SU_CELL_TEXT, .rank = 1},
    {"number", "Number of things", "B", "A number", SU_CELL_COUNT, .rank = 1, .total = SU_TOTAL_SUM},
    {"times.short", "Short", "ms", "A time", SU_CELL_SPAN, .rank = 1, .total = SU_TOTAL_MAX},
    {"times.long", "Long", "s", "A time", SU_CELL_SPAN, .rank = 1, .total = SU_TOTAL_SUM},
    {"at", "At", "UTC", "A date", SU_CELL_STAMP, .rank = 2, .total = SU_TOTAL_MIN},
    {"host.addr", "Host", NULL, "An address", SU_CELL_ADDRESS, .rank = 3},
    {"host.up", "Up", NULL, "A truth", SU_CELL_TRUTH, .rank = 3},
    {"gaps", "Gaps", NULL, "Gaps", SU_CELL_GAPS, .rank = 0},
};

static const struct su_report values = {
    .id = "values", .title = "Every kind of value", .columns = value_columns,
    .column_count = LENGTH(value_columns), .key_count = 1,
};

static const struct su_cell plain_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("one"), COUNT(1), SPAN(1234567), SPAN(1500000000), STAMP(INT64_C(1792508160123456789)),
     IPV4(10, 9, 0, 2), TRUTH(true), GAPS(gaps)},
    {TEXT("two"), COUNT(22), SPAN(0), SPAN(0), STAMP(0), IPV4(192, 168, 215, 111), TRUTH(false),
     GAPS(no_gaps)},
    {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
};

static const struct su_cell extreme_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT(""), COUNT(UINT64_C(1) << 53), SPAN(-1), SPAN(INT64_MAX), STAMP(INT64_MAX),
     IPV6(0x20, 0x01, 0x0d, 0xb8, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55,
          0x66, 0x66), TRUTH(true), GAPS(no_gaps)},
    {TEXT("18446744073709551615"), COUNT(UINT64_MAX - (UINT64_C(1) << 53)), SPAN(499), SPAN(500),
     STAMP(-1), IPV6([15] = 1), TRUTH(true), GAPS(no_gaps)},
    {TEXT("least"), COUNT(0), SPAN(INT64_MIN + 1), SPAN(-INT64_C(1500000000)),
     STAMP(INT64_MIN + 1), IPV6(0), TRUTH(false), GAPS(no_gaps)},
};

static const struct su_cell hostile_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("a \"quoted\" name"), COUNT(1)},
    {TEXT("comma, semicolon; tab\t"), COUNT(2)},
    {TEXT("line\r\nbreak"), COUNT(3)},
    {TEXT("back\\slash </script>"), COUNT(4)},
    {TEXT("bell\a escape \x1b[31m red"), COUNT(5)},
    {TEXT("not UTF-8: \xff\xfe\xc3"), COUNT(6)},
    {TEXT("gr\xc3\xbc\xc3\x9f" "e"), COUNT(7)},
    {TEXT("\xe6\x9d\xb1\xe4\xba\xac wide"), COUNT(8)},
    {TEXT("turn \xe2\x80\xae around"), COUNT(9)},
    {TEXT("e\xcc\x81 combined"), COUNT(10)},
    {TEXT("=1+2"), COUNT(11)},
};

/* ---- one row ----------------------------------------------------------------------------- */

static const struct su_column single_columns[] = {
    {"things", "Things", NULL, "A number", SU_CELL_COUNT, .rank = 1},
    {"most", "Most things at once", NULL, "A number", SU_CELL_COUNT, .rank = 1},
    {"hidden", "Hidden", NULL, "Not in text", SU_CELL_TRUTH, .rank = 0},
};

static const struct su_report single = {
    .id = "single", .title = "One row", .columns = single_columns,
    .column_count = LENGTH(single_columns), .shape = SU_SHAPE_SINGLE,
};

static const struct su_cell single_rows[][FAKE_COLUMNS_MAX] = {
    {COUNT(123456), NONE, TRUTH(true)},
};

/* ---- keyed ------------------------------------------------------------------------------- */

static const struct su_column keyed_columns[] = {
    {"kind", "Kind", NULL, "A name", SU_CELL_TEXT, .rank = 1},
    {"UP", "UP", NULL, "A number", SU_CELL_COUNT, .rank = 1},
    {"DOWNWARDS", "DOWNWARDS", NULL, "A number", SU_CELL_COUNT, .rank = 1},
};

static const struct su_report keyed = {
    .id = "keyed", .title = "By name", .columns = keyed_columns,
    .column_count = LENGTH(keyed_columns), .key_count = 1, .shape = SU_SHAPE_KEYED,
};

static const struct su_cell keyed_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("first"), COUNT(1), COUNT(12345678)},
    {TEXT("a \"second\""), COUNT(0), NONE},
};

/* ---- named list -------------------------------------------------------------------------- */

static const struct su_column named_columns[] = {
    {"name", "Name", NULL, "A name", SU_CELL_TEXT, .rank = 1},
    {NULL, "Number", NULL, "Not shown", SU_CELL_COUNT, .rank = 0},
    {"good.total", "Good", "egg", "A number", SU_CELL_COUNT, .rank = 1},
    {"good.brown", "Brown ones", NULL, "A number", SU_CELL_COUNT, .rank = 1},
    {"bad.total", "Bad", "egg", "A number", SU_CELL_COUNT, .rank = 1},
    {"bad.broken", "Broken ones", NULL, "A number", SU_CELL_COUNT, .rank = 1},
};

static const struct su_report named = {
    .id = "named", .title = "Egg summary", .columns = named_columns,
    .column_count = LENGTH(named_columns), .key_count = 2, .shape = SU_SHAPE_NAMED_LIST,
};

static const struct su_cell named_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("hens"), COUNT(0), COUNT(12), COUNT(6), COUNT(2), COUNT(1)},
    {TEXT("ge\xff" "se"), COUNT(1), COUNT(0), COUNT(0), COUNT(1234567), COUNT(1234567)},
};

/* ---- groups ------------------------------------------------------------------------------ */

static const char *const group_names[] = {"left", "middle", "right", NULL};

static const struct su_column group_columns[] = {
    {"side", "Side", NULL, "The group", SU_CELL_TEXT, .rank = 1},
    {"host", "Host", NULL, "An address", SU_CELL_ADDRESS, .width = 12, .rank = 1},
    {"all", "All", NULL, "A number", SU_CELL_COUNT, .width = 4, .rank = 1, .total = SU_TOTAL_SUM,
     .total_label = "Number of all"},
    {"more", "More", NULL, "A number", SU_CELL_COUNT, .width = 4, .rank = 2, .total = SU_TOTAL_SUM},
};

static const struct su_report grouped = {
    .id = "grouped", .title = "Three groups", .columns = group_columns,
    .column_count = LENGTH(group_columns), .key_count = 2, .shape = SU_SHAPE_GROUPED,
    .groups = group_names,
};

static const struct su_cell grouped_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("left"), IPV4(10, 0, 0, 1), COUNT(3), COUNT(1)},
    {TEXT("left"), IPV4(10, 0, 0, 2), COUNT(2), COUNT(0)},
    {TEXT("right"), IPV4(10, 0, 0, 2), COUNT(4), COUNT(1)},
    {TEXT("right"), IPV4(10, 0, 0, 3), COUNT(1), COUNT(0)},
    {TEXT("right"), IPV4(255, 255, 255, 255), COUNT(0), COUNT(0)},
};

static const struct su_cell grouped_v6_rows[][FAKE_COLUMNS_MAX] = {
    {TEXT("left"), IPV6(0x20, 0x01, 0x0d, 0xb8, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44,
                        0x55, 0x55, 0x66, 0x66), COUNT(3), COUNT(1)},
    {TEXT("right"), IPV4(10, 0, 0, 2), COUNT(4), COUNT(1)},
};
/* clang-format on */

#define FAKE(name, report, rows)                                                                   \
    {                                                                                              \
        name, &report, rows, LENGTH(rows)                                                          \
    }

const struct fake fakes[] = {
    FAKE("plain", values, plain_rows),
    FAKE("extreme", values, extreme_rows),
    FAKE("hostile", values, hostile_rows),
    {"empty",         &values,  NULL, 0},
    FAKE("single", single, single_rows),
    {"single_empty",  &single,  NULL, 0},
    FAKE("keyed", keyed, keyed_rows),
    FAKE("named", named, named_rows),
    {"named_empty",   &named,   NULL, 0},
    FAKE("grouped", grouped, grouped_rows),
    FAKE("grouped_v6", grouped, grouped_v6_rows),
    {"grouped_empty", &grouped, NULL, 0},
};
const size_t fake_count = LENGTH(fakes);

void fake_write(struct su_writer *writer, const struct fake *fake)
{
    su_writer_begin(writer, fake->report);
    for (size_t i = 0; i < fake->row_count; i++)
        su_writer_row(writer, fake->rows[i]);
    su_writer_end(writer);
}
