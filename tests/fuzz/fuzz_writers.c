/* fuzz_writers.c: any cells whatever, in every shape of report, through every writer. What comes
 * out must be valid UTF-8 without control characters, JSON must be JSON, and CSV must have as many
 * fields in every line as in the first. With libFuzzer: -DSU_LIBFUZZER. Otherwise a program that
 * makes its own octets, the same ones on every machine; its argument is how often (5000).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/fakes.h"

/* NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

enum { ROWS_MAX = 12, TEXT_MAX = 64, GAPS_MAX = 5, DEPTH_MAX = 32 };

/* What must hold, also where assert() is compiled out. */
#define HOLDS(claim, text) holds((claim), #claim, __LINE__, (text))

static void holds(bool is_so, const char *claim, int line, const char *text)
{
    if (is_so)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n%s\n", __FILE__, line, claim, text);
    abort();
}

/* ---- octets to cells --------------------------------------------------------------------- */

/** Octets still to be used; zeros follow the last. */
struct octets {
    const uint8_t *at;
    size_t left;
};

static uint8_t octet(struct octets *octets)
{
    if (octets->left == 0)
        return 0;
    octets->left--;
    return *octets->at++;
}

/* Small ones, the largest ones, and any others. */
static uint64_t number(struct octets *octets)
{
    static const uint64_t edges[] = {UINT64_MAX,          INT64_MAX,  (uint64_t)INT64_MIN + 1,
                                     UINT64_C(1) << 53,   UINT32_MAX, 999999999,
                                     UINT64_C(999999500), 0};
    uint8_t kind = octet(octets);
    uint64_t value = 0;

    if (kind < 96)
        return octet(octets);
    if (kind < 160)
        return edges[kind % G_N_ELEMENTS(edges)];
    for (unsigned i = 0; i < sizeof(value); i++)
        value = value << 8 | octet(octets);
    return value;
}

/** The cells of a table, and what they point to. */
struct table {
    const struct su_report *report;
    size_t rows;
    struct su_cell cells[ROWS_MAX][FAKE_COLUMNS_MAX];
    char texts[ROWS_MAX][FAKE_COLUMNS_MAX][TEXT_MAX];
    struct su_cell_gap gap[ROWS_MAX][GAPS_MAX];
    struct su_cell_gaps gaps[ROWS_MAX];
};

static const char *const gap_words[] = {"FIRST", "SECOND", "THIRD"};

static void make_text(struct octets *octets, char *text)
{
    size_t length = octet(octets) % TEXT_MAX;

    for (size_t i = 0; i < length; i++)
        text[i] = (char)octet(octets);
    text[length] = '\0';
}

static const struct su_cell_gaps *make_gaps(struct octets *octets, struct table *table, size_t row)
{
    struct su_cell_gaps *gaps = &table->gaps[row];

    *gaps = (struct su_cell_gaps){table->gap[row], octet(octets) % (GAPS_MAX + 1), gap_words,
                                  G_N_ELEMENTS(gap_words)};
    for (size_t i = 0; i < gaps->count; i++)
        table->gap[row][i] =
            (struct su_cell_gap){(int64_t)number(octets), number(octets), octet(octets)};
    return gaps;
}

static struct su_cell make_address(struct octets *octets)
{
    uint8_t address[16];

    for (unsigned i = 0; i < sizeof(address); i++)
        address[i] = octet(octets);
    return su_cell_of_address(address, octet(octets) % 2 ? 6 : 4);
}

static int64_t make_time(struct octets *octets)
{
    int64_t ns = (int64_t)number(octets);

    return ns == SU_TIME_NONE ? 0 : ns;
}

static struct su_cell make_cell(struct octets *octets, struct table *table, size_t row,
                                size_t column)
{
    char *text = table->texts[row][column];

    switch (table->report->columns[column].type) {
    case SU_CELL_COUNT:
        return SU_CELL_OF_COUNT(number(octets));
    case SU_CELL_SPAN:
        return SU_CELL_OF_SPAN(make_time(octets));
    case SU_CELL_STAMP:
        return SU_CELL_OF_STAMP(make_time(octets));
    case SU_CELL_TEXT:
        make_text(octets, text);
        return SU_CELL_OF_TEXT(text);
    case SU_CELL_ADDRESS:
        return make_address(octets);
    case SU_CELL_TRUTH:
        return SU_CELL_OF_TRUTH(octet(octets) % 2);
    case SU_CELL_GAPS:
        return SU_CELL_OF_GAPS(make_gaps(octets, table, row));
    case SU_CELL_NONE:
        break;
    }
    return SU_CELL_OF_NONE();
}

