/* test_script.c: the test harness itself: mistakes in a script are told with their line, an
 * expectation that does not hold fails, and the hosts count as TCP does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "hosts.h"
#include "player.h"

/* ---- the parser ---- */

static void test_mistakes_are_told(void **state)
{
    static const struct {
        const char *source, *complaint;
    } rows[] = {
        {"c S\nd SA\nexpect c=SYN_SENT\n",            "x.seq:2: unknown word 'd'"                 },
        {"c X\nexpect c=SYN_SENT\n",                  "x.seq:1: bad flags 'X'"                    },
        {"c\nexpect c=SYN_SENT\n",                    "x.seq:1: bad flags ''"                     },
        {"c S len=abc\nexpect c=SYN_SENT\n",          "x.seq:1: bad option 'len'"                 },
        {"c S len=-1\nexpect c=SYN_SENT\n",           "x.seq:1: bad option 'len'"                 },
        {"c S seq=@foo\nexpect c=SYN_SENT\n",         "x.seq:1: bad option 'seq'"                 },
        {"c S t=+5\nexpect c=SYN_SENT\n",             "x.seq:1: bad option 't'"                   },
        {"c S loss\nexpect c=SYN_SENT\n",             "x.seq:1: bad option 'loss'"                },
        {"c S ws=300\nexpect c=SYN_SENT\n",           "x.seq:1: bad option 'ws'"                  },
        {"c S\nexpect c=SYNSENT\n",                   "x.seq:2: bad expectation 'c'"              },
        {"c S\nexpect colour=blue\n",                 "x.seq:2: bad expectation 'colour'"         },
        {"c S\nexpect dup_syn=one\n",                 "x.seq:2: bad expectation 'dup_syn'"        },
        {"c S\nexpect c=SYN_SENT|NONSENSE\n",         "x.seq:2: bad expectation 'c'"              },
        {"c S\nexpect\nexpect c=SYN_SENT\n",          "x.seq:2: nothing is asked by 'expect'"     },
        {"c S\n",                                     "nothing is expected in 'x.seq'"            },
        {"icmp 3 of c\nexpect conns=0\n",             "x.seq:1: bad ICMP error 'icmp'"            },
        {"icmp 3/3 of x\nexpect conns=0\n",           "x.seq:1: bad ICMP error 'icmp'"            },
        {"now\nexpect conns=0\n",                     "x.seq:1: bad time ''"                      },
        {"policy strict=1\nexpect conns=0\n",         "x.seq:1: bad policy 'strict'"              },
        {"policy role=me\nexpect conns=0\n",          "x.seq:1: bad policy 'role'"                },
        {"policy server_ports=1-x\nexpect conns=0\n", "x.seq:1: bad policy 'server_ports'"        },
        {"ports x=5\nexpect conns=0\n",               "x.seq:1: bad port 'x'"                     },
        {"ports c=70000\nexpect conns=0\n",           "x.seq:1: bad port 'c'"                     },
        {"ip 5\nexpect conns=0\n",                    "x.seq:1: bad IP version '5'"               },
        {"self\ns S\nexpect conns=0\n",               "x.seq:2: there is only host c: 's'"        },
        {"nodouble\nexpect conns=0\n",                "x.seq:1: say why, in a comment: 'nodouble'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct su_text errors = {0};
        assert_null(su_script_parse("x.seq", rows[i].source, &errors));
        if (!strstr(su_text_get(&errors), rows[i].complaint))
            fail_msg("'%s' does not contain '%s'", su_text_get(&errors), rows[i].complaint);
        su_text_free(&errors);
    }
}

static void test_all_mistakes_are_told(void **state)
{
    struct su_text errors = {0};

    (void)state;
    assert_null(su_script_parse("x.seq", "c X\nfoo\nexpect c=BAR\n", &errors));
    assert_non_null(strstr(su_text_get(&errors), "x.seq:1:"));
    assert_non_null(strstr(su_text_get(&errors), "x.seq:2:"));
    assert_non_null(strstr(su_text_get(&errors), "x.seq:3:"));
    su_text_free(&errors);
}

static void test_missing_file(void **state)
{
    struct su_text errors = {0};

    (void)state;
    assert_null(su_script_load("no/such/file.seq", &errors));
    assert_non_null(strstr(su_text_get(&errors), "no/such/file.seq"));
    su_text_free(&errors);
}

static void test_settings(void **state)
{
    struct su_text errors = {0};
    struct su_script *script = su_script_parse(
        "x.seq",
        "# a comment\nports c=5 s=6\nip 6\nnoswap # because\n"
        "policy time_wait=7 strict_rst=0 checksum=all role=port server_ports=10-12,99\n"
        "c S len=3 t=-2s ws=7 win=9 ipid=4 lost\nexpect conns=1\n",
        &errors);

    (void)state;
    assert_non_null(script);
    assert_int_equal(script->port[SU_HOST_C], 5);
    assert_int_equal(script->port[SU_HOST_S], 6);
    assert_true(script->v6);
    assert_true(script->skip[SU_MODE_SWAPPED]);
    assert_false(script->skip[SU_MODE_DOUBLED]);
    assert_true(script->policy.time_wait_ns == 7 * SU_NS_PER_S);
    assert_false(script->policy.strict_rst);
    assert_int_equal(script->policy.role, SU_ROLE_POLICY_PORT);
    assert_true(su_policy_is_server_port(&script->policy, 11));
    assert_true(su_policy_is_server_port(&script->policy, 99));
    assert_false(su_policy_is_server_port(&script->policy, 80));
    assert_int_equal(script->count, 2);
    assert_int_equal(script->steps[0].segment.wscale, 7);
    assert_true(script->steps[0].segment.lost);
    assert_true(script->steps[0].time_ns == -2 * SU_NS_PER_S);
    su_script_free(script);
}

/* ---- the player ---- */

static void play(const char *source, enum su_script_mode mode, struct su_text *errors)
{
    struct su_script *script = su_script_parse("x.seq", source, errors);

    assert_non_null(script);
    su_play(script, mode, errors);
    su_script_free(script);
}

static void test_a_wrong_expectation_fails(void **state)
{
    static const struct {
        const char *source, *complaint;
    } rows[] = {
        {"c S\nexpect c=ESTABLISHED\n",     "connection 1: c should be ESTABLISHED, got SYN_SENT"},
        {"c S\nexpect c!=SYN_SENT\n",       "connection 1: c must not be SYN_SENT"               },
        {"c S\nexpect dup_syn=1\n",         "dup_syn should be 1, got 0"                         },
        {"c S\nexpect history=Sh\n",        "history should be Sh, got S"                        },
        {"c S\nexpect conns=2\n",           "conns should be 2, got 1"                           },
        {"c S\nexpect client=s\n",          "client should be s, got c"                          },
        {"c S\nexpect syn_rtt_us=5\n",      "syn_rtt_us should be 5, got none"                   },
        {"c S\nexpect conn=2 c=SYN_SENT\n", "there is no connection of this number"              },
        {"now +1s\nexpect conns=0\n",       "there is no connection yet"                         },
        {"c S\ns SA dup\nexpect conns=1\n", "there is no such segment to be copied"              },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct su_text errors = {0};
        play(rows[i].source, SU_MODE_PLAIN, &errors);
        if (!strstr(su_text_get(&errors), rows[i].complaint))
            fail_msg("'%s' does not contain '%s'", su_text_get(&errors), rows[i].complaint);
        assert_non_null(strstr(su_text_get(&errors), "[plain]"));
        su_text_free(&errors);
    }
}

static void test_every_mode_is_a_mode(void **state)
{
    (void)state;
    for (int mode = 0; mode < SU_MODE_COUNT; mode++) {
        struct su_text errors = {0};
        play("c S\ns SA\nc A\nexpect c=ESTABLISHED s=ESTABLISHED client=c c_packets=2\n",
             (enum su_script_mode)mode, &errors);
        assert_string_equal(su_text_get(&errors), "");
        su_text_free(&errors);
    }
}

/* ---- the hosts ---- */

struct line {
    uint8_t host, flags;
    uint32_t len;
    uint32_t seq, ack; /* off the sender's and the receiver's first ISN */
};

static void test_numbers_follow(void **state)
{
    static const struct line lines[] = {
        {0, SU_SYN,          0,   0,   0  },
        {1, SU_SYN | SU_ACK, 0,   0,   1  },
        {0, SU_ACK,          0,   1,   1  },
        {0, SU_ACK,          100, 1,   1  },
        {1, SU_ACK,          50,  1,   101},
        {0, SU_FIN | SU_ACK, 10,  101, 51 },
        {0, SU_FIN | SU_ACK, 10,  101, 51 }, /* again */
        {1, SU_FIN | SU_ACK, 0,   51,  112},
        {0, SU_ACK,          0,   112, 52 },
    };
    struct su_host hosts[2];

    (void)state;
    su_host_init(&hosts[0], 0xFFFFFFFF, 1);
    su_host_init(&hosts[1], 700, 2);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const struct line *line = &lines[i];
        struct su_step_segment step = {
            .host = line->host, .flags = line->flags, .len = line->len, .ip_id = -1};
        struct su_segment segment;
        uint32_t own = line->host ? 700 : 0xFFFFFFFF;
        uint32_t other = line->host ? 0xFFFFFFFF : 700;
        su_host_send(&hosts[line->host], &hosts[!line->host], &step, &segment);
        assert_int_equal(segment.seq, own + line->seq);
        if (line->flags & SU_ACK)
            assert_int_equal(segment.ack, (uint32_t)(other + line->ack));
    }
}

