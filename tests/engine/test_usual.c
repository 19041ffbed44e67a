/* test_usual.c: the short way for usual segments (usual.c) does what all the rules would do.
 * Conversations of random segments, nearly all of them in order, are fed to two connections: one
 * takes the short way where it can, the other never does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/step.h"

#include "parts.h"

enum { CONVERSATIONS = 4000, SEGMENTS = 120 };

struct bench {
    struct su_conn conn[2]; /* the second one by all the rules */
    struct su_policy policy;
    uint32_t nxt[2];
    int64_t time_ns;
    uint32_t frame, random;
    uint32_t usual; /* segments that took the short way */
};

static uint32_t draw(struct bench *bench, uint32_t below)
{
    bench->random = bench->random * 1664525u + 1013904223u;
    return (bench->random >> 8) % below;
}

static struct su_step step_of(struct bench *bench, unsigned which, const struct su_segment *seg)
{
    struct su_conn *conn = &bench->conn[which];

    return (struct su_step){
        .conn = conn,
        .snd = &conn->side[seg->from],
        .rcv = &conn->side[!seg->from],
        .seg = seg,
        .policy = &bench->policy,
        .parts = &su_test_parts,
        .from = seg->from,
    };
}

/* All that a connection is, but for where its parts are. */
static void assert_same(const struct bench *bench)
{
    struct su_conn flat[2] = {bench->conn[0], bench->conn[1]};

    for (int i = 0; i < 2; i++) {
        flat[i].ending = NULL;
        flat[i].odd = NULL;
    }
    assert_memory_equal(&flat[0], &flat[1], sizeof(flat[0]));
    assert_memory_equal(su_conn_ending(&bench->conn[0]), su_conn_ending(&bench->conn[1]),
                        sizeof(struct su_ending));
    assert_memory_equal(su_conn_odd(&bench->conn[0]), su_conn_odd(&bench->conn[1]),
                        sizeof(struct su_odd));
}

/* What su_conn_apply() does before it decides on a way. */
static void note_packet(struct su_conn *conn, const struct su_segment *seg)
{
    struct su_side *snd = &conn->side[seg->from];

    if (conn->first_frame == 0) {
        conn->first_frame = seg->frame;
        conn->first_ns = conn->last_ns = seg->time_ns;
    }
    conn->last_frame = seg->frame;
    if (seg->time_ns > conn->last_ns)
        conn->last_ns = seg->time_ns;
    conn->changes += snd->packets == 0;
    snd->packets++;
    snd->octets += seg->payload_octets;
    snd->window_closed = seg->window == 0;
}

static void feed(struct bench *bench, const struct su_segment *seg)
{
    const struct su_step step = step_of(bench, 1, seg);
    struct su_conn before = bench->conn[0];
    bool usual;

    su_conn_apply(&bench->conn[0], seg, &bench->policy, &su_test_parts);
    note_packet(&bench->conn[1], seg);
    su_step_take(&step);
    assert_same(bench);

    /* Once more, to see which way it took: with parts of its own, if any. */
    struct su_ending ending = *su_conn_ending(&before);
    struct su_odd odd = *su_conn_odd(&before);
    struct su_step again = step_of(bench, 0, seg);
    before.ending = before.ending ? &ending : NULL;
    before.odd = before.odd ? &odd : NULL;
    again.conn = &before;
    again.snd = &before.side[seg->from];
    again.rcv = &before.side[!seg->from];
    note_packet(&before, seg);
    usual = su_step_take_usual(&again);
    bench->usual += usual;
}

