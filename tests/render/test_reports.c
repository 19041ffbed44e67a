/* test_reports.c: the reports of made-up scenes in every format, as the files in expected/ have
 * them: "sbc" and "peek" are the examples of socket_usage and tcpeek, "mixed" holds something of
 * everything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "expect.h"
#include "scenes.h"

static struct su_document document = {
    .version = "1.2.3",
    .capture = "mixed.pcapng",
    .first_ns = INT64_C(1341247713000000000),
    .last_ns = INT64_C(1341247799105600000),
    .packets = 1000,
};

static void make(GString *made, enum su_format format, const char *id, const struct scene *scene)
{
    unsigned part = format == SU_FORMAT_TEXT ? SU_IN_ALL_TEXT : SU_IN_ALL_DATA;
    struct su_out out;
    struct su_writer *writer;

    su_out_to_string(&out);
    document.all = id == NULL;
    writer = su_writer_new(format, &out, &document);
    for (size_t i = 0; i < su_report_count; i++)
        if (id ? su_reports[i] == su_report_find(id) : su_reports[i]->in_all & part)
            scene_write(writer, su_reports[i], scene);
    su_writer_free(writer);
    g_string_assign(made, "");
    g_string_append_len(made, out.text->str, (gssize)out.text->len);
    assert_int_equal(su_out_close(&out), 0);
}

static void check(enum su_format format, const char *name, const char *id,
                  const struct scene *scene)
{
    GString *made = g_string_new(NULL);
    char *file = g_strdup_printf("%s_%s", name, id ? id : "all");

    make(made, format, id, scene);
    expect_same(file, format, made);
    g_free(file);
    g_string_free(made, TRUE);
}

static void examples_of_those_before(void **state)
{
    (void)state;
    document.width = 80;
    check(SU_FORMAT_TEXT, "sbc", "hosts", &scene_sbc);
    check(SU_FORMAT_JSON, "sbc", "hosts", &scene_sbc);
    check(SU_FORMAT_TEXT, "peek", "handshakes", &scene_peek);
    check(SU_FORMAT_JSON, "peek", "handshakes", &scene_peek);
}

static void every_report_in_every_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < su_report_count; i++) {
        document.width = 80;
        for (int format = 0; format < SU_FORMAT_COUNT; format++)
            check((enum su_format)format, "mixed", su_reports[i]->id, &scene_mixed);
        document.width = 160;
        check(SU_FORMAT_TEXT, "mixed_160", su_reports[i]->id, &scene_mixed);
        document.width = 0;
        check(SU_FORMAT_TEXT, "mixed_file", su_reports[i]->id, &scene_mixed);
    }
}

static void all_of_them(void **state)
{
    (void)state;
    document.width = 80;
    for (int format = 0; format < SU_FORMAT_COUNT; format++) {
        check((enum su_format)format, "mixed", NULL, &scene_mixed);
        check((enum su_format)format, "nothing", NULL, &(const struct scene){.views = NULL});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_those_before),
        cmocka_unit_test(every_report_in_every_format),
        cmocka_unit_test(all_of_them),
    };

    scenes_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
