/* test_span_sum.c: the mean of time spans is exact to the nanosecond, also of spans that no network
 * has and a damaged capture does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "schema/span_sum.h"

#define HALF_A_CENTURY_NS INT64_C(1795239654000006069)

static void mean_is_exact(void **state)
{
    struct su_span_sum sum = {0};

    (void)state;
    su_span_sum_count(&sum, 1, 1);
    assert_int_equal(su_span_sum_mean(&sum), 1);
    su_span_sum_count(&sum, INT64_C(2999999999), 1);
    assert_int_equal(su_span_sum_mean(&sum), INT64_C(1500000000));
    su_span_sum_count(&sum, INT64_C(2), 1);
    assert_int_equal(su_span_sum_mean(&sum), INT64_C(1000000000)); /* and two thirds */
}

static void what_is_taken_out_was_never_there(void **state)
{
    struct su_span_sum sum = {0};

    (void)state;
    su_span_sum_count(&sum, INT64_C(7000000001), 1);
    su_span_sum_count(&sum, INT64_C(1999999999), 1);
    su_span_sum_count(&sum, INT64_C(7000000001), -1);
    assert_int_equal(su_span_sum_mean(&sum), INT64_C(1999999999));
    su_span_sum_count(&sum, INT64_C(1999999999), -1);
    assert_int_equal(sum.count, 0);
}

static void many_absurd_spans_do_not_overflow(void **state)
{
    struct su_span_sum sum = {0};

    (void)state;
    for (int i = 0; i < 1000000; i++)
        su_span_sum_count(&sum, HALF_A_CENTURY_NS + (i & 1), 1);
    assert_int_equal(su_span_sum_mean(&sum), HALF_A_CENTURY_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_is_exact),
        cmocka_unit_test(what_is_taken_out_was_never_there),
        cmocka_unit_test(many_absurd_spans_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