/* What may go wrong with a segment, once in a while. */
static void disturb(struct bench *bench, struct su_segment *seg)
{
    static const uint8_t flags[] = {SU_FIN | SU_ACK, SU_RST, SU_SYN, SU_SYN | SU_ACK, 0,
                                    SU_RST | SU_ACK, SU_FIN};

    switch (draw(bench, 9)) {
    case 0:
        seg->seq -= 1 + draw(bench, 3000);
        break;
    case 1:
        seg->seq += 1 + draw(bench, 3000);
        break;
    case 2:
        seg->ack += draw(bench, 5000) - 2500;
        break;
    case 3:
        seg->seq += UINT32_C(1) << (20 + draw(bench, 12));
        seg->ack += UINT32_C(1) << (20 + draw(bench, 12));
        break;
    case 4:
        seg->window = 0;
        break;
    case 5:
        seg->flags = flags[draw(bench, sizeof(flags))];
        break;
    case 6:
        seg->checksum = SU_CHECKSUM_BAD;
        break;
    case 7:
        bench->time_ns += (int64_t)draw(bench, 100) * SU_NS_PER_S;
        break;
    default:
        seg->time_ns -= 500000;
    }
}

static void say(struct bench *bench, uint8_t from, uint8_t flags, uint32_t octets)
{
    struct su_segment seg = {
        .time_ns = bench->time_ns += 1 + draw(bench, 2000000),
        .frame = ++bench->frame,
        .seq = bench->nxt[from],
        .ack = flags & SU_ACK ? bench->nxt[!from] : 0,
        .payload_octets = octets,
        .window = (uint16_t)(1 + draw(bench, UINT16_MAX)),
        .ip_id = (uint16_t)bench->frame,
        .flags = flags,
        .from = from,
        .wscale = flags & SU_SYN ? (uint8_t)draw(bench, 15) : 0,
        .checksum = (uint8_t)draw(bench, 2),
    };

    bench->nxt[from] += octets + ((flags & (SU_SYN | SU_FIN)) != 0);
    if (draw(bench, 40) == 0)
        disturb(bench, &seg);
    feed(bench, &seg);
}

static void converse(struct bench *bench)
{
    uint32_t octets = draw(bench, 2) ? 1448 : 1 + draw(bench, 60000);

    if (draw(bench, 4) > 0) { /* else its handshake was not captured */
        say(bench, 0, SU_SYN, 0);
        say(bench, 1, SU_SYN | SU_ACK, 0);
        say(bench, 0, SU_ACK, 0);
    }
    for (int i = 0; i < SEGMENTS; i++) {
        uint8_t from = (uint8_t)draw(bench, 2);

        say(bench, from, draw(bench, 3) ? SU_ACK : SU_ACK | SU_PSH, draw(bench, 2) ? octets : 0);
    }
    say(bench, 0, SU_FIN | SU_ACK, 0);
    say(bench, 1, SU_FIN | SU_ACK, 0);
    say(bench, 0, SU_ACK, 0);
}

static void start(struct bench *bench, uint32_t number)
{
    uint32_t usual = bench->usual;
    const uint16_t ports[2] = {(uint16_t)(number % 3 ? 40000 : 80), 80};

    *bench = (struct bench){.random = number, .usual = usual, .time_ns = 1000 * SU_NS_PER_S};
    bench->policy.time_wait_ns = 60 * SU_NS_PER_S;
    bench->policy.strict_rst = true;
    bench->policy.role = draw(bench, 5) ? SU_ROLE_POLICY_AUTO : SU_ROLE_POLICY_PORT;
    bench->policy.checksum = (enum su_checksum_policy)draw(bench, 3);
    bench->nxt[0] = draw(bench, 3) ? draw(bench, 1 << 24) << 8 : UINT32_MAX - draw(bench, 9000);
    bench->nxt[1] = draw(bench, 3) ? draw(bench, 1 << 24) << 8 : UINT32_MAX - draw(bench, 9000);
    su_conn_init(&bench->conn[0], ports);
    su_conn_init(&bench->conn[1], ports);
}

static void test_short_way_is_the_same(void **state)
{
    static struct bench bench;

    (void)state;
    for (uint32_t i = 0; i < CONVERSATIONS; i++) {
        start(&bench, i);
        converse(&bench);
    }
    /* It would prove nothing if hardly any segment took it. */
    assert_true(bench.usual >= CONVERSATIONS * SEGMENTS / 4 &&
                bench.usual <= CONVERSATIONS * SEGMENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_way_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
