/* test_overview.c: the overview counts right at every moment.
 * The oracle is the same overview, built once from nothing but the last view of each connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/overview.h"

enum { CONNECTIONS = 40, STEPS = 3000 };

/* ---- views ------------------------------------------------------------------------------- */

static uint8_t addresses[2000][16];

static void make_addresses(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        memset(addresses[i], 0, 16);
        addresses[i][0] = 10;
        addresses[i][2] = (uint8_t)(i >> 8);
        addresses[i][3] = (uint8_t)i;
    }
}

static struct su_view make_view(unsigned client, unsigned server)
{
    return (struct su_view){
        .ip_version = 4,
        .client = {.address = addresses[client], .state = SU_STATE_ESTABLISHED},
        .server = {.address = addresses[server], .state = SU_STATE_ESTABLISHED},
        .handshake = SU_HANDSHAKE_COMPLETE,
        .outcome = SU_OUTCOME_OPEN,
        .syn_rtt_ns = SU_TIME_NONE,
    };
}

/* A small generator of its own: the same numbers on every machine. */
static unsigned draw(unsigned below)
{
    static uint32_t state = 12345;

    state = state * 1664525u + 1013904223u;
    return (state >> 16) % below;
}

static struct su_view draw_view(void)
{
    struct su_view view = make_view(draw(5), draw(5));

    view.ip_version = draw(2) ? 4 : 6;
    view.client.state = (uint8_t)draw(SU_STATE_COUNT);
    view.server.state = (uint8_t)draw(SU_STATE_COUNT);
    view.handshake = (uint8_t)draw(SU_HANDSHAKE_COUNT);
    view.outcome = (uint8_t)draw(SU_OUTCOME_COUNT);
    view.close = (uint8_t)draw(SU_CLOSE_COUNT);
    view.close_by = (uint8_t)draw(SU_ROLE_COUNT);
    return view;
}

static uint32_t count(const struct su_overview *overview, uint32_t row)
{
    return su_overview_count(overview, row);
}

/** The row below `parent` that is called `name`, SU_OVERVIEW_NOWHERE if there is none. */
static uint32_t find(const struct su_overview *overview, uint32_t parent, const char *name)
{
    for (uint32_t row = 0; row < su_overview_rows(overview); row++) {
        struct su_overview_row_info info = su_overview_row_info(overview, row);

        if (info.name && info.parent == parent && strcmp(info.name, name) == 0)
            return row;
    }
    return SU_OVERVIEW_NOWHERE;
}

/* ---- what must hold at every moment ------------------------------------------------------ */

static bool shares_out(uint32_t row)
{
    /* Not every close has a side that began it; a host's rows overlap. */
    bool one_close = row - SU_OVERVIEW_CLOSE < SU_CLOSE_COUNT;

    return !one_close && row < SU_OVERVIEW_FIXED;
}

static void check_sums(const struct su_overview *overview)
{
    for (uint32_t parent = 0; parent < su_overview_rows(overview); parent++) {
        struct su_overview_row_info info = su_overview_row_info(overview, parent);
        uint32_t sum = 0;

        if (!info.name || !info.branch || !shares_out(parent))
            continue;
        for (uint32_t row = 0; row < su_overview_rows(overview); row++)
            if (su_overview_row_info(overview, row).name &&
                su_overview_row_info(overview, row).parent == parent)
                sum += count(overview, row);
        assert_int_equal(sum, count(overview, parent));
    }
}

static void check_hosts(const struct su_overview *overview)
{
    for (uint32_t row = SU_OVERVIEW_FIXED; row < su_overview_rows(overview);
         row += SU_OVERVIEW_HOST_ROWS) {
        uint32_t total = count(overview, row + SU_OVERVIEW_HOST_TOTAL);

        assert_int_equal(count(overview, row),
                         total + count(overview, row + SU_OVERVIEW_HOST_FAILED));
        assert_true(count(overview, row + SU_OVERVIEW_HOST_OPEN) +
                        count(overview, row + SU_OVERVIEW_HOST_LINGER) <=
                    total);
    }
}

static void check_identity(const struct su_overview *overview)
{
    uint32_t total = 0;

    for (uint32_t outcome = SU_OUTCOME_OPEN; outcome <= SU_OUTCOME_UNJUDGED; outcome++)
        total += count(overview, SU_OVERVIEW_OUTCOME + outcome);
    assert_int_equal(total, count(overview, SU_OVERVIEW_ESTABLISHED));
}

