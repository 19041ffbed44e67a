/* engine.c: nanoseconds that su_pair_feed() takes for one segment.
 * 40,000 HTTP-like connections of eleven segments, in three orders: see there. bench/instructions
 * counts instructions instead, which come out the same on every run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/pair.h"

enum { CONNECTIONS = 40000, STEPS = 11, SEGMENTS = CONNECTIONS * STEPS, MAX_ROUNDS = 1000 };

/** One segment of the script; numbers are relative to the initial ones. */
struct step {
    uint8_t from, flags;
    uint32_t seq, ack, octets;
};

/* clang-format off */
static const struct step script[STEPS] = {
    { 0, SU_SYN,                    0,    0,    0 },
    { 1, SU_SYN | SU_ACK,           0,    1,    0 },
    { 0, SU_ACK,                    1,    1,    0 },
    { 0, SU_PSH | SU_ACK,           1,    1,   81 },
    { 1, SU_ACK,                    1,   82,    0 },
    { 1, SU_PSH | SU_ACK,           1,   82, 1448 },
    { 1, SU_PSH | SU_FIN | SU_ACK, 1449, 82, 1200 },
    { 0, SU_ACK,                   82, 1449,    0 },
    { 0, SU_ACK,                   82, 2650,    0 },
    { 0, SU_FIN | SU_ACK,          82, 2650,    0 },
    { 1, SU_ACK,                 2650,   83,    0 },
};
/* clang-format on */

struct event {
    struct su_segment segment;
    uint32_t connection;
};

/** A connection as the plugin keeps it. */
struct flow {
    uint8_t other[16];
    struct su_conn conn;
};

struct bench {
    struct event *events;
    struct su_pair *pairs;
    struct flow *flows;
    size_t used;
    struct su_ending *endings;
    size_t endings_used;
    struct su_policy policy;
};

static struct su_conn *new_conn(void *user, struct su_pair *pair)
{
    struct bench *bench = user;
    struct su_conn *conn = &bench->flows[bench->used++].conn;
    const uint16_t ports[2] = {(uint16_t)(1024 + (pair - bench->pairs)), 80};

    su_conn_init(conn, ports);
    return conn;
}

static struct su_ending *new_ending(void *user)
{
    struct bench *bench = user;

    return &bench->endings[bench->endings_used++];
}

static struct su_odd *new_odd(void *user)
{
    (void)user;
    fputs("engine-bench: nothing odd should happen in the script\n", stderr);
    exit(1);
}

static struct su_hold *new_hold(void *user)
{
    (void)user;
    fputs("engine-bench: no segment of the script should have to wait\n", stderr);
    exit(1);
}

