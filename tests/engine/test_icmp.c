/* test_icmp.c: what each ICMP and ICMPv6 message does to an attempt and to a connection, fed
 * through the same door as in a capture. RFC 1122 section 4.2.3.9, RFC 1812, RFC 4443, RFC 5927.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/icmp.h"
#include "engine/pair.h"
#include "engine/words.h"

#include "parts.h"

enum { ISN = 5000, SERVER_ISN = 700000 };

static const struct message {
    bool v6;
    uint8_t type, code;
    enum su_icmp_class class;
} messages[] = {
    {false, 3,  0,  SU_ICMP_SOFT   }, /* net */
    {false, 3,  1,  SU_ICMP_SOFT   }, /* host */
    {false, 3,  2,  SU_ICMP_HARD   }, /* protocol */
    {false, 3,  3,  SU_ICMP_HARD   }, /* port */
    {false, 3,  4,  SU_ICMP_IGNORED}, /* fragmentation needed: RFC 1191 */
    {false, 3,  5,  SU_ICMP_SOFT   }, /* source route failed */
    {false, 3,  6,  SU_ICMP_HARD   }, /* net unknown */
    {false, 3,  7,  SU_ICMP_HARD   }, /* host unknown */
    {false, 3,  8,  SU_ICMP_HARD   }, /* isolated */
    {false, 3,  9,  SU_ICMP_HARD   }, /* net prohibited */
    {false, 3,  10, SU_ICMP_HARD   }, /* host prohibited */
    {false, 3,  11, SU_ICMP_SOFT   }, /* net, for this TOS */
    {false, 3,  12, SU_ICMP_SOFT   }, /* host, for this TOS */
    {false, 3,  13, SU_ICMP_HARD   }, /* prohibited */
    {false, 3,  14, SU_ICMP_HARD   }, /* precedence violation */
    {false, 3,  15, SU_ICMP_HARD   }, /* precedence cutoff */
    {false, 4,  0,  SU_ICMP_IGNORED}, /* source quench: RFC 6633 */
    {false, 5,  0,  SU_ICMP_IGNORED}, /* redirect */
    {false, 5,  1,  SU_ICMP_IGNORED},
    {false, 11, 0,  SU_ICMP_SOFT   }, /* time to live */
    {false, 11, 1,  SU_ICMP_SOFT   }, /* reassembly */
    {false, 12, 0,  SU_ICMP_SOFT   }, /* parameter problem */
    {false, 12, 1,  SU_ICMP_SOFT   },
    {true,  1,  0,  SU_ICMP_SOFT   }, /* no route */
    {true,  1,  1,  SU_ICMP_HARD   }, /* prohibited */
    {true,  1,  2,  SU_ICMP_SOFT   }, /* beyond scope */
    {true,  1,  3,  SU_ICMP_SOFT   }, /* address */
    {true,  1,  4,  SU_ICMP_HARD   }, /* port */
    {true,  1,  5,  SU_ICMP_HARD   }, /* policy */
    {true,  1,  6,  SU_ICMP_HARD   }, /* reject route */
    {true,  2,  0,  SU_ICMP_IGNORED}, /* packet too big: RFC 8201 */
    {true,  3,  0,  SU_ICMP_SOFT   }, /* hop limit */
    {true,  3,  1,  SU_ICMP_SOFT   }, /* reassembly */
    {true,  4,  0,  SU_ICMP_SOFT   }, /* parameter problem */
    {true,  4,  1,  SU_ICMP_SOFT   },
};

enum { MESSAGES = sizeof(messages) / sizeof(messages[0]) };

struct bench {
    struct su_policy policy;
    struct su_conn conn;
    struct su_pair pair;
    struct su_pair_ops ops;
    uint32_t frame;
};

static struct su_conn *new_conn(void *user, struct su_pair *pair)
{
    struct su_conn *conn = &((struct bench *)user)->conn;

    (void)pair;
    su_conn_init(conn, (const uint16_t[2]){40000, 80});
    return conn;
}

static void feed(struct bench *bench, uint8_t from, uint8_t flags, uint32_t seq, uint32_t ack)
{
    struct su_segment segment = {.from = from,
                                 .flags = flags,
                                 .seq = seq,
                                 .ack = ack,
                                 .window = 60000,
                                 .wscale = SU_WSCALE_ABSENT};

    segment.frame = ++bench->frame;
    segment.ip_id = (uint16_t)bench->frame;
    segment.time_ns = bench->frame * INT64_C(1000000);
    assert_ptr_equal(su_pair_feed(&bench->pair, &segment, &bench->policy, &bench->ops),
                     &bench->conn);
}

static void open_attempt(struct bench *bench)
{
    memset(bench, 0, sizeof(*bench));
    bench->policy.syn_timeout_ns = 3 * SU_NS_PER_S;
    bench->policy.time_wait_ns = 60 * SU_NS_PER_S;
    bench->policy.strict_rst = true;
    bench->policy.icmp = true;
    bench->ops = (struct su_pair_ops){.new_conn = new_conn, .user = bench, .parts = su_test_parts};
    feed(bench, 0, SU_SYN, ISN, 0);
}