/** Same rows, found by name: hosts may have appeared in another order. */
static void check_equal(const struct su_overview *a, const struct su_overview *b)
{
    for (uint32_t row = 0; row < SU_OVERVIEW_FIXED; row++)
        assert_int_equal(count(a, row), count(b, row));
    for (uint32_t row = SU_OVERVIEW_FIXED; row < su_overview_rows(a);
         row += SU_OVERVIEW_HOST_ROWS) {
        struct su_overview_row_info info = su_overview_row_info(a, row);
        uint32_t other = find(b, info.parent, info.name);

        if (other == SU_OVERVIEW_NOWHERE) {
            assert_int_equal(count(a, row), 0);
            continue;
        }
        for (uint32_t i = 0; i < SU_OVERVIEW_HOST_ROWS; i++)
            assert_int_equal(count(a, row + i), count(b, other + i));
    }
}

/* ---- a sink that believes only what it is told ------------------------------------------- */

struct mirror {
    uint32_t counts[SU_OVERVIEW_FIXED + 64 * SU_OVERVIEW_HOST_ROWS];
    bool told[SU_OVERVIEW_FIXED + 64 * SU_OVERVIEW_HOST_ROWS];
    const struct su_overview *overview;
    unsigned times;
    uint32_t time_us;
};

static void mirror_counted(void *user, uint32_t row, uint32_t counter)
{
    struct mirror *mirror = user;
    uint32_t parent = su_overview_row_info(mirror->overview, row).parent;

    assert_non_null(su_overview_row_info(mirror->overview, row).name);
    assert_true(parent == SU_OVERVIEW_NOWHERE || mirror->told[parent]);
    mirror->told[row] = true;
    mirror->counts[row] = counter;
}

static void mirror_timed(void *user, uint32_t row, uint32_t time_us)
{
    struct mirror *mirror = user;

    assert_true(mirror->told[row]);
    mirror->times++;
    mirror->time_us = time_us;
}

/* ---- tests ------------------------------------------------------------------------------- */

static void test_step_by_step_equals_at_once(void **state)
{
    static struct mirror mirror;
    struct su_overview_sink sink = {mirror_counted, mirror_timed, &mirror};
    struct su_overview *stepwise = su_overview_new(sink);
    struct su_overview *at_once = su_overview_new((struct su_overview_sink){0});
    struct su_view last[CONNECTIONS];

    (void)state;
    mirror.overview = stepwise;
    for (uint32_t i = 0; i < CONNECTIONS; i++) {
        last[i] = draw_view();
        su_overview_put(stepwise, i, 0, &last[i]);
    }
    for (uint32_t step = 1; step <= STEPS; step++) {
        uint32_t i = draw(CONNECTIONS);

        last[i] = draw_view();
        su_overview_put(stepwise, i, step, &last[i]);
        check_identity(stepwise);
        check_hosts(stepwise);
    }
    check_sums(stepwise);
    for (uint32_t i = CONNECTIONS; i-- > 0;)
        su_overview_put(at_once, i, 1, &last[i]);
    check_equal(stepwise, at_once);
    assert_int_equal(count(stepwise, SU_OVERVIEW_CONNECTIONS), CONNECTIONS);
    for (uint32_t row = 0; row < su_overview_rows(stepwise); row++)
        assert_int_equal(mirror.counts[row], count(stepwise, row));
    su_overview_free(stepwise);
    su_overview_free(at_once);
}