static void send(struct su_host *hosts, uint8_t host, struct su_step_segment step,
                 struct su_segment *segment)
{
    step.ip_id = -1;
    su_host_send(&hosts[host], &hosts[!host], &step, segment);
}

static void test_lost_and_out_of_order(void **state)
{
    struct su_host hosts[2];
    struct su_segment segment;

    (void)state;
    su_host_init(&hosts[0], 1000, 1);
    su_host_init(&hosts[1], 2000, 2);
    send(hosts, 0, (struct su_step_segment){.flags = SU_SYN}, &segment);
    send(hosts, 1, (struct su_step_segment){.flags = SU_SYN | SU_ACK}, &segment);
    send(hosts, 0, (struct su_step_segment){.flags = SU_ACK, .len = 10, .lost = true}, &segment);
    send(hosts, 0, (struct su_step_segment){.flags = SU_ACK, .len = 10}, &segment);
    send(hosts, 1, (struct su_step_segment){.flags = SU_ACK}, &segment);
    assert_int_equal(segment.ack, 1001); /* a hole */
    send(hosts, 0, (struct su_step_segment){.flags = SU_ACK, .len = 10, .seq.offset = -20},
         &segment);
    send(hosts, 1, (struct su_step_segment){.flags = SU_ACK}, &segment);
    assert_int_equal(segment.ack, 1021); /* filled */
    send(hosts, 0, (struct su_step_segment){.flags = SU_FIN, .forged = true}, &segment);
    send(hosts, 1, (struct su_step_segment){.flags = SU_ACK}, &segment);
    assert_int_equal(segment.ack, 1021); /* not the host's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes_are_told),
        cmocka_unit_test(test_all_mistakes_are_told),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_a_wrong_expectation_fails),
        cmocka_unit_test(test_every_mode_is_a_mode),
        cmocka_unit_test(test_numbers_follow),
        cmocka_unit_test(test_lost_and_out_of_order),
    };

    return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
