/* test_extreme.c: the least of many values stays right when values are taken back.
 * The oracle is a plain list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "schema/extreme.h"
#include "views.h"

enum { STEPS = 20000, VALUES = 60 };

static void check(const struct su_extreme *extreme, const GArray *list)
{
    int64_t least = INT64_MAX;
    int64_t value;

    for (guint i = 0; i < list->len; i++)
        least = MIN(least, g_array_index(list, int64_t, i));
    assert_int_equal(su_extreme_least(extreme, &value), list->len > 0);
    if (list->len > 0)
        assert_int_equal(value, least);
}

static void least_is_exact(void **state)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct su_extreme extreme = {0};

    (void)state;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned grow = step / 1000 % 2 ? 4 : 6; /* of 10: shrinks and grows in turn */

        if (list->len == 0 || draw(10) < grow) {
            int64_t value = (int64_t)draw(VALUES) - VALUES / 2;

            g_array_append_val(list, value);
            su_extreme_put(&extreme, value);
        } else {
            guint i = draw(list->len);

            su_extreme_take(&extreme, g_array_index(list, int64_t, i));
            g_array_remove_index_fast(list, i);
        }
        check(&extreme, list);
    }
    su_extreme_clear(&extreme);
    g_array_free(list, TRUE);
}

static void a_value_that_comes_and_goes_takes_no_memory(void **state)
{
    struct su_extreme extreme = {0};

    (void)state;
    su_extreme_put(&extreme, 1); /* so that the other one is never on top */
    for (unsigned step = 0; step < STEPS; step++) {
        su_extreme_put(&extreme, 2);
        su_extreme_take(&extreme, 2);
    }
    assert_true(extreme.in.room <= 16 && extreme.out.room <= 16);
    su_extreme_clear(&extreme);
}

static void what_is_folded_stays_and_takes_no_memory(void **state)
{
    struct su_extreme extreme = {0};
    int64_t value;

    (void)state;
    su_extreme_fold(&extreme);
    assert_false(su_extreme_least(&extreme, &value));
    for (int64_t step = 0; step < STEPS; step++)
        su_extreme_put(&extreme, step + 5);
    su_extreme_put(&extreme, 3);
    su_extreme_take(&extreme, 3);
    su_extreme_fold(&extreme);
    assert_true(extreme.in.room <= 16 && extreme.out.room == 0);
    su_extreme_put(&extreme, 4);
    su_extreme_take(&extreme, 4);
    assert_true(su_extreme_least(&extreme, &value) && value == 5);
    su_extreme_clear(&extreme);
}

/* Some values are kept for ever, others come and go: it is as if nothing were kept. */
static void what_is_kept_counts_and_takes_no_memory(void **state)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GArray *loose = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct su_extreme extreme = {0};

    (void)state;
    for (unsigned step = 0; step < STEPS; step++) {
        int64_t value = (int64_t)draw(VALUES) * VALUES - (int64_t)step / 20;

        su_extreme_put(&extreme, value);
        if (draw(2)) {
            su_extreme_keep(&extreme, value);
            g_array_append_val(list, value);
        } else {
            g_array_append_val(loose, value);
        }
        if (loose->len > 20) {
            su_extreme_take(&extreme, g_array_index(loose, int64_t, 0));
            g_array_remove_index(loose, 0);
        }
        if (step % 100 == 0) {
            guint kept = list->len;

            g_array_append_vals(list, loose->data, loose->len);
            check(&extreme, list);
            g_array_set_size(list, kept);
        }
    }
    assert_true(extreme.in.room <= 256 && extreme.out.room <= 256);
    su_extreme_clear(&extreme);
    g_array_free(list, TRUE);
    g_array_free(loose, TRUE);
}

/* Many at once, and then none any more. */
static void room_is_given_back(void **state)
{
    enum { MANY = 100000 };
    struct su_extreme extreme = {0};
    int64_t value;

    (void)state;
    for (int64_t i = 0; i < MANY; i++)
        su_extreme_put(&extreme, i);
    assert_true(extreme.in.room >= MANY);
    for (int64_t i = MANY - 1; i >= 0; i--)
        su_extreme_keep(&extreme, i);
    assert_true(extreme.in.room <= 64 && extreme.out.room <= 64);
    assert_true(su_extreme_least(&extreme, &value) && value == 0);
    su_extreme_clear(&extreme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_is_exact),
        cmocka_unit_test(a_value_that_comes_and_goes_takes_no_memory),
        cmocka_unit_test(what_is_folded_stays_and_takes_no_memory),
        cmocka_unit_test(what_is_kept_counts_and_takes_no_memory),
        cmocka_unit_test(room_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
