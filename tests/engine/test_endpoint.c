/* test_endpoint.c: the transition table as a whole: no hole, nothing unreachable, no way back, and
 * the rows that RFC 9293 section 3.3.2 prescribes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/endpoint.h"

#define UNKNOWN     SU_STATE_UNKNOWN
#define LISTEN      SU_STATE_LISTEN
#define SYN_SENT    SU_STATE_SYN_SENT
#define SYN_RECV    SU_STATE_SYN_RECV
#define ESTABLISHED SU_STATE_ESTABLISHED
#define FIN_WAIT1   SU_STATE_FIN_WAIT1
#define FIN_WAIT2   SU_STATE_FIN_WAIT2
#define CLOSE_WAIT  SU_STATE_CLOSE_WAIT
#define CLOSING     SU_STATE_CLOSING
#define LAST_ACK    SU_STATE_LAST_ACK
#define TIME_WAIT   SU_STATE_TIME_WAIT
#define CLOSE       SU_STATE_CLOSE

static uint8_t after(int event, int state)
{
    return su_transitions[event][state];
}

static void test_every_cell_is_a_state(void **state)
{
    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = 0; from < SU_STATE_COUNT; from++)
            assert_true(after(event, from) < SU_STATE_COUNT);
    }
}

/* A cell that was forgotten is 0, UNKNOWN; but nothing that is known is forgotten again. */
static void test_no_hole(void **state)
{
    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = UNKNOWN + 1; from < SU_STATE_COUNT; from++)
            assert_int_not_equal(after(event, from), UNKNOWN);
    }
}

static bool spread(bool *reached)
{
    bool more = false;

    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = 0; from < SU_STATE_COUNT; from++) {
            uint8_t to = after(event, from);
            more |= reached[from] && !reached[to];
            reached[to] |= reached[from];
        }
    }
    return more;
}

static void test_every_state_is_reached(void **state)
{
    bool reached[SU_STATE_COUNT] = {[UNKNOWN] = true};

    (void)state;
    while (spread(reached))
        ;
    for (int i = 0; i < SU_STATE_COUNT; i++)
        assert_true(reached[i]);
}

static void test_every_event_does_something(void **state)
{
    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        bool moves = false;
        for (int from = 0; from < SU_STATE_COUNT; from++)
            moves |= after(event, from) != from;
        assert_true(moves);
    }
}

/* A mirror port's copy of a segment must not move a socket a second time. */
static void test_twice_is_once(void **state)
{
    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = 0; from < SU_STATE_COUNT; from++)
            assert_int_equal(after(event, after(event, from)), after(event, from));
    }
}

static void test_rst_closes(void **state)
{
    (void)state;
    for (int from = 0; from < SU_STATE_COUNT; from++)
        assert_int_equal(after(SU_EVENT_RST, from), CLOSE);
}

static void test_icmp_spares_synchronized_states(void **state)
{
    (void)state;
    assert_int_equal(after(SU_EVENT_ICMP_GIVES_UP, SYN_SENT), CLOSE);
    assert_int_equal(after(SU_EVENT_ICMP_GIVES_UP, SYN_RECV), CLOSE);
    for (int from = ESTABLISHED; from < SU_STATE_COUNT; from++)
        assert_int_equal(after(SU_EVENT_ICMP_GIVES_UP, from), from);
}

static void test_only_waiting_expires(void **state)
{
    (void)state;
    for (int from = 0; from < SU_STATE_COUNT; from++) {
        bool waits = from == TIME_WAIT || from == FIN_WAIT2;
        assert_int_equal(after(SU_EVENT_EXPIRES, from), waits ? CLOSE : from);
    }
}

/* Only a SYN, or what proves that the end was none, leads out of CLOSE. */
static void test_closed_stays_closed(void **state)
{
    static const bool leads_out[SU_EVENT_COUNT] = {
        [SU_EVENT_TX_SYN] = true,
        [SU_EVENT_RX_SYN] = true,
        [SU_EVENT_TX_SYNACK] = true,
        [SU_EVENT_TX_SYNACK_AGAIN] = true,
        [SU_EVENT_RX_SYNACK_REVIVES] = true,
        [SU_EVENT_TX_FIN_AGAIN] = true, /* the last ACK passed the capture, not its receiver */
    };

    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        if (!leads_out[event])
            assert_int_equal(after(event, CLOSE), CLOSE);
    }
}

static bool is_synchronized(int state)
{
    return state >= ESTABLISHED && state != CLOSE;
}

/* Once synchronized, a socket does not go back to its handshake; but a repeated SYN-ACK shows that
 * ESTABLISHED had been assumed too early. */