static void moved(void *user, uint32_t frame, struct su_conn *conn, uint8_t states)
{
    (void)user;
    (void)frame;
    (void)conn;
    (void)states;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static struct su_segment segment_of(uint32_t connection, const struct step *step, uint32_t index)
{
    const uint32_t first[2] = {connection * 2654435761u, connection * 40503u + 77u};

    return (struct su_segment){
        .time_ns = INT64_C(1600000000) * SU_NS_PER_S + (int64_t)index * 5000,
        .frame = index + 1,
        .seq = first[step->from] + step->seq,
        .ack = (step->flags & SU_ACK) != 0 ? first[!step->from] + step->ack : 0,
        .payload_octets = step->octets,
        .window = 64240,
        .ip_id = (uint16_t)index,
        .flags = step->flags,
        .from = step->from,
        .wscale = (step->flags & SU_SYN) != 0 ? 7 : 0,
    };
}

/** In which order segments come. Each turn is a random connection's, of those that are open. */
struct order {
    const char *name, *meaning;
    uint32_t open;     /* so many connections are open at any time */
    uint32_t turn_min; /* segments it sends in one turn */
    uint32_t turn_max;
};

static const struct order orders[] = {
    {"near",   "100 open, as a load generator keeps them",                       100,         1, 1},
    {"turns",  "all open, each turn 2 to 4 segments, as requests and responses", CONNECTIONS, 2, 4},
    {"random", "all open, each segment of another: no network does this",        CONNECTIONS, 1, 1},
};

enum { ORDERS = sizeof orders / sizeof orders[0] };

/** A capture in that order. */
static void compose(struct bench *bench, const struct order *order)
{
    uint32_t open = order->open;
    uint32_t *active = calloc(open, sizeof *active);
    uint8_t *done = calloc(CONNECTIONS, sizeof *done);
    uint32_t started = open;
    uint32_t random = 1;
    uint32_t slot = 0;
    uint32_t left = 0;

    if (active == NULL || done == NULL)
        abort();
    for (uint32_t i = 0; i < open; i++)
        active[i] = i;
    for (uint32_t index = 0; index < SEGMENTS; index++) {
        uint32_t connection;

        if (left == 0) {
            slot = next_random(&random) % open;
            left = order->turn_min + next_random(&random) % (order->turn_max - order->turn_min + 1);
        }
        left--;
        connection = active[slot];
        bench->events[index] = (struct event){
            .segment = segment_of(connection, &script[done[connection]], index),
            .connection = connection,
        };
        if (++done[connection] < STEPS)
            continue;
        left = 0;
        active[slot] = started < CONNECTIONS ? started++ : active[--open];
    }
    free(active);
    free(done);
}

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* other programs may run as well */
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void reset(struct bench *bench)
{
    memset(bench->flows, 0, CONNECTIONS * sizeof *bench->flows);
    memset(bench->endings, 0, CONNECTIONS * sizeof *bench->endings);
    memset(bench->pairs, 0, CONNECTIONS * sizeof *bench->pairs);
    bench->used = bench->endings_used = 0;
}

/** What is measured; bench/instructions knows it by name. */
__attribute__((noinline)) static void feed_segments(struct bench *bench)
{
    const struct su_pair_ops ops = {
        .new_conn = new_conn,
        .new_hold = new_hold,
        .moved = moved,
        .user = bench,
        .parts = {new_ending, new_odd, bench},
    };

    for (uint32_t i = 0; i < SEGMENTS; i++) {
        const struct event *event = &bench->events[i];

        su_pair_feed(&bench->pairs[event->connection], &event->segment, &bench->policy, &ops);
    }
}

/** Feeds the whole capture once; nanoseconds a segment. */
static double feed(struct bench *bench)
{
    double start;

    reset(bench);
    start = now_ns();
    feed_segments(bench);
    return (now_ns() - start) / SEGMENTS;
}

/** The figures mean nothing if the engine did not do its work. */
static void must_be_closed(const struct bench *bench)
{
    const int64_t end_ns = bench->events[SEGMENTS - 1].segment.time_ns;

    for (uint32_t i = 0; i < CONNECTIONS; i++) {
        struct su_view view;

        su_conn_view(bench->pairs[i].conn, &bench->policy, end_ns, &view);
        if (bench->used != CONNECTIONS || view.handshake != SU_HANDSHAKE_COMPLETE ||
            view.close != SU_CLOSE_FIN) {
            fprintf(stderr, "engine-bench: connection %u did not complete and close\n", i);
            exit(1);
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

static void measure(struct bench *bench, const struct order *order, unsigned rounds)
{
    static double results[MAX_ROUNDS];

    compose(bench, order);
    feed(bench);
    must_be_closed(bench);
    for (unsigned i = 0; i < rounds; i++)
        results[i] = feed(bench);
    qsort(results, rounds, sizeof results[0], by_size);
    printf("| %s: %s | %.1f | %.1f to %.1f |\n", order->name, order->meaning, results[rounds / 2],
           results[0], results[rounds - 1]);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 15;
    const char *only = argc > 2 ? argv[2] : NULL;

    if (rounds == 0 || rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: engine-bench [rounds, 1 to %d [order]]\n", MAX_ROUNDS);
        return 2;
    }
    bench.events = calloc(SEGMENTS, sizeof *bench.events);
    bench.pairs = calloc(CONNECTIONS, sizeof *bench.pairs);
    bench.flows = aligned_alloc(SU_CACHE_LINE, CONNECTIONS * sizeof *bench.flows);
    bench.endings = calloc(CONNECTIONS, sizeof *bench.endings);
    if (bench.events == NULL || bench.pairs == NULL || bench.flows == NULL || bench.endings == NULL)
        return 1;
    bench.policy.syn_timeout_ns = 3 * SU_NS_PER_S;
    bench.policy.time_wait_ns = 60 * SU_NS_PER_S;
    bench.policy.strict_rst = true;

    printf("%d segments of %d connections; a connection takes %zu + %zu octets\n\n", SEGMENTS,
           CONNECTIONS, sizeof(struct su_conn), sizeof(struct su_pair));
    printf("| order | ns a segment | spread of %u rounds |\n|---|---|---|\n", rounds);
    for (int i = 0; i < ORDERS; i++) {
        if (!only || strcmp(only, orders[i].name) == 0)
            measure(&bench, &orders[i], rounds);
    }
    free(bench.events);
    free(bench.pairs);
    free(bench.flows);
    free(bench.endings);
    return 0;
}