static void test_one_connection_from_syn_to_close(void **state)
{
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    struct su_view view = make_view(1, 2);
    uint32_t server;

    (void)state;
    view.outcome = SU_OUTCOME_PENDING;
    view.handshake = SU_HANDSHAKE_PENDING;
    view.client.state = SU_STATE_SYN_SENT;
    su_overview_put(overview, 0, 1, &view);
    server = find(overview, SU_OVERVIEW_SERVERS, "10.0.0.2");
    assert_int_equal(count(overview, SU_OVERVIEW_ESTABLISHED), 0);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_FAILED), 1);

    view = make_view(1, 2);
    su_overview_put(overview, 0, 2, &view);
    assert_int_equal(count(overview, SU_OVERVIEW_OUTCOME + SU_OUTCOME_PENDING), 0);
    assert_int_equal(count(overview, SU_OVERVIEW_ESTABLISHED), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_CLOSES), 0);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_OPEN), 1);

    view.outcome = SU_OUTCOME_LINGER;
    view.close = SU_CLOSE_HALF;
    su_overview_put(overview, 0, 3, &view);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_OPEN), 0);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_LINGER), 1);

    view.outcome = SU_OUTCOME_CLOSED;
    view.close = SU_CLOSE_FIN;
    view.close_by = SU_ROLE_SERVER;
    view.server.state = SU_STATE_TIME_WAIT;
    su_overview_put(overview, 0, 4, &view);
    assert_int_equal(count(overview, SU_OVERVIEW_CLOSE + SU_CLOSE_FIN), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_CLOSER + SU_ROLE_SERVER), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_SERVER_STATE + SU_STATE_TIME_WAIT), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_CLIENT_STATE + SU_STATE_ESTABLISHED), 1);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_LINGER), 0);
    assert_int_equal(count(overview, server + SU_OVERVIEW_HOST_TOTAL), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_CONNECTIONS), 1);
    su_overview_free(overview);
}

static void test_roles_may_be_corrected(void **state)
{
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    struct su_view view = make_view(1, 2);
    struct su_view corrected = make_view(2, 1);

    (void)state;
    su_overview_put(overview, 0, 1, &view);
    su_overview_put(overview, 0, 2, &corrected);
    assert_int_equal(count(overview, find(overview, SU_OVERVIEW_SERVERS, "10.0.0.2")), 0);
    assert_int_equal(count(overview, find(overview, SU_OVERVIEW_SERVERS, "10.0.0.1")), 1);
    assert_int_equal(count(overview, find(overview, SU_OVERVIEW_CLIENTS, "10.0.0.2")), 1);
    assert_int_equal(count(overview, SU_OVERVIEW_SERVERS), 1);
    su_overview_free(overview);
}

static void test_round_trip_times(void **state)
{
    static struct mirror mirror;
    struct su_overview_sink sink = {mirror_counted, mirror_timed, &mirror};
    struct su_overview *overview = su_overview_new(sink);
    /* Below, at and above the limits of the ranges. */
    static const struct {
        int64_t rtt_ns;
        uint32_t range;
    } cases[] = {
        {0,          0},
        {999999,     0},
        {1000000,    1},
        {9999999,    1},
        {10000000,   2},
        {50000000,   3},
        {100000000,  4},
        {299999999,  4},
        {300000000,  5},
        {999999999,  5},
        {1000000000, 6},
        {INT64_MAX,  6},
    };
    uint32_t n = sizeof(cases) / sizeof(cases[0]);
    struct su_view view = make_view(1, 2);

    (void)state;
    memset(&mirror, 0, sizeof(mirror));
    mirror.overview = overview;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = SU_OVERVIEW_RTT_RANGE + cases[i].range;
        uint32_t before = count(overview, row);

        view.syn_rtt_ns = cases[i].rtt_ns;
        su_overview_put(overview, i, 1, &view);
        su_overview_put(overview, i, 2, &view); /* it is measured only once */
        assert_int_equal(count(overview, row), before + 1);
    }
    assert_int_equal(count(overview, SU_OVERVIEW_RTT), n);
    assert_int_equal(mirror.times, 2 * n); /* the range and all */
    assert_int_equal(mirror.time_us, UINT32_MAX);
    assert_int_equal(su_overview_times(overview, SU_OVERVIEW_RTT_RANGE + 1)->min_us, 1000);
    assert_int_equal(su_overview_times(overview, SU_OVERVIEW_RTT_RANGE + 1)->max_us, 9999);
    assert_int_equal(su_overview_times(overview, SU_OVERVIEW_RTT_RANGE + 1)->sum_us, 10999);

    view.syn_rtt_ns = 20000000; /* nor is it measured anew */
    su_overview_put(overview, 0, 3, &view);
    assert_int_equal(count(overview, SU_OVERVIEW_RTT_RANGE + 0), 2);

    view.syn_rtt_ns = -1; /* time ran backwards */
    su_overview_put(overview, n, 1, &view);
    assert_int_equal(count(overview, SU_OVERVIEW_RTT), n);
    su_overview_free(overview);
}

