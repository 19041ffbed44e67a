/* test_verdict.c: the words, and how facts named late fit together: every connection has exactly
 * one outcome, and the outcomes add up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/conn.h"
#include "engine/verdict.h"
#include "engine/words.h"

#include "parts.h"

/* ---- words ---- */

#define LIST(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* The documented words, in the order of the enums. They are filter values and must never change. */
static void check_words(const char *const *words, int count, const char *const *documented)
{
    for (int i = 0; i < count; i++) {
        assert_non_null(words[i]);
        assert_non_null(documented[i]);
        assert_string_equal(words[i], documented[i]);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(words[i], words[k]);
    }
    assert_null(documented[count]);
}

static void test_words(void **state)
{
    (void)state;
    check_words(su_state_words, SU_STATE_COUNT,
                LIST("UNKNOWN", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1",
                     "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSE"));
    check_words(su_role_words, SU_ROLE_COUNT, LIST("", "client", "server", "both"));
    check_words(su_role_source_words, SU_ROLE_SOURCE_COUNT,
                LIST("", "first packet", "lower port", "ephemeral port", "port list", "syn-ack",
                     "syn", "user"));
    check_words(su_handshake_words, SU_HANDSHAKE_COUNT,
                LIST("", "complete_simul", "complete_tfo", "complete", "inferred", "refused",
                     "reset_client", "aborted_client", "no_ack", "icmp_hard", "icmp_soft",
                     "stale_synack", "challenged", "timeout", "pending", "unsolicited",
                     "midstream"));
    check_words(su_close_words, SU_CLOSE_COUNT,
                LIST("none", "half", "fin", "fin_simul", "fin_unacked", "rst", "fin_rst_self",
                     "fin_rst_peer", "superseded", "na"));
    check_words(su_rst_class_words, SU_RST_CLASS_COUNT, LIST("", "exact", "weak", "unverified"));
    check_words(su_outcome_words, SU_OUTCOME_COUNT,
                LIST("open", "linger", "closed", "aborted", "superseded", "unjudged", "failed",
                     "pending", "unsolicited"));
    check_words(su_conn_state_words, SU_CONN_STATE_COUNT,
                LIST("", "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH",
                     "SH", "SHR", "OTH"));
}

/* ---- outcomes ---- */

static bool is_part_of_total(enum su_outcome outcome)
{
    return outcome <= SU_OUTCOME_UNJUDGED;
}

static void test_success(void **state)
{
    static const bool success[SU_HANDSHAKE_COUNT] = {
        [SU_HANDSHAKE_COMPLETE] = true,       [SU_HANDSHAKE_COMPLETE_TFO] = true,
        [SU_HANDSHAKE_COMPLETE_SIMUL] = true, [SU_HANDSHAKE_INFERRED] = true,
        [SU_HANDSHAKE_MIDSTREAM] = true,
    };

    (void)state;
    for (int i = SU_HANDSHAKE_NONE + 1; i < SU_HANDSHAKE_COUNT; i++)
        assert_int_equal(su_handshake_is_success((enum su_handshake)i), success[i]);
}

/* Total = Open + Linger + Closed + Aborted + Superseded + Unjudged: whoever was established is in
 * exactly one of these, whoever was not in none. */
static void test_total_is_the_sum(void **state)
{
    (void)state;
    for (int h = SU_HANDSHAKE_NONE + 1; h < SU_HANDSHAKE_COUNT; h++) {
        bool success = su_handshake_is_success((enum su_handshake)h);
        for (int c = SU_CLOSE_NONE; c < SU_CLOSE_COUNT; c++) {
            if (success == (c == SU_CLOSE_NA))
                continue; /* cannot be */
            enum su_outcome outcome =
                su_verdict_outcome((enum su_handshake)h, (enum su_close)c, false);
            assert_true(outcome < SU_OUTCOME_COUNT);
            if (success || c == SU_CLOSE_NA)
                assert_int_equal(is_part_of_total(outcome), success);
        }
    }
}

