/* fuzz_engine.c: bytes become segments and ICMP errors on one pair of sockets; whatever they are,
 * the engine must survive them and keep to what is true of every connection
 * (tests/engine/invariants.h). libFuzzer: link with -fsanitize=fuzzer. By itself: compile with
 * -DSU_FUZZ_MAIN; then "fuzz_engine [segments [seed]]" makes a pseudo-random run, the same on every
 * machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/invariants.h"
#include "engine/pair.h"

enum { RECORD_OCTETS = 8, RING = 8 };

/* How the octets of a record are used. */
enum { AT_MODES = 0, AT_FLAGS, AT_SEQ, AT_SEQ_LOW, AT_ACK, AT_LENGTH, AT_WINDOW, AT_TIME };

struct world {
    struct su_policy policy;
    struct su_pair pair;
    struct su_pair_ops ops;
    uint16_t port[2];
    struct su_hold hold;
    struct su_conn ring[RING];          /* the youngest connections ... */
    struct su_ending endings[2 * RING]; /* ... and their parts */
    struct su_odd odds[2 * RING];
    unsigned made, endings_made, odds_made;
    uint32_t nxt[2];
    struct su_segment last[2];
    int64_t time_ns;
    uint32_t frame;
    const char *wrong;
};

static struct su_conn *new_conn(void *user, struct su_pair *pair)
{
    struct world *world = user;
    struct su_conn *conn = &world->ring[world->made++ % RING];

    (void)pair;
    memset(conn, 0, sizeof(*conn));
    su_conn_init(conn, world->port);
    return conn;
}

/* The parts of connections that nobody looks at any more come again. */
static struct su_ending *new_ending(void *user)
{
    struct world *world = user;
    struct su_ending *ending = &world->endings[world->endings_made++ % (2 * RING)];

    memset(ending, 0, sizeof(*ending));
    return ending;
}

static struct su_odd *new_odd(void *user)
{
    struct world *world = user;
    struct su_odd *odd = &world->odds[world->odds_made++ % (2 * RING)];

    memset(odd, 0, sizeof(*odd));
    return odd;
}

static struct su_hold *new_hold(void *user)
{
    return &((struct world *)user)->hold;
}

static void moved(void *user, uint32_t frame, struct su_conn *conn, uint8_t states)
{
    struct world *world = user;

    (void)states;
    if (frame == 0 || frame > world->frame || !conn)
        world->wrong = "a frame was moved that never was fed";
}

/* ---- records to segments ---- */

/* Mostly what TCP sends; the rest is whatever the octet says. */
static uint8_t flags_of(uint8_t octet)
{
    static const uint8_t usual[] = {
        SU_SYN,          SU_SYN | SU_ACK, SU_ACK, SU_ACK,          SU_ACK | SU_PSH, SU_ACK | SU_PSH,
        SU_FIN | SU_ACK, SU_FIN | SU_ACK, SU_RST, SU_RST | SU_ACK, SU_SYN,          SU_ACK,
    };

    if (octet >= 0xF0)
        return octet & 0x3F;
    return usual[octet % sizeof(usual)];
}

static uint32_t number_of(uint32_t base, unsigned mode, uint8_t high, uint8_t low)
{
    int32_t small = low - 128;

    if (mode == 0)
        return base;
    if (mode == 1)
        return base + (uint32_t)small;
    if (mode == 2)
        return base + (uint32_t)small * 500;
    return (uint32_t)high << 24 | (uint32_t)low << 12;
}

static uint32_t length_of(uint8_t octet)
{
    static const uint32_t lengths[] = {0, 0, 0, 1, 100, 1448, 65160, 0};

    return lengths[octet % 8];
}

static void advance(struct world *world, uint8_t octet)
{
    static const int64_t steps_us[] = {1, 40, 1000, 250000, 1000000, 61000000, -3000000, 0};

    world->time_ns += steps_us[octet % 8] * 1000;
    world->frame++;
}

static void make_segment(struct world *world, const uint8_t *record, struct su_segment *segment)
{
    uint8_t from = record[AT_MODES] & 1;
    unsigned seq_mode = record[AT_MODES] >> 1 & 3;
    unsigned ack_mode = record[AT_MODES] >> 3 & 3;
    uint8_t flags = flags_of(record[AT_FLAGS]);
    uint32_t *nxt = &world->nxt[from];

    memset(segment, 0, sizeof(*segment));
    segment->from = from;
    segment->flags = flags;
    segment->seq = number_of(*nxt, seq_mode, record[AT_SEQ], record[AT_SEQ_LOW]);
    segment->ack =
        flags & SU_ACK ? number_of(world->nxt[!from], ack_mode, record[AT_SEQ], record[AT_ACK]) : 0;
    segment->payload_octets = length_of(record[AT_LENGTH]);
    segment->window = (uint16_t)(record[AT_WINDOW] << 8);
    segment->wscale = record[AT_WINDOW] % 16;
    if (segment->wscale == 15)
        segment->wscale = record[AT_TIME] & 1 ? SU_WSCALE_ABSENT : SU_WSCALE_UNKNOWN;
    segment->checksum =
        record[AT_LENGTH] / 8 % 16 < 2 ? SU_CHECKSUM_BAD : record[AT_LENGTH] / 8 % 3;
    segment->ip_id = (uint16_t)world->frame;
    if (seq_mode <= 1)
        *nxt = segment->seq + segment->payload_octets + ((flags & SU_SYN) != 0) +
               ((flags & SU_FIN) != 0);
}

