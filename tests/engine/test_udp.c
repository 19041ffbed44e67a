/* test_udp.c: UDP conversations: who spoke, which sockets are known to exist, and nothing invented.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/udp.h"

static struct su_view view_of(const struct su_udp *udp)
{
    struct su_view view;

    memset(&view, 0, sizeof(view));
    su_udp_view(udp, &view);
    return view;
}

static void strike(struct su_udp *udp, uint8_t from, uint8_t type, uint8_t code, bool v6)
{
    struct su_icmp_error error = {
        .time_ns = 5000, .frame = 9, .from = from, .type = type, .code = code, .v6 = v6};

    su_udp_apply_icmp(udp, &error);
}

static void test_one_way(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    struct su_view view = view_of(&udp);
    assert_int_equal(view.protocol, SU_PROTOCOL_UDP);
    assert_int_equal(view.client.state, SU_STATE_ESTABLISHED);
    assert_int_equal(view.server.state, SU_STATE_UNKNOWN);
    assert_int_equal(view.client.packets, 1);
    assert_int_equal(view.client.octets, 30);
    assert_int_equal(view.server.packets, 0);
}

static void test_two_way(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    su_udp_apply(&udp, 1, 60, 4000, 2);
    su_udp_apply(&udp, 0, 5, 9000, 7);
    struct su_view view = view_of(&udp);
    assert_int_equal(view.client.state, SU_STATE_ESTABLISHED);
    assert_int_equal(view.server.state, SU_STATE_ESTABLISHED);
    assert_int_equal(view.client.packets, 2);
    assert_int_equal(view.client.octets, 35);
    assert_int_equal(view.server.octets, 60);
    assert_int_equal(view.duration_ns, 8000);
    assert_int_equal(view.first_frame, 1);
    assert_int_equal(view.last_frame, 7);
}

static void test_nothing_is_invented(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    su_udp_apply(&udp, 1, 30, 2000, 2);
    struct su_view view = view_of(&udp);
    assert_int_equal(view.handshake, SU_HANDSHAKE_NONE);
    assert_int_equal(view.conn_state, SU_CONN_STATE_NONE);
    assert_int_equal(view.close_by, SU_ROLE_NONE);
    assert_int_equal(view.rst_by, SU_ROLE_NONE);
    assert_false(view.linger);
    assert_string_equal(view.history, "");
    assert_true(view.syn_rtt_ns == SU_TIME_NONE);
    assert_true(view.handshake_ns == SU_TIME_NONE);
}

static void test_port_unreachable_closes_until_it_sends(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    strike(&udp, 0, 3, 3, false);
    assert_int_equal(view_of(&udp).server.state, SU_STATE_CLOSE);
    assert_int_equal(view_of(&udp).client.state, SU_STATE_ESTABLISHED);
    su_udp_apply(&udp, 1, 10, 7000, 10);
    assert_int_equal(view_of(&udp).server.state, SU_STATE_ESTABLISHED);
}

static void test_port_unreachable_v6(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    strike(&udp, 0, 1, 4, true);
    assert_int_equal(view_of(&udp).server.state, SU_STATE_CLOSE);
    assert_int_equal(view_of(&udp).icmp_errors, 1);
}

/* The server's answer came back because the client's socket is gone. */
static void test_client_gone(void **state)
{
    struct su_udp udp = {0};

    (void)state;
    su_udp_apply(&udp, 0, 30, 1000, 1);
    su_udp_apply(&udp, 1, 30, 2000, 2);
    strike(&udp, 1, 3, 3, false);
    assert_int_equal(view_of(&udp).client.state, SU_STATE_CLOSE);
    assert_int_equal(view_of(&udp).server.state, SU_STATE_ESTABLISHED);
}

static void test_other_errors_close_nothing(void **state)
{
    static const uint8_t others[][2] = {
        {3,  0 },
        {3,  1 },
        {3,  13},
        {11, 0 },
        {3,  4 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct su_udp udp = {0};
        su_udp_apply(&udp, 0, 30, 1000, 1);
        strike(&udp, 0, others[i][0], others[i][1], false);
        assert_int_equal(view_of(&udp).server.state, SU_STATE_UNKNOWN);
        assert_int_equal(view_of(&udp).client.state, SU_STATE_ESTABLISHED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_two_way),
        cmocka_unit_test(test_nothing_is_invented),
        cmocka_unit_test(test_port_unreachable_closes_until_it_sends),
        cmocka_unit_test(test_port_unreachable_v6),
        cmocka_unit_test(test_client_gone),
        cmocka_unit_test(test_other_errors_close_nothing),
    };

    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
