/* test_fuzz.c: the engine's fuzzer as an ordinary test: two million pseudo-random segments, the same
 * ones every time. The fuzzer itself is fuzz/fuzz_engine.c, which is part of no library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../fuzz/fuzz_engine.c"

enum { SEGMENTS = 2000000 };

static void test_random_segments(void **state)
{
    uint64_t failing = 0;
    const char *wrong = su_fuzz_run(SEGMENTS, 1, &failing);

    (void)state;
    if (wrong)
        fail_msg("seed %llu: %s", (unsigned long long)failing, wrong);
}

static void test_short_inputs(void **state)
{
    static const uint8_t zeros[4 * RECORD_OCTETS];

    (void)state;
    for (size_t size = 0; size <= sizeof(zeros); size++)
        assert_int_equal(LLVMFuzzerTestOneInput(zeros, size), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_inputs),
        cmocka_unit_test(test_random_segments),
    };

    return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