static void test_outcome_of_a_close(void **state)
{
    static const enum su_outcome expected[][2] = {
  /* both sides captured, one side only */
        [SU_CLOSE_NONE] = {SU_OUTCOME_OPEN,       SU_OUTCOME_OPEN      },
        [SU_CLOSE_HALF] = {SU_OUTCOME_LINGER,     SU_OUTCOME_UNJUDGED  },
        [SU_CLOSE_FIN] = {SU_OUTCOME_CLOSED,     SU_OUTCOME_CLOSED    },
        [SU_CLOSE_FIN_SIMUL] = {SU_OUTCOME_CLOSED,     SU_OUTCOME_CLOSED    },
        [SU_CLOSE_FIN_UNACKED] = {SU_OUTCOME_LINGER,     SU_OUTCOME_UNJUDGED  },
        [SU_CLOSE_RST] = {SU_OUTCOME_ABORTED,    SU_OUTCOME_ABORTED   },
        [SU_CLOSE_FIN_RST_SELF] = {SU_OUTCOME_ABORTED,    SU_OUTCOME_ABORTED   },
        [SU_CLOSE_FIN_RST_PEER] = {SU_OUTCOME_ABORTED,    SU_OUTCOME_ABORTED   },
        [SU_CLOSE_SUPERSEDED] = {SU_OUTCOME_SUPERSEDED, SU_OUTCOME_SUPERSEDED},
    };

    (void)state;
    for (int h = SU_HANDSHAKE_NONE + 1; h < SU_HANDSHAKE_COUNT; h++) {
        for (int c = SU_CLOSE_NONE; c < SU_CLOSE_NA; c++) {
            if (!su_handshake_is_success((enum su_handshake)h))
                continue;
            for (int one_sided = 0; one_sided < 2; one_sided++)
                assert_int_equal(
                    su_verdict_outcome((enum su_handshake)h, (enum su_close)c, one_sided),
                    expected[c][one_sided]);
        }
    }
}

