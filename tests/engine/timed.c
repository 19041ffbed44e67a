/* timed.c: see timed.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timed.h"

#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { WSCALE = 7, WINDOW = 500, COPY_US = 1 };

const char *const su_timed_mode_words[SU_TIMED_MODES] = {"plain", "wrap", "swapped", "doubled"};

static struct su_exchange *new_exchange(void *user)
{
    struct su_timed_run *run = user;

    if (run->pooled == SU_TIMED_EXCHANGES)
        abort();
    return &run->pool[run->pooled++];
}

static void finished(void *user, struct su_exchange *exchange)
{
    struct su_timed_run *run = user;

    run->exchanges[run->finished++] = *exchange;
    memset(exchange, 0xA5, sizeof(*exchange)); /* it is ours again */
}

static uint8_t flags_of(const char *letters)
{
    uint8_t flags = 0;

    for (const char *letter = letters ? letters : "A"; *letter; letter++)
        flags |= *letter == 'S'   ? SU_SYN
                 : *letter == 'F' ? SU_FIN
                 : *letter == 'R' ? SU_RST
                                  : SU_ACK;
    return flags;
}

static uint16_t next_id(struct su_timed_run *run, const struct su_timed_case *test, unsigned host)
{
    uint16_t before = run->id[host]++;

    switch (test->ids) {
    case SU_TIMED_COUNTING:
        return before;
    case SU_TIMED_ZERO:
        return 0;
    case SU_TIMED_CONSTANT:
        return 4711;
    case SU_TIMED_RANDOM:
        return (uint16_t)((before * 40503u) ^ 0x5A5A);
    }
    return 0;
}

static void feed(struct su_timed_run *run, const struct su_timed_case *test, struct su_segment *seg,
                 struct su_moment *moment)
{
    const struct su_timing_ops ops = {
        &run->policy, {new_exchange, finished, run}
    };
    int64_t before = run->conn.first_frame ? run->conn.last_ns : SU_TIME_NONE;
    uint16_t mss = test->mss == 1 ? 0 : test->mss ? test->mss : 1448;

    seg->frame = ++run->frames;
    run->frame_ns[seg->frame] = seg->time_ns;
    su_conn_apply(&run->conn, seg, &run->policy, &su_test_parts);
    if (!run->timed && seg->payload_octets > 0) {
        su_timing_init(&run->timing, mss, before);
        run->timed = true;
    }
    *moment = (struct su_moment){
        .gap_ns = SU_TIME_NONE, .same_side_ns = SU_TIME_NONE, .exchange = SU_EXCHANGE_NONE};
    if (run->timed)
        su_timing_apply(&run->timing, &run->conn, seg, &ops, moment);
}

/* What does not depend on the numbers in use. */
static struct su_segment draft(const struct su_timed_run *run, const struct su_timed_row *row)
{
    uint8_t flags = flags_of(row->flags);
    struct su_segment seg = {
        .time_ns = run->start_ns + row->us * INT64_C(1000),
        .payload_octets = row->len,
        .flags = flags,
        .from = (uint8_t)((row->from == 's') ^ run->client),
        .window = row->win ? row->win : WINDOW,
        .wscale = flags & SU_SYN ? WSCALE : SU_WSCALE_UNKNOWN,
        .checksum = row->bad ? SU_CHECKSUM_BAD : SU_CHECKSUM_GOOD,
        .tsval = row->tsval,
        .payload_head = {row->head, row->head ? 3 : 0},
    };

    if (row->closed)
        seg.window = 0;
    else if (flags & SU_SYN)
        seg.window = WINDOW << WSCALE; /* that of a SYN is not scaled */
    return seg;
}

static uint32_t seq_of(const struct su_timed_run *run, const struct su_timed_row *row)
{
    unsigned host = row->from == 's';

    if (flags_of(row->flags) & SU_SYN)
        return run->isn[host];
    return row->seq ? run->isn[host] + row->seq : run->next[host] - row->keepalive;
}