/* The name of a row may not be missing; groups come in their order, and a report of one row has
 * one. */
static void make_table(struct octets *octets, struct table *table)
{
    const struct su_report *report = fakes[octet(octets) % fake_count].report;
    unsigned group = 0;

    table->report = report;
    table->rows = octet(octets) % (report->shape == SU_SHAPE_SINGLE ? 2 : ROWS_MAX + 1);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < report->column_count; i++) {
            bool none = octet(octets) % 8 == 0 && (i > 0 || report->shape == SU_SHAPE_LIST);

            table->cells[row][i] = none ? SU_CELL_OF_NONE() : make_cell(octets, table, row, i);
        }
        if (!report->groups)
            continue;
        if (octet(octets) % 2 && report->groups[group + 1])
            group++;
        table->cells[row][0] = SU_CELL_OF_TEXT(report->groups[group]);
    }
}

/* ---- what must hold of what comes out ---------------------------------------------------- */

static void check_characters(const char *text, const char *allowed)
{
    HOLDS(g_utf8_validate(text, -1, NULL), text);
    for (const char *c = text; *c; c++)
        HOLDS((unsigned char)*c >= ' ' || strchr(allowed, *c), text);
}

/** A reader of JSON: what may come next, and in what we are. */
struct json {
    char in[DEPTH_MAX]; /* '{' or '[' */
    unsigned depth;
    bool wants_value; /* else a comma or the end of what we are in */
    bool wants_name;  /* a member's name comes before its value */
    bool may_end;     /* nothing has come yet: {} and [] */
};

static const char *after_string(const char *c, const char *text)
{
    for (c++; *c != '"'; c++) {
        HOLDS((unsigned char)*c >= ' ', text);
        if (*c == '\\')
            HOLDS(strchr("\"\\/bfnrtu", *++c) && *c, text);
    }
    return c + 1;
}

static const char *after_plain(const char *c, const char *text)
{
    size_t length = strcspn(c, ",]}: \n");
    char *word = g_strndup(c, length);
    char *end = word;

    if (strcmp(word, "true") != 0 && strcmp(word, "false") != 0 && strcmp(word, "null") != 0) {
        HOLDS(g_ascii_isdigit(*word) || *word == '-', text);
        g_ascii_strtod(word, &end);
        HOLDS(end > word && *end == '\0', text);
    }
    g_free(word);
    return c + length;
}

static void json_open(struct json *json, char bracket, const char *text)
{
    HOLDS(json->wants_value && !json->wants_name && json->depth < DEPTH_MAX, text);
    json->in[json->depth++] = bracket;
    json->wants_name = bracket == '{';
    json->may_end = true;
}

static void json_close(struct json *json, char bracket, const char *text)
{
    HOLDS(json->depth > 0 && json->in[json->depth - 1] == (bracket == '}' ? '{' : '['), text);
    HOLDS(json->may_end || !json->wants_value, text);
    json->depth--;
    json->wants_value = json->wants_name = json->may_end = false;
}

static const char *json_value(struct json *json, const char *c, const char *text)
{
    HOLDS(json->wants_value, text);
    json->may_end = false;
    if (json->wants_name) {
        HOLDS(*c == '"', text);
        c = after_string(c, text);
        HOLDS(*c == ':', text);
        json->wants_name = false;
        return c + 1;
    }
    json->wants_value = false;
    return *c == '"' ? after_string(c, text) : after_plain(c, text);
}

