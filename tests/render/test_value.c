/* test_value.c: numbers, times and addresses as text. The oracle for dates is the C library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "render/value.h"

static void dates_are_those_of_the_library(void **state)
{
    GString *made = g_string_new(NULL);
    char wanted[40];

    (void)state;
    /* Every day that 64 bits of nanoseconds can name, each at another time of the day. */
    for (int64_t day = -106751; day <= 106750; day++) {
        time_t seconds = (time_t)(day * 86400 + (day * 12347 % 86400 + 86400) % 86400);
        struct tm tm;

        gmtime_r(&seconds, &tm);
        strftime(wanted, sizeof(wanted), "%Y-%m-%dT%H:%M:%S.000000007Z", &tm);
        g_string_truncate(made, 0);
        su_value_put_stamp(made, (int64_t)seconds * SU_NS_PER_S + 7);
        assert_string_equal(made->str, wanted);
    }
    g_string_free(made, TRUE);
}

static void spans_have_nine_decimals(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0,                    "0.000000000"          },
        {1,                    "0.000000001"          },
        {-1,                   "-0.000000001"         },
        {INT64_C(999999999),   "0.999999999"          },
        {INT64_C(1000000000),  "1.000000000"          },
        {-INT64_C(1000000001), "-1.000000001"         },
        {INT64_MAX,            "9223372036.854775807" },
        {INT64_MIN,            "-9223372036.854775808"},
    };
    GString *made = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(made, 0);
        su_value_put_seconds(made, cases[i].ns);
        assert_string_equal(made->str, cases[i].text);
    }
    g_string_free(made, TRUE);
}

static void spans_are_rounded_for_people(void **state)
{
    static const struct {
        int64_t ns;
        unsigned shift, decimals;
        const char *text;
    } cases[] = {
        {1234499,    3, 3, "1.234"   },
        {1234500,    3, 3, "1.235"   },
        {-1234500,   3, 3, "-1.235"  },
        {-499,       3, 3, "0.000"   },
        {999999999,  0, 6, "1.000000"},
        {999999499,  0, 6, "0.999999"},
        {1499999999, 0, 0, "1"       },
        {1500000000, 0, 0, "2"       },
    };
    GString *made = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(made, 0);
        su_value_put_rounded(made, cases[i].ns, cases[i].shift, cases[i].decimals);
        assert_string_equal(made->str, cases[i].text);
    }
    g_string_free(made, TRUE);
}

static void clocks_are_cut_off(void **state)
{
    GString *made = g_string_new(NULL);

    (void)state;
    su_value_put_clock(made, INT64_C(1341247799999999999), 3);
    g_string_append_c(made, '|');
    su_value_put_clock(made, INT64_C(1341247799999999999), 0);
    g_string_append_c(made, '|');
    su_value_put_clock(made, -1, 0);
    assert_string_equal(made->str,
                        "2012-07-02 16:49:59.999|2012-07-02 16:49:59|1969-12-31 23:59:59");
    g_string_free(made, TRUE);
}

static void counts_of_every_length(void **state)
{
    GString *made = g_string_new(NULL);
    char *wanted;

    (void)state;
    for (uint64_t count = 1; count; count *= 2) {
        g_string_truncate(made, 0);
        su_value_put_count(made, count - 1);
        wanted = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)(count - 1));
        assert_string_equal(made->str, wanted);
        g_free(wanted);
    }
    g_string_free(made, TRUE);
}

static void text_becomes_valid(void **state)
{
    static const char good[] = "gr\xc3\xbc\xc3\x9f"
                               "e";
    char *owned;

    (void)state;
    assert_ptr_equal(su_value_valid(good, &owned), good);
    assert_null(owned);
    assert_string_equal(su_value_valid("a\xff"
                                       "b",
                                       &owned),
                        "a\xef\xbf\xbd"
                        "b");
    assert_non_null(owned);
    g_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_those_of_the_library),
        cmocka_unit_test(spans_have_nine_decimals),
        cmocka_unit_test(spans_are_rounded_for_people),
        cmocka_unit_test(clocks_are_cut_off),
        cmocka_unit_test(counts_of_every_length),
        cmocka_unit_test(text_becomes_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
