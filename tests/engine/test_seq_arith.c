/* test_seq_arith.c: serial arithmetic at the places where it goes wrong: around 0, around 2^31.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/seq.h"

static const uint32_t bases[] = {0,          1,          2,          0x7FFFFFFE, 0x7FFFFFFF,
                                 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF, 123456789};
static const uint32_t steps[] = {1, 2, 100, 65535, 0x10000, 0x40000000, 0x7FFFFFFF};

enum { BASES = sizeof(bases) / sizeof(bases[0]), STEPS = sizeof(steps) / sizeof(steps[0]) };

static void test_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < BASES; i++) {
        assert_int_equal(su_seq_diff(bases[i], bases[i]), 0);
        assert_false(su_seq_after(bases[i], bases[i]));
        assert_false(su_seq_before(bases[i], bases[i]));
    }
}

static void test_order_does_not_depend_on_the_base(void **state)
{
    (void)state;
    for (size_t i = 0; i < BASES; i++) {
        for (size_t k = 0; k < STEPS; k++) {
            uint32_t far = bases[i] + steps[k];
            assert_true(su_seq_after(far, bases[i]));
            assert_false(su_seq_after(bases[i], far));
            assert_true(su_seq_before(bases[i], far));
            assert_false(su_seq_before(far, bases[i]));
        }
    }
}

static void test_difference_is_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < BASES; i++) {
        for (size_t k = 0; k < STEPS; k++) {
            assert_int_equal(su_seq_diff(bases[i] + steps[k], bases[i]), (int32_t)steps[k]);
            assert_int_equal(su_seq_diff(bases[i], bases[i] + steps[k]), -(int32_t)steps[k]);
        }
    }
}

static void test_between(void **state)
{
    (void)state;
    for (size_t i = 0; i < BASES; i++) {
        uint32_t lo = bases[i];
        uint32_t hi = lo + 1000;
        assert_true(su_seq_between(lo, lo, hi));
        assert_true(su_seq_between(lo + 500, lo, hi));
        assert_true(su_seq_between(hi, lo, hi));
        assert_false(su_seq_between(lo - 1, lo, hi));
        assert_false(su_seq_between(hi + 1, lo, hi));
        assert_true(su_seq_between(lo, lo, lo));
        assert_false(su_seq_between(lo + 1, lo, lo));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_order_does_not_depend_on_the_base),
        cmocka_unit_test(test_difference_is_signed),
        cmocka_unit_test(test_between),
    };

    return cmocka_run_group_tests_name("seq_arith", tests, NULL, NULL);
}
