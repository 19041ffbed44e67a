/* test_out.c: output that fails is told, with the reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes.h"

static const struct su_document document = {
    .first_ns = SU_TIME_NONE,
    .last_ns = SU_TIME_NONE,
};

static void write_report(struct su_out *out, enum su_format format, unsigned rows)
{
    struct su_writer *writer = su_writer_new(format, out, &document);

    su_writer_begin(writer, fakes[0].report);
    for (unsigned i = 0; i < rows; i++)
        su_writer_row(writer, fakes[0].rows[0]);
    su_writer_end(writer);
    su_writer_free(writer);
}

static void a_full_disk_is_told(void **state)
{
    static const unsigned rows[] = {1, 5000}; /* within the buffer, and far beyond it */

    (void)state;
    for (int format = 0; format < SU_FORMAT_COUNT; format++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            FILE *file = fopen("/dev/full", "w");
            struct su_out out;

            assert_non_null(file);
            su_out_to_file(&out, file);
            write_report(&out, (enum su_format)format, rows[i]);
            assert_int_equal(su_out_close(&out), ENOSPC);
            fclose(file);
        }
}

static void a_closed_pipe_is_told(void **state)
{
    int ends[2];
    struct su_out out;
    FILE *file;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    file = fdopen(ends[1], "w");
    su_out_to_file(&out, file);
    write_report(&out, SU_FORMAT_JSON, 3);
    assert_int_equal(su_out_close(&out), EPIPE);
    fclose(file);
}

static void a_file_gets_what_a_string_gets(void **state)
{
    struct su_out to_file;
    struct su_out to_string;
    FILE *file = tmpfile();
    char *back;

    (void)state;
    assert_non_null(file);
    su_out_to_file(&to_file, file);
    su_out_to_string(&to_string);
    write_report(&to_file, SU_FORMAT_NDJSON, 5000);
    write_report(&to_string, SU_FORMAT_NDJSON, 5000);
    assert_int_equal(su_out_close(&to_file), 0);
    assert_true(to_string.text->len > 1000000);
    assert_int_equal(ftell(file), to_string.text->len);
    rewind(file);
    back = g_malloc(to_string.text->len);
    assert_int_equal(fread(back, 1, to_string.text->len, file), to_string.text->len);
    assert_memory_equal(back, to_string.text->str, to_string.text->len);
    assert_int_equal(su_out_close(&to_string), 0);
    g_free(back);
    fclose(file);
}

static void output_can_be_read_while_it_is_made(void **state)
{
    char octet;
    int ends[2];
    struct su_out out;
    FILE *file;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    file = fdopen(ends[1], "w");
    su_out_to_file(&out, file);
    g_string_append(out.text, "x");
    su_out_flush(&out);
    assert_int_equal(read(ends[0], &octet, 1), 1);
    assert_int_equal(octet, 'x');
    assert_int_equal(su_out_close(&out), 0);
    fclose(file);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_closed_pipe_is_told),
        cmocka_unit_test(a_file_gets_what_a_string_gets),
        cmocka_unit_test(output_can_be_read_while_it_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