static void test_a_new_session_keeps_the_counts(void **state)
{
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    struct su_view view = make_view(1, 2);

    (void)state;
    su_overview_put(overview, 0, 7, &view);
    assert_true(su_overview_has(overview, 0));
    assert_true(su_overview_is_current(overview, 0, 7));
    assert_false(su_overview_is_current(overview, 0, 8));
    assert_false(su_overview_is_current(overview, 1, 0));

    su_overview_new_session(overview);
    assert_false(su_overview_has(overview, 0));
    assert_false(su_overview_is_current(overview, 0, 7));
    su_overview_put(overview, 0, 7, &view); /* another connection with the same number */
    assert_int_equal(count(overview, SU_OVERVIEW_CONNECTIONS), 2);
    assert_int_equal(count(overview, find(overview, SU_OVERVIEW_SERVERS, "10.0.0.2")), 2);
    su_overview_free(overview);
}

static void test_numbers_may_have_gaps(void **state)
{
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    struct su_view view = make_view(1, 2);

    (void)state;
    su_overview_put(overview, 1000, 1, &view); /* the filter kept the others out */
    assert_false(su_overview_has(overview, 999));
    assert_int_equal(count(overview, SU_OVERVIEW_CONNECTIONS), 1);
    su_overview_free(overview);
}

static void test_too_many_hosts_share_a_row(void **state)
{
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    uint32_t others;
    uint32_t named = 0;

    (void)state;
    for (uint32_t i = 0; i < 1500; i++) {
        struct su_view view = make_view(i, 1999);

        su_overview_put(overview, i, 1, &view);
        su_overview_put(overview, i, 2, &view);
    }
    others = find(overview, SU_OVERVIEW_CLIENTS, "other hosts");
    assert_int_not_equal(others, SU_OVERVIEW_NOWHERE);
    assert_int_equal(count(overview, others), 1500 - SU_OVERVIEW_HOSTS_MAX);
    assert_int_equal(count(overview, others + SU_OVERVIEW_HOST_OPEN), 1500 - SU_OVERVIEW_HOSTS_MAX);
    for (uint32_t row = SU_OVERVIEW_FIXED; row < su_overview_rows(overview);
         row += SU_OVERVIEW_HOST_ROWS)
        named += su_overview_row_info(overview, row).parent == SU_OVERVIEW_CLIENTS && row != others;
    assert_int_equal(named, SU_OVERVIEW_HOSTS_MAX);
    assert_int_equal(find(overview, SU_OVERVIEW_SERVERS, "other hosts"), SU_OVERVIEW_NOWHERE);
    su_overview_free(overview);
}

static void test_addresses_read_and_sort_as_people_do(void **state)
{
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x42};
    struct su_overview *overview = su_overview_new((struct su_overview_sink){0});
    struct su_view view = make_view(1, 10);
    uint32_t two;
    uint32_t ten;
    uint32_t six;

    (void)state;
    su_overview_put(overview, 0, 1, &view);
    view = make_view(1, 2);
    su_overview_put(overview, 1, 1, &view);
    view.ip_version = 6;
    view.server.address = v6;
    view.client.address = v6;
    su_overview_put(overview, 2, 1, &view);
    two = find(overview, SU_OVERVIEW_SERVERS, "10.0.0.2");
    ten = find(overview, SU_OVERVIEW_SERVERS, "10.0.0.10");
    six = find(overview, SU_OVERVIEW_SERVERS, "2001:db8::42");
    assert_int_not_equal(six, SU_OVERVIEW_NOWHERE);
    assert_true(su_overview_host_compare(overview, two, ten) < 0);
    assert_true(su_overview_host_compare(overview, ten, six) < 0);
    assert_true(su_overview_host_compare(overview, six, two) > 0);
    su_overview_free(overview);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step_by_step_equals_at_once),
        cmocka_unit_test(test_one_connection_from_syn_to_close),
        cmocka_unit_test(test_roles_may_be_corrected),
        cmocka_unit_test(test_round_trip_times),
        cmocka_unit_test(test_a_new_session_keeps_the_counts),
        cmocka_unit_test(test_numbers_may_have_gaps),
        cmocka_unit_test(test_too_many_hosts_share_a_row),
        cmocka_unit_test(test_addresses_read_and_sort_as_people_do),
    };

    make_addresses();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