static void complete(struct bench *bench)
{
    feed(bench, 1, SU_SYN | SU_ACK, SERVER_ISN, ISN + 1);
    feed(bench, 0, SU_ACK, ISN + 1, SERVER_ISN + 1);
}

static struct su_view strike(struct bench *bench, const struct message *message, uint32_t seq)
{
    struct su_icmp_error error = {.quoted_seq = seq,
                                  .from = 0,
                                  .type = message->type,
                                  .code = message->code,
                                  .v6 = message->v6};
    struct su_view view;

    error.frame = ++bench->frame;
    error.time_ns = bench->frame * INT64_C(1000000);
    su_pair_feed_icmp(&bench->pair, &error, &bench->policy, &su_test_parts);
    su_conn_view(&bench->conn, &bench->policy, error.time_ns, &view);
    return view;
}

static void test_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++)
        assert_int_equal(su_icmp_classify(messages[i].v6, messages[i].type, messages[i].code),
                         messages[i].class);
}

static void test_attempt(void **state)
{
    static const enum su_handshake results[] = {
        [SU_ICMP_IGNORED] = SU_HANDSHAKE_PENDING,
        [SU_ICMP_SOFT] = SU_HANDSHAKE_ICMP_SOFT,
        [SU_ICMP_HARD] = SU_HANDSHAKE_ICMP_HARD,
    };

    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        struct bench bench;
        open_attempt(&bench);
        struct su_view view = strike(&bench, &messages[i], ISN);
        assert_string_equal(su_handshake_words[view.handshake],
                            su_handshake_words[results[messages[i].class]]);
        assert_int_equal(view.close, SU_CLOSE_NA);
        if (messages[i].class == SU_ICMP_IGNORED) {
            assert_int_equal(view.client.state, SU_STATE_SYN_SENT);
            continue;
        }
        assert_int_equal(view.icmp_type, messages[i].type);
        assert_int_equal(view.icmp_code, messages[i].code);
        assert_int_equal(view.icmp_errors, 1);
        assert_int_equal(view.icmp_stale, 0);
    }
}

/* Linux ends connect() for any unreachable or time-exceeded code, until the next SYN. */
static void test_attempt_is_over_until_the_next_syn(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        bool parameter = messages[i].type == (messages[i].v6 ? 4 : 12);
        struct bench bench;
        if (messages[i].class == SU_ICMP_IGNORED || parameter)
            continue;
        open_attempt(&bench);
        struct su_view view = strike(&bench, &messages[i], ISN);
        assert_int_equal(view.client.state, SU_STATE_CLOSE);
        feed(&bench, 0, SU_SYN, ISN, 0);
        su_conn_view(&bench.conn, &bench.policy, bench.frame * INT64_C(1000000), &view);
        assert_int_equal(view.client.state, SU_STATE_SYN_SENT);
    }
}

static void test_connection_survives(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        struct bench bench;
        open_attempt(&bench);
        complete(&bench);
        struct su_view view = strike(&bench, &messages[i], ISN + 1);
        assert_int_equal(view.handshake, SU_HANDSHAKE_COMPLETE);
        assert_int_equal(view.close, SU_CLOSE_NONE);
        assert_int_equal(view.client.state, SU_STATE_ESTABLISHED);
        assert_int_equal(view.server.state, SU_STATE_ESTABLISHED);
        assert_int_equal(view.icmp_stale, 0);
    }
}

static void test_stale_quotes_do_nothing(void **state)
{
    static const uint32_t quotes[] = {0, ISN - 1, ISN + 2, ISN + 100000, SERVER_ISN};
    const struct message port = {false, 3, 3, SU_ICMP_HARD};

    (void)state;
    for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
        struct bench bench;
        open_attempt(&bench);
        struct su_view view = strike(&bench, &port, quotes[i]);
        assert_int_equal(view.handshake, SU_HANDSHAKE_PENDING);
        assert_int_equal(view.client.state, SU_STATE_SYN_SENT);
        assert_int_equal(view.icmp_stale, 1);
        assert_int_equal(view.icmp_errors, 0);
    }
}

static void test_no_connection(void **state)
{
    struct bench bench;
    struct su_icmp_error error = {.type = 3, .code = 3};

    (void)state;
    open_attempt(&bench);
    bench.pair.conn = NULL;
    assert_null(su_pair_feed_icmp(&bench.pair, &error, &bench.policy, &su_test_parts));
}

static void test_port_unreachable(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &messages[i];
        bool is = m->v6 ? m->type == 1 && m->code == 4 : m->type == 3 && m->code == 3;
        assert_int_equal(su_icmp_is_port_unreachable(m->v6, m->type, m->code), is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_attempt),
        cmocka_unit_test(test_attempt_is_over_until_the_next_syn),
        cmocka_unit_test(test_connection_survives),
        cmocka_unit_test(test_stale_quotes_do_nothing),
        cmocka_unit_test(test_no_connection),
        cmocka_unit_test(test_port_unreachable),
    };

    return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