static void feed_segment(struct world *world, const uint8_t *record)
{
    uint8_t from = record[AT_MODES] & 1;
    bool copy = (record[AT_MODES] >> 5 & 3) == 1 && world->last[from].frame;
    struct su_segment segment = world->last[from];

    if (!copy)
        make_segment(world, record, &segment);
    segment.frame = world->frame;
    segment.time_ns = world->time_ns;
    world->last[from] = segment;
    if (!su_pair_feed(&world->pair, &segment, &world->policy, &world->ops))
        world->wrong = "the segment belongs to no connection";
    if (!world->pair.conn)
        world->wrong = "the pair has no connection";
}

static void feed_icmp(struct world *world, const uint8_t *record)
{
    struct su_icmp_error error = {.time_ns = world->time_ns, .frame = world->frame};

    error.from = record[AT_MODES] & 1;
    error.type = record[AT_FLAGS] % 16;
    error.code = record[AT_ACK] % 16;
    error.v6 = record[AT_ACK] & 0x80;
    error.quoted_seq = number_of(world->last[error.from].seq, record[AT_MODES] >> 1 & 3,
                                 record[AT_SEQ], record[AT_SEQ_LOW]);
    su_pair_feed_icmp(&world->pair, &error, &world->policy, &world->ops.parts);
}

/* ---- checks ---- */

static void play_record(struct world *world, const uint8_t *record)
{
    struct su_view before;
    struct su_view after;
    struct su_conn *conn = world->pair.conn;
    unsigned made = world->made;

    advance(world, record[AT_TIME]);
    if (conn)
        su_conn_view(conn, &world->policy, world->time_ns, &before);
    uint32_t changes = conn ? conn->changes : 0;

    if ((record[AT_MODES] >> 5) == 7)
        feed_icmp(world, record);
    else
        feed_segment(world, record);

    if (conn && world->made - made < RING - 1) {
        su_conn_view(conn, &world->policy, world->time_ns, &after);
        if (!world->wrong)
            world->wrong = su_invariant_of_step(&before, &after, conn->changes != changes);
    }
    if (world->pair.conn) {
        su_conn_view(world->pair.conn, &world->policy, world->time_ns, &after);
        if (!world->wrong)
            world->wrong = su_invariant_of_view(&after);
    }
}

/* The first octets choose ports and policy. */
static void begin(struct world *world, const uint8_t *record)
{
    world->port[0] = record[0] & 1 ? 40000 : 80;
    world->port[1] = record[0] & 2 ? 40000 : 443;
    world->ops.same_socket = (record[0] & 0xF0) == 0xF0;
    if (world->ops.same_socket)
        world->port[1] = world->port[0];
    world->policy.syn_timeout_ns = 3 * SU_NS_PER_S;
    world->policy.time_wait_ns = 60 * SU_NS_PER_S;
    world->policy.fin_timeout_ns = record[1] & 1 ? 60 * SU_NS_PER_S : 0;
    world->policy.strict_rst = record[1] & 6;
    world->policy.icmp = record[1] & 24;
    world->policy.role = record[1] & 32 ? SU_ROLE_POLICY_PORT : SU_ROLE_POLICY_AUTO;
    world->policy.checksum = (enum su_checksum_policy)(record[2] % 3);
    su_policy_add_server_port(&world->policy, 80);
    su_policy_add_server_port(&world->policy, 443);
    world->nxt[0] = (uint32_t)record[3] << 24 | record[4];
    world->nxt[1] = record[5] & 1 ? UINT32_MAX - record[6] : (uint32_t)record[6] << 24;
    world->time_ns = INT64_C(1800000000) * SU_NS_PER_S;
}

/* Plays one input. NULL if all is well, else what is not. */
static const char *play(const uint8_t *data, size_t size)
{
    static struct world world;

    if (size < RECORD_OCTETS)
        return NULL;
    memset(&world, 0, sizeof(world));
    world.ops = (struct su_pair_ops){
        new_conn, new_hold, moved, &world, {new_ending, new_odd, &world},
            false
    };
    begin(&world, data);
    for (size_t at = RECORD_OCTETS; at + RECORD_OCTETS <= size && !world.wrong; at += RECORD_OCTETS)
        play_record(&world, data + at);
    return world.wrong;
}

/* NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *wrong = play(data, size);

    if (wrong) {
        fprintf(stderr, "fuzz_engine: %s\n", wrong);
        abort();
    }
    return 0;
}

#ifdef SU_FUZZ_MAIN

enum { SEGMENTS = 2000000, INPUT_RECORDS = 200 };

/* One input of INPUT_RECORDS records, the first of which is the beginning. */
static bool play_seed(uint64_t seed)
{
    static uint8_t data[RECORD_OCTETS * INPUT_RECORDS];
    uint64_t state = seed;

    for (size_t i = 0; i < sizeof(data); i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        data[i] = (uint8_t)(state >> 56);
    }
    const char *wrong = play(data, sizeof(data));
    if (wrong)
        fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, wrong);
    return !wrong;
}

int main(int argc, char **argv)
{
    unsigned long segments = argc > 1 ? strtoul(argv[1], NULL, 10) : SEGMENTS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    static const uint8_t zeros[4 * RECORD_OCTETS];

    for (size_t size = 0; size <= sizeof(zeros); size++)
        LLVMFuzzerTestOneInput(zeros, size);
    for (unsigned long done = 0; done < segments; done += INPUT_RECORDS - 1) {
        if (!play_seed(seed++))
            return EXIT_FAILURE;
    }
    printf("%lu segments fed\n", segments);
    return EXIT_SUCCESS;
}

#endif