/** Reads one value. Returns what follows it. */
static const char *check_json(const char *text)
{
    struct json json = {.wants_value = true};
    const char *c = text;

    do {
        if (*c == ' ' || *c == '\n') {
            c++;
        } else if (*c == '{' || *c == '[') {
            json_open(&json, *c++, text);
        } else if (*c == '}' || *c == ']') {
            json_close(&json, *c++, text);
        } else if (*c == ',') {
            HOLDS(!json.wants_value && json.depth > 0, text);
            json.wants_value = true;
            json.wants_name = json.in[json.depth - 1] == '{';
            c++;
        } else {
            c = json_value(&json, c, text);
        }
    } while (json.depth > 0 || json.wants_value);
    return c;
}

static void check_json_document(const char *text, const struct table *table)
{
    (void)table;
    check_characters(text, "\n");
    HOLDS(check_json(text)[strspn(check_json(text), "\n")] == '\0', text);
}

static void check_ndjson(const char *text, const struct table *table)
{
    size_t lines = 0;

    check_characters(text, "\n");
    for (const char *c = text; *c; lines++) {
        HOLDS(*c == '{', text);
        c = check_json(c);
        HOLDS(*c++ == '\n', text);
    }
    HOLDS(lines == table->rows, text);
}

static void check_csv(const char *text, const struct table *table)
{
    size_t lines = 0;
    size_t commas = 0;
    size_t first = 0;
    bool quoted = false;

    HOLDS(g_utf8_validate(text, -1, NULL), text);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        commas += *c == ',';
        HOLDS(*c != '\r' || c[1] == '\n', text);
        if (*c != '\n')
            continue;
        first = lines++ == 0 ? commas : first;
        HOLDS(commas == first, text);
        commas = 0;
    }
    HOLDS(!quoted && lines == table->rows + 1, text);
}

static void check_text(const char *text, const struct table *table)
{
    (void)table;
    check_characters(text, "\n");
}

/* ---- one input --------------------------------------------------------------------------- */

static void write_all(const struct table *table, const struct su_document *document,
                      enum su_format format)
{
    static void (*const check[SU_FORMAT_COUNT])(const char *, const struct table *) = {
        [SU_FORMAT_TEXT] = check_text,
        [SU_FORMAT_JSON] = check_json_document,
        [SU_FORMAT_NDJSON] = check_ndjson,
        [SU_FORMAT_CSV] = check_csv,
    };
    struct su_out out;
    struct su_writer *writer;

    su_out_to_string(&out);
    writer = su_writer_new(format, &out, document);
    su_writer_begin(writer, table->report);
    for (size_t row = 0; row < table->rows; row++)
        su_writer_row(writer, table->cells[row]);
    su_writer_end(writer);
    su_writer_free(writer);
    check[format](out.text->str, table);
    su_out_close(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    struct octets octets = {data, length};
    struct table *table = g_new0(struct table, 1);
    char filter[TEXT_MAX];
    char capture[TEXT_MAX];
    struct su_document document = {.version = "1", .filter = filter, .capture = capture};

    make_text(&octets, filter);
    make_text(&octets, capture);
    document.width = octet(&octets);
    document.packets = number(&octets);
    document.first_ns = make_time(&octets) / 2;
    document.last_ns = make_time(&octets) / 2;
    make_table(&octets, table);
    for (enum su_format format = 0; format < SU_FORMAT_COUNT; format++)
        write_all(table, &document, format);
    document.all = true; /* an object of reports: JSON's own affair */
    write_all(table, &document, SU_FORMAT_JSON);
    g_free(table);
    return 0;
}

/* ---- without libFuzzer ------------------------------------------------------------------- */

#ifndef SU_LIBFUZZER

int main(int argc, char **argv)
{
    enum { OCTETS = 1500 };
    static const char often[] = "\"\\,\n\r\t|;={}[]:\x00\x01\x07\x1f\x7f\xc3\xbc\xe2\x80\xae\xff";
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 5000;
    uint32_t state = 20261121;
    uint8_t data[OCTETS];

    for (long round = 0; round < rounds; round++) {
        for (size_t i = 0; i < OCTETS; i++) {
            state = state * 1664525u + 1013904223u;
            data[i] = state >> 30 ? (uint8_t)(state >> 16)
                                  : (uint8_t)often[(state >> 16) % (sizeof(often) - 1)];
        }
        LLVMFuzzerTestOneInput(data, (size_t)(state >> 8) % OCTETS);
    }
    printf("%ld tables written\n", rounds);
    return rounds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