static void test_no_way_back(void **state)
{
    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = 0; from < SU_STATE_COUNT; from++) {
            bool doubted = event == SU_EVENT_TX_SYNACK_AGAIN && from == ESTABLISHED;
            if (is_synchronized(from) && !doubted)
                assert_true(after(event, from) >= ESTABLISHED && after(event, from) <= CLOSE);
        }
    }
}

/* A socket that has sent its FIN never looks as if it had not. */
static void test_fin_is_not_taken_back(void **state)
{
    static const bool sent_fin[SU_STATE_COUNT] = {
        [FIN_WAIT1] = true, [FIN_WAIT2] = true, [CLOSING] = true,
        [LAST_ACK] = true,  [TIME_WAIT] = true, [CLOSE] = true,
    };

    (void)state;
    for (int event = 0; event < SU_EVENT_COUNT; event++) {
        for (int from = 0; from < SU_STATE_COUNT; from++) {
            if (sent_fin[from] && from != CLOSE)
                assert_true(sent_fin[after(event, from)]);
        }
    }
}

static void test_rows_of_the_rfc(void **state)
{
    static const struct {
        enum su_event event;
        enum su_state from, to;
    } rows[] = {
        {SU_EVENT_TX_SYN,                UNKNOWN,     SYN_SENT   },
        {SU_EVENT_TX_SYN,                LISTEN,      SYN_SENT   },
        {SU_EVENT_TX_SYN,                SYN_SENT,    SYN_SENT   },
        {SU_EVENT_RX_SYN,                UNKNOWN,     LISTEN     },
        {SU_EVENT_RX_SYN,                SYN_SENT,    SYN_SENT   },
        {SU_EVENT_RX_SYN,                ESTABLISHED, ESTABLISHED},
        {SU_EVENT_TX_SYNACK,             UNKNOWN,     SYN_RECV   },
        {SU_EVENT_TX_SYNACK,             LISTEN,      SYN_RECV   },
        {SU_EVENT_TX_SYNACK,             SYN_SENT,    SYN_RECV   }, /* figure 7 */
        {SU_EVENT_RX_SYNACK_ALONE,       UNKNOWN,     SYN_SENT   },
        {SU_EVENT_RX_SYNACK_REVIVES,     CLOSE,       SYN_SENT   },
        {SU_EVENT_TX_ACK_OF_SYN,         SYN_SENT,    ESTABLISHED},
        {SU_EVENT_RX_ACK_OF_SYN,         SYN_RECV,    ESTABLISHED},
        {SU_EVENT_TX_SYNACK_AGAIN,       ESTABLISHED, SYN_RECV   }, /* the ACK did not count */
        {SU_EVENT_TX_TALK,               UNKNOWN,     ESTABLISHED}, /* midstream */
        {SU_EVENT_RX_TALK,               UNKNOWN,     ESTABLISHED},
        {SU_EVENT_TX_TALK,               SYN_RECV,    ESTABLISHED},
        {SU_EVENT_TX_FIN,                ESTABLISHED, FIN_WAIT1  },
        {SU_EVENT_TX_FIN,                SYN_RECV,    FIN_WAIT1  },
        {SU_EVENT_TX_FIN,                CLOSE_WAIT,  LAST_ACK   },
        {SU_EVENT_RX_ACK_OF_FIN,         FIN_WAIT1,   FIN_WAIT2  },
        {SU_EVENT_RX_ACK_OF_FIN,         CLOSING,     TIME_WAIT  },
        {SU_EVENT_RX_ACK_OF_FIN,         LAST_ACK,    CLOSE      },
        {SU_EVENT_RX_ACK_OF_CROSSED_FIN, FIN_WAIT1,   TIME_WAIT  },
        {SU_EVENT_RX_ACK_OF_CROSSED_FIN, CLOSING,     TIME_WAIT  },
        {SU_EVENT_TX_ACK_OF_FIN,         ESTABLISHED, CLOSE_WAIT },
        {SU_EVENT_TX_ACK_OF_FIN,         FIN_WAIT1,   CLOSING    },
        {SU_EVENT_TX_ACK_OF_FIN,         FIN_WAIT2,   TIME_WAIT  },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(after((int)rows[i].event, (int)rows[i].from), rows[i].to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_is_a_state),
        cmocka_unit_test(test_no_hole),
        cmocka_unit_test(test_every_state_is_reached),
        cmocka_unit_test(test_every_event_does_something),
        cmocka_unit_test(test_twice_is_once),
        cmocka_unit_test(test_rst_closes),
        cmocka_unit_test(test_icmp_spares_synchronized_states),
        cmocka_unit_test(test_only_waiting_expires),
        cmocka_unit_test(test_closed_stays_closed),
        cmocka_unit_test(test_no_way_back),
        cmocka_unit_test(test_fin_is_not_taken_back),
        cmocka_unit_test(test_rows_of_the_rfc),
    };

    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
