/* test_formats.c: every fake report in every format, as the files in expected/ have it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "expect.h"
#include "fakes.h"

static const struct su_document one = {.first_ns = SU_TIME_NONE, .last_ns = SU_TIME_NONE};

static const struct su_document several = {
    .all = true,
    .version = "1.2.3",
    .capture = "odd \"name\"\n\xff.pcap",
    .filter = "tcp.port == 80 && frame.comment == \"\x1b\"",
    .first_ns = INT64_C(1341247713000000000),
    .last_ns = INT64_C(1341247799105600000),
    .packets = 4711,
    .width = 80,
};

static struct su_document narrow(unsigned width)
{
    struct su_document document = one;

    document.width = width;
    return document;
}

static void make(GString *made, const struct su_document *document, enum su_format format,
                 const struct fake *fake, size_t count)
{
    struct su_out out;
    struct su_writer *writer;

    su_out_to_string(&out);
    writer = su_writer_new(format, &out, document);
    for (size_t i = 0; i < count; i++)
        fake_write(writer, &fake[i]);
    su_writer_free(writer);
    g_string_assign(made, "");
    g_string_append_len(made, out.text->str, (gssize)out.text->len);
    assert_int_equal(su_out_close(&out), 0);
}

static void every_fake_in_every_format(void **state)
{
    GString *made = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < fake_count; i++)
        for (int format = 0; format < SU_FORMAT_COUNT; format++) {
            make(made, &one, (enum su_format)format, &fakes[i], 1);
            expect_same(fakes[i].name, (enum su_format)format, made);
        }
    g_string_free(made, TRUE);
}

static void all_of_them_in_one_document(void **state)
{
    GString *made = g_string_new(NULL);

    (void)state;
    for (int format = 0; format < SU_FORMAT_COUNT; format++) {
        make(made, &several, (enum su_format)format, fakes, fake_count);
        expect_same("document", (enum su_format)format, made);
        make(made, &several, (enum su_format)format, fakes, 0);
        expect_same("document_empty", (enum su_format)format, made);
    }
    g_string_free(made, TRUE);
}

/** The widest line, in characters. */
static unsigned width_of(const GString *text)
{
    char **lines = g_strsplit(text->str, "\n", -1);
    unsigned width = 0;

    for (char **line = lines; *line; line++)
        width = MAX(width, (unsigned)g_utf8_strlen(*line, -1));
    g_strfreev(lines);
    return width;
}

static void text_fits_the_terminal(void **state)
{
    static const unsigned widths[] = {40, 60, 80, 100, 120, 160};
    GString *made = g_string_new(NULL);
    unsigned least;

    (void)state;
    for (size_t i = 0; i < fake_count; i++) {
        struct su_document document = narrow(1);

        make(made, &document, SU_FORMAT_TEXT, &fakes[i], 1);
        least = width_of(made); /* what must be shown in any case */
        for (size_t w = 0; w < G_N_ELEMENTS(widths); w++) {
            document = narrow(widths[w]);
            make(made, &document, SU_FORMAT_TEXT, &fakes[i], 1);
            assert_true(width_of(made) <= MAX(least, widths[w]));
        }
    }
    g_string_free(made, TRUE);
}

static void text_is_clean(void **state)
{
    GString *made = g_string_new(NULL);

    (void)state;
    make(made, &several, SU_FORMAT_TEXT, fakes, fake_count);
    assert_true(g_utf8_validate(made->str, (gssize)made->len, NULL));
    for (const char *c = made->str; *c; c++) {
        assert_true(*c == '\n' || (unsigned char)*c >= ' ');
        assert_false(*c == ' ' && c[1] == '\n'); /* no blanks at the end of a line */
    }
    g_string_free(made, TRUE);
}

/* A locale with a decimal comma and a time zone must not be seen; where that locale is missing the
 * time zone is still tried. */
static void nothing_depends_on_the_place(void **state)
{
    GString *here = g_string_new(NULL);
    GString *there = g_string_new(NULL);

    (void)state;
    for (int format = 0; format < SU_FORMAT_COUNT; format++) {
        make(here, &several, (enum su_format)format, fakes, fake_count);
        setenv("TZ", "Asia/Kathmandu", 1);
        tzset();
        if (!setlocale(LC_ALL, "de_DE.UTF-8"))
            setlocale(LC_ALL, "C.UTF-8");
        make(there, &several, (enum su_format)format, fakes, fake_count);
        setlocale(LC_ALL, "C");
        setenv("TZ", "UTC", 1);
        tzset();
        assert_true(g_string_equal(here, there));
    }
    g_string_free(here, TRUE);
    g_string_free(there, TRUE);
}

static void a_name_of_64_kib(void **state)
{
    static const struct su_column column = {"name", "Name", NULL, "", SU_CELL_TEXT, .rank = 1};
    static const struct su_report report = {
        .id = "long", .title = "Long", .columns = &column, .column_count = 1, .key_count = 1};
    char *name = g_strnfill(65536, '"');
    const struct su_cell rows[][FAKE_COLUMNS_MAX] = {{{.type = SU_CELL_TEXT, .text = name}}};
    const struct fake fake = {"long", &report, rows, 1};
    static const size_t octets[SU_FORMAT_COUNT] = {
        [SU_FORMAT_TEXT] = 65536 + 1 + 5 + 5 + 2 * 65537,
        [SU_FORMAT_JSON] = sizeof "[\n  {\"name\":\"\"}\n]\n" - 1 + 2 * 65536,
        [SU_FORMAT_NDJSON] = sizeof "{\"name\":\"\"}\n" - 1 + 2 * 65536,
        [SU_FORMAT_CSV] = sizeof "name\r\n\"\"\r\n" - 1 + 2 * 65536,
    };
    GString *made = g_string_new(NULL);

    (void)state;
    for (int format = 0; format < SU_FORMAT_COUNT; format++) {
        make(made, &one, (enum su_format)format, &fake, 1);
        assert_int_equal(made->len, octets[format]);
    }
    g_string_free(made, TRUE);
    g_free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fake_in_every_format),
        cmocka_unit_test(all_of_them_in_one_document),
        cmocka_unit_test(text_fits_the_terminal),
        cmocka_unit_test(text_is_clean),
        cmocka_unit_test(nothing_depends_on_the_place),
        cmocka_unit_test(a_name_of_64_kib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