static void test_outcome_of_an_attempt(void **state)
{
    static const struct {
        enum su_handshake handshake;
        enum su_outcome outcome;
    } rows[] = {
        {SU_HANDSHAKE_REFUSED,        SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_RESET_CLIENT,   SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_ABORTED_CLIENT, SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_ICMP_HARD,      SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_ICMP_SOFT,      SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_TIMEOUT,        SU_OUTCOME_FAILED     },
        {SU_HANDSHAKE_PENDING,        SU_OUTCOME_PENDING    },
        {SU_HANDSHAKE_UNSOLICITED,    SU_OUTCOME_UNSOLICITED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(su_verdict_outcome(rows[i].handshake, SU_CLOSE_NA, false),
                         rows[i].outcome);
}

/* ---- a connection's end, and its successor ---- */

struct bench {
    struct su_conn conn;
    struct su_policy policy;
    uint32_t nxt[2];
    uint32_t frame;
};

static void feed(struct bench *bench, uint8_t from, uint8_t flags)
{
    struct su_segment segment = {
        .from = from, .flags = flags, .window = 60000, .wscale = SU_WSCALE_ABSENT};

    segment.frame = ++bench->frame;
    segment.ip_id = (uint16_t)bench->frame;
    segment.time_ns = bench->frame * INT64_C(1000000);
    segment.seq = bench->nxt[from];
    segment.ack = flags & SU_ACK ? bench->nxt[!from] : 0;
    bench->nxt[from] += (flags & (SU_SYN | SU_FIN)) != 0;
    su_conn_apply(&bench->conn, &segment, &bench->policy, &su_test_parts);
}

static void begin(struct bench *bench)
{
    static const uint16_t port[2] = {40000, 80};

    memset(bench, 0, sizeof(*bench));
    bench->policy.syn_timeout_ns = 3 * SU_NS_PER_S;
    bench->policy.time_wait_ns = 60 * SU_NS_PER_S;
    bench->policy.strict_rst = true;
    bench->nxt[0] = 1000;
    bench->nxt[1] = 2000;
    su_conn_init(&bench->conn, port);
}

static void establish(struct bench *bench)
{
    begin(bench);
    feed(bench, 0, SU_SYN);
    feed(bench, 1, SU_SYN | SU_ACK);
    feed(bench, 0, SU_ACK);
}

static struct su_view view_of(const struct bench *bench)
{
    struct su_view view;

    su_conn_view(&bench->conn, &bench->policy, bench->frame * INT64_C(1000000), &view);
    return view;
}

static void test_is_over(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench);
    feed(&bench, 0, SU_SYN);
    assert_false(su_conn_is_over(&bench.conn));
    establish(&bench);
    assert_false(su_conn_is_over(&bench.conn));
    feed(&bench, 0, SU_FIN | SU_ACK);
    assert_false(su_conn_is_over(&bench.conn));
    feed(&bench, 1, SU_FIN | SU_ACK);
    assert_false(su_conn_is_over(&bench.conn)); /* FIN_WAIT2, LAST_ACK */
    feed(&bench, 0, SU_ACK);
    assert_true(su_conn_is_over(&bench.conn)); /* TIME_WAIT, CLOSE */
    establish(&bench);
    feed(&bench, 1, SU_RST | SU_ACK);
    assert_true(su_conn_is_over(&bench.conn));
}

static void test_superseded_while_open(void **state)
{
    struct bench bench;

    (void)state;
    establish(&bench);
    su_conn_supersede(&bench.conn);
    struct su_view view = view_of(&bench);
    assert_int_equal(view.close, SU_CLOSE_SUPERSEDED);
    assert_int_equal(view.outcome, SU_OUTCOME_SUPERSEDED);
    assert_int_equal(view.handshake, SU_HANDSHAKE_COMPLETE);
}

static void test_superseded_when_over(void **state)
{
    struct bench bench;

    (void)state;
    establish(&bench);
    feed(&bench, 0, SU_FIN | SU_ACK);
    feed(&bench, 1, SU_FIN | SU_ACK);
    feed(&bench, 0, SU_ACK);
    su_conn_supersede(&bench.conn);
    struct su_view view = view_of(&bench);
    assert_int_equal(view.close, SU_CLOSE_FIN);
    assert_int_equal(view.outcome, SU_OUTCOME_CLOSED);
    establish(&bench);
    feed(&bench, 0, SU_RST | SU_ACK);
    su_conn_supersede(&bench.conn);
    view = view_of(&bench);
    assert_int_equal(view.close, SU_CLOSE_RST);
    assert_int_equal(view.outcome, SU_OUTCOME_ABORTED);
}

static void test_superseded_attempt(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench);
    feed(&bench, 0, SU_SYN);
    su_conn_supersede(&bench.conn);
    struct su_view view = view_of(&bench);
    assert_int_equal(view.close, SU_CLOSE_NA);
    assert_false(su_handshake_is_success((enum su_handshake)view.handshake));
}

/* Whoever looks changes nothing, and sees the same twice. */
static void test_looking_is_free(void **state)
{
    struct bench bench;
    struct su_view first;
    struct su_view second;

    (void)state;
    establish(&bench);
    feed(&bench, 0, SU_FIN | SU_ACK);
    struct su_conn before = bench.conn;
    memset(&first, 0xA5, sizeof(first));
    memset(&second, 0x5A, sizeof(second));
    su_conn_view(&bench.conn, &bench.policy, 100 * SU_NS_PER_S, &first);
    su_conn_view(&bench.conn, &bench.policy, 100 * SU_NS_PER_S, &second);
    assert_memory_equal(&before, &bench.conn, sizeof(before));
    assert_int_equal(first.close, second.close);
    assert_int_equal(first.linger_ns, second.linger_ns);
    assert_int_equal(first.linger_owing, SU_ROLE_SERVER);
    assert_string_equal(first.history, second.history);
    assert_int_equal(first.client.port, 40000);
    assert_int_equal(first.server.port, 80);
}