static struct su_segment make(struct su_timed_run *run, const struct su_timed_case *test,
                              const struct su_timed_row *row)
{
    unsigned host = row->from == 's';
    uint32_t away = row->far ? 0x70000000 : 0;
    struct su_segment seg = draft(run, row);
    uint32_t end = seq_of(run, row) + row->len + ((seg.flags & (SU_SYN | SU_FIN)) != 0);

    seg.seq = seq_of(run, row) + away;
    if (seg.flags & SU_ACK)
        seg.ack = (row->ack ? run->isn[!host] + row->ack : run->next[!host]) + away;
    seg.ip_id = row->id ? row->id : next_id(run, test, host);
    if (!row->far && !row->bad && (int32_t)(end - run->next[host]) > 0)
        run->next[host] = end;
    return seg;
}

static void play_row(struct su_timed_run *run, const struct su_timed_case *test,
                     const struct su_timed_row *row, bool doubled)
{
    struct su_segment seg = make(run, test, row);
    struct su_moment spare;

    if (row->lost)
        return;
    feed(run, test, &seg,
         row >= test->rows && row < test->rows + SU_TIMED_ROWS ? &run->moments[row - test->rows]
                                                               : &spare);
    if (!doubled)
        return;
    seg.time_ns += COPY_US * INT64_C(1000);
    feed(run, test, &seg, &spare);
}

static void shake_hands(struct su_timed_run *run, const struct su_timed_case *test, bool doubled)
{
    bool given = test->syn_rtt_us != 0 || test->ack_rtt_us != 0;
    int32_t syn = given ? test->syn_rtt_us : 20000;
    int32_t ack = given ? test->ack_rtt_us : 100;
    const struct su_timed_row rows[] = {
        {.us = -syn - ack, .from = 'c', .flags = "S"},
        {.us = -ack,                .from = 's',                  .flags = "SA"},
        {.us = 0,   .from = 'c'},
    };

    for (int i = 0; i < 3; i++)
        play_row(run, test, &rows[i], doubled);
}

void su_timed_play(const struct su_timed_case *test, enum su_timed_mode mode,
                   struct su_timed_run *run)
{
    static const uint16_t ports[2] = {40000, 80};
    bool doubled = mode == SU_TIMED_DOUBLED;
    bool wrap = mode == SU_TIMED_WRAP;

    memset(run, 0, sizeof(*run));
    run->client = mode == SU_TIMED_SWAPPED;
    run->start_ns = INT64_C(1800000000) * SU_NS_PER_S;
    run->policy = (struct su_policy){.syn_timeout_ns = 3 * SU_NS_PER_S,
                                     .time_wait_ns = 60 * SU_NS_PER_S,
                                     .gap_threshold_ns = test->threshold_ns,
                                     .checksum = SU_CHECKSUM_POLICY_ALL,
                                     .strict_rst = true,
                                     .icmp = true};
    run->isn[0] = run->next[0] = wrap ? 0xFFFFFFF0 : 100000000;
    run->isn[1] = run->next[1] = wrap ? 0xFFFFFE00 : 2500000000;
    run->id[0] = wrap ? 0xFFFA : 1000;
    run->id[1] = wrap ? 0xFFFC : 31000;
    su_conn_init(&run->conn, (const uint16_t[2]){ports[run->client], ports[!run->client]});
    if (test->midstream)
        run->next[0]++, run->next[1]++;
    else if (!test->own_handshake)
        shake_hands(run, test, doubled);
    for (unsigned i = 0; i < SU_TIMED_ROWS && test->rows[i].from; i++)
        play_row(run, test, &test->rows[i], doubled);
    run->count = run->finished;
    if (run->timed)
        run->count += su_timing_peek(&run->timing, &run->conn, &run->exchanges[run->count]);
}

const struct su_gap *su_timed_gap(const struct su_timed_run *run, char from)
{
    return &run->timing.gap[(from == 's') ^ run->client];
}