/* When both sockets are gone for good, state by state; the last packet was at 10 s. */
static void test_gone(void **state)
{
    static const struct {
        uint8_t a, b;
        int64_t gone_s; /* -1: never */
    } cases[] = {
        {SU_STATE_CLOSE,       SU_STATE_CLOSE,       10 },
        {SU_STATE_CLOSE,       SU_STATE_LISTEN,      10 },
        {SU_STATE_UNKNOWN,     SU_STATE_UNKNOWN,     10 },
        {SU_STATE_TIME_WAIT,   SU_STATE_CLOSE,       68 },
        {SU_STATE_TIME_WAIT,   SU_STATE_TIME_WAIT,   68 },
        {SU_STATE_SYN_SENT,    SU_STATE_LISTEN,      140},
        {SU_STATE_SYN_SENT,    SU_STATE_SYN_RECV,    140},
        {SU_STATE_SYN_RECV,    SU_STATE_ESTABLISHED, -1 },
        {SU_STATE_FIN_WAIT2,   SU_STATE_CLOSE,       -1 },
        {SU_STATE_FIN_WAIT1,   SU_STATE_CLOSE,       -1 },
        {SU_STATE_CLOSE,       SU_STATE_LAST_ACK,    -1 },
        {SU_STATE_CLOSING,     SU_STATE_TIME_WAIT,   -1 },
        {SU_STATE_ESTABLISHED, SU_STATE_ESTABLISHED, -1 },
    };
    const struct su_policy policy = {.time_wait_ns = 60 * SU_NS_PER_S};
    struct su_ending ending = {.time_wait_ns = 8 * SU_NS_PER_S, .first_fin_ns = 7 * SU_NS_PER_S};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct su_conn conn = {.last_ns = 10 * SU_NS_PER_S, .ending = &ending};
        int64_t wanted = cases[i].gone_s < 0 ? SU_TIME_NONE : cases[i].gone_s * SU_NS_PER_S;

        conn.side[0].state = cases[i].a;
        conn.side[1].state = cases[i].b;
        assert_true(su_conn_gone_ns(&conn, &policy) == wanted);
        conn.side[0].state = cases[i].b;
        conn.side[1].state = cases[i].a;
        assert_true(su_conn_gone_ns(&conn, &policy) == wanted);
    }
}

/* A user who has FIN_WAIT2 end, or waits longer for a SYN's answer than hosts do. */
static void test_gone_by_policy(void **state)
{
    const struct su_policy policy = {
        .fin_timeout_ns = 20 * SU_NS_PER_S,
        .syn_timeout_ns = 300 * SU_NS_PER_S,
    };
    struct su_ending ending = {.first_fin_ns = 7 * SU_NS_PER_S};
    struct su_conn conn = {.last_ns = 10 * SU_NS_PER_S, .ending = &ending};

    (void)state;
    conn.side[0].state = SU_STATE_FIN_WAIT2;
    assert_true(su_conn_gone_ns(&conn, &policy) == 27 * SU_NS_PER_S);
    conn.side[0].state = SU_STATE_SYN_SENT;
    assert_true(su_conn_gone_ns(&conn, &policy) == 310 * SU_NS_PER_S);
}

static void test_packed_states(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench);
    feed(&bench, 0, SU_SYN);
    assert_int_equal(su_conn_states(&bench.conn) & 15, SU_STATE_SYN_SENT);
    assert_int_equal(su_conn_states(&bench.conn) >> 4, SU_STATE_LISTEN);
    _Static_assert(SU_STATE_COUNT <= 16, "two states fit an octet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_success),
        cmocka_unit_test(test_total_is_the_sum),
        cmocka_unit_test(test_outcome_of_a_close),
        cmocka_unit_test(test_outcome_of_an_attempt),
        cmocka_unit_test(test_is_over),
        cmocka_unit_test(test_superseded_while_open),
        cmocka_unit_test(test_superseded_when_over),
        cmocka_unit_test(test_superseded_attempt),
        cmocka_unit_test(test_looking_is_free),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_gone_by_policy),
        cmocka_unit_test(test_packed_states),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
