/* player.c: see player.h.
 * Does what the adapter does: owns memory, numbers frames, remembers whose frame was whose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "player.h"

#include <stdlib.h>
#include <string.h>

#include "engine/pair.h"
#include "expect.h"
#include "hosts.h"
#include "invariants.h"
#include "parts.h"

enum { MAX_CONNS = 64 };

struct player {
    const struct su_script *script;
    struct su_text *errors;
    enum su_script_mode mode;
    unsigned line;
    struct su_pair pair;
    struct su_pair_ops ops;
    uint16_t port[2];
    struct su_host host[2];
    struct su_conn *conns[MAX_CONNS]; /* owned */
    struct su_view before[MAX_CONNS];
    uint32_t changes[MAX_CONNS];
    unsigned count;
    struct su_hold *hold;    /* owned */
    struct su_conn **frames; /* owned: the connection of each frame, index 0 unused */
    uint32_t frame_count;
    int64_t start_ns, now_ns;
};

static void complain(struct player *player, const char *what)
{
    su_text_add(player->errors, "%s:%u: [%s] %s\n", player->script->name, player->line,
                su_script_mode_words[player->mode], what);
}

static struct su_conn *new_conn(void *user, struct su_pair *pair)
{
    struct player *player = user;
    struct su_conn *conn = calloc(1, sizeof(*conn));

    if (!conn || player->count == MAX_CONNS)
        abort();
    (void)pair;
    su_conn_init(conn, player->port);
    conn->index = player->count;
    player->conns[player->count++] = conn;
    return conn;
}

static struct su_hold *new_hold(void *user)
{
    struct player *player = user;

    if (player->hold)
        complain(player, "a second hold was asked for");
    else
        player->hold = calloc(1, sizeof(*player->hold));
    return player->hold;
}

static void moved(void *user, uint32_t frame, struct su_conn *conn, uint8_t states)
{
    struct player *player = user;

    (void)states;
    if (frame == 0 || frame > player->frame_count)
        complain(player, "a frame was moved that never was fed");
    else
        player->frames[frame] = conn;
}

static uint32_t new_frame(struct player *player)
{
    struct su_conn **grown =
        realloc(player->frames, (player->frame_count + 2) * sizeof(struct su_conn *));

    if (!grown)
        abort();
    player->frames = grown;
    player->frames[++player->frame_count] = NULL;
    return player->frame_count;
}

static unsigned number_of(const struct player *player, const struct su_conn *conn)
{
    for (unsigned i = 0; i < player->count; i++) {
        if (player->conns[i] == conn)
            return i + 1;
    }
    return 0;
}

/* ---- feeding ---- */

static void watch(struct player *player)
{
    for (unsigned i = 0; i < player->count; i++) {
        su_conn_view(player->conns[i], &player->script->policy, player->now_ns, &player->before[i]);
        player->changes[i] = player->conns[i]->changes;
    }
}

static void check(struct player *player, unsigned watched)
{
    struct su_view view;

    for (unsigned i = 0; i < player->count; i++) {
        const struct su_conn *conn = player->conns[i];
        su_conn_view(conn, &player->script->policy, player->now_ns, &view);
        const char *wrong = su_invariant_of_view(&view);
        if (!wrong && i < watched)
            wrong = su_invariant_of_step(&player->before[i], &view,
                                         conn->changes != player->changes[i]);
        if (wrong)
            complain(player, wrong);
    }
}

static uint8_t side_of(const struct player *player, uint8_t host)
{
    return player->script->self ? 0 : host ^ (player->mode == SU_MODE_SWAPPED);
}

static void feed_once(struct player *player, struct su_segment *segment)
{
    unsigned watched = player->count;

    watch(player);
    segment->frame = new_frame(player);
    struct su_conn *conn =
        su_pair_feed(&player->pair, segment, &player->script->policy, &player->ops);
    if (!number_of(player, conn))
        complain(player, "the segment belongs to no connection");
    if (!number_of(player, player->pair.conn))
        complain(player, "the pair has no connection");
    if (!player->frames[segment->frame])
        player->frames[segment->frame] = conn;
    check(player, watched);
}

static void feed(struct player *player, struct su_segment *segment)
{
    feed_once(player, segment);
    if (player->mode == SU_MODE_DOUBLED)
        feed_once(player, segment);
}

static void feed_icmp(struct player *player, struct su_icmp_error *error)
{
    for (int copies = player->mode == SU_MODE_DOUBLED ? 2 : 1; copies > 0; copies--) {
        unsigned watched = player->count;
        watch(player);
        error->frame = new_frame(player);
        struct su_conn *conn =
            su_pair_feed_icmp(&player->pair, error, &player->script->policy, &su_test_parts);
        if (conn && !number_of(player, conn))
            complain(player, "the ICMP error belongs to an unknown connection");
        player->frames[error->frame] = conn;
        check(player, watched);
    }
}

/* ---- steps ---- */

static void advance(struct player *player, const struct su_step *step)
{
    player->now_ns = (step->time_absolute ? player->start_ns : player->now_ns) + step->time_ns;
}

static void play_copy(struct player *player, const struct su_step *step, struct su_host *host)
{
    if (!host->has_last || host->last.flags != step->segment.flags) {
        complain(player, "there is no such segment to be copied");
        return;
    }
    host->last.time_ns = player->now_ns;
    feed(player, &host->last);
}

static void play_segment(struct player *player, const struct su_step *step)
{
    const struct su_step_segment *plan = &step->segment;
    struct su_host *me = &player->host[plan->host];
    struct su_host *peer = player->script->self ? me : &player->host[!plan->host];
    struct su_segment segment;

    advance(player, step);
    if (plan->dup) {
        play_copy(player, step, me);
        return;
    }
    su_host_send(me, peer, plan, &segment);
    segment.time_ns = player->now_ns;
    segment.from = side_of(player, plan->host);
    if (player->script->v6)
        segment.ip_id = 0;
    if (plan->drop)
        return;
    me->last = segment;
    me->has_last = true;
    feed(player, &segment);
}

static void play_icmp(struct player *player, const struct su_step *step)
{
    const struct su_host *host = &player->host[step->icmp.host];
    struct su_icmp_error error = {
        .quoted_seq = su_host_quoted(host, &step->icmp.seq),
        .from = side_of(player, step->icmp.host),
        .type = step->icmp.type,
        .code = step->icmp.code,
        .v6 = step->icmp.v6,
    };

    advance(player, step);
    error.time_ns = player->now_ns;
    feed_icmp(player, &error);
}

static void describe(const struct player *player, const struct su_conn *conn,
                     struct su_expect_context *context)
{
    su_conn_view(conn, &player->script->policy, player->now_ns, &context->view);
    context->conn = number_of(player, conn);
    context->client_is_s = conn->client != side_of(player, SU_HOST_C);
}

static void hold_against(struct player *player, const struct su_demand *demand,
                         const struct su_expect_context *context)
{
    struct su_text got = {0};
    bool holds = su_expect_holds(demand->key, demand->value, context, &got);

    if (holds == demand->negate)
        su_text_add(player->errors, "%s:%u: [%s] connection %u: %s %s %s, got %s\n",
                    player->script->name, player->line, su_script_mode_words[player->mode],
                    context->conn, su_expect_name(demand->key),
                    demand->negate ? "must not be" : "should be", demand->value,
                    holds ? "it" : su_text_get(&got));
    su_text_free(&got);
}

static void play_expect(struct player *player, const struct su_step_expect *expect)
{
    struct su_expect_context context = {.conns = player->count,
                                        .doubled = player->mode == SU_MODE_DOUBLED};

    if (!player->pair.conn) {
        complain(player, "there is no connection yet");
        return;
    }
    context.last_conn = number_of(player, player->frames[player->frame_count]);
    describe(player, player->pair.conn, &context);
    for (size_t i = 0; i < expect->count; i++) {
        const struct su_demand *demand = &expect->demands[i];
        unsigned long which = strtoul(demand->value, NULL, 10);
        if (!su_expect_selects(demand->key))
            hold_against(player, demand, &context);
        else if (which >= 1 && which <= player->count)
            describe(player, player->conns[which - 1], &context);
        else
            complain(player, "there is no connection of this number");
    }
}

static void play_step(struct player *player, const struct su_step *step)
{
    player->line = step->line;
    switch (step->kind) {
    case SU_STEP_SEGMENT:
        play_segment(player, step);
        return;
    case SU_STEP_ICMP:
        play_icmp(player, step);
        return;
    case SU_STEP_NOW:
        advance(player, step);
        return;
    case SU_STEP_EXPECT:
        play_expect(player, &step->expect);
        return;
    }
}

static void seat_hosts(struct player *player)
{
    /* First numbers of host c and host s, at both of which SYN, FIN and data once wrap. */
    static const uint32_t isns[SU_MODE_COUNT][2] = {
        [SU_MODE_PLAIN] = {100000000,  2500000000},
        [SU_MODE_WRAP] = {0xFFFFFFFF, 0xFFFFFFFE},
        [SU_MODE_WRAP_LATER] = {0xFFFFFFCD, 0xFFFFFFFF},
        [SU_MODE_SWAPPED] = {100000000,  2500000000},
        [SU_MODE_DOUBLED] = {100000000,  2500000000},
    };

    su_host_init(&player->host[SU_HOST_C], isns[player->mode][SU_HOST_C], 1000);
    su_host_init(&player->host[SU_HOST_S], isns[player->mode][SU_HOST_S], 31000);
}

/* The frames that prove a connection's verdicts must be its own, also after frames were moved. */
static void check_owners(struct player *player)
{
    for (unsigned i = 0; i < player->count; i++) {
        const struct su_conn *conn = player->conns[i];
        const uint32_t proofs[] = {conn->first_frame,
                                   conn->syn_frame,
                                   conn->synack_frame,
                                   conn->ack_frame,
                                   su_conn_ending(conn)->fin_frame,
                                   su_conn_ending(conn)->rst_frame};
        for (size_t k = 0; k < sizeof(proofs) / sizeof(proofs[0]); k++) {
            if (proofs[k] && player->frames[proofs[k]] != conn)
                complain(player, "a frame that proves something belongs to another connection");
        }
    }
}

static void start(struct player *player)
{
    const uint8_t c = side_of(player, SU_HOST_C);

    player->start_ns = player->now_ns = INT64_C(1800000000) * SU_NS_PER_S;
    player->ops = (struct su_pair_ops){new_conn, new_hold,      moved,
                                       player,   su_test_parts, player->script->self};
    player->port[c] = player->script->port[SU_HOST_C];
    player->port[!c] = player->script->port[SU_HOST_S];
    seat_hosts(player);
}

static void finish(struct player *player)
{
    for (unsigned i = 0; i < player->count; i++)
        free(player->conns[i]);
    free(player->hold);
    free(player->frames);
}

size_t su_play_views(const struct su_script *script, enum su_script_mode mode,
                     struct su_text *errors, struct su_view *views, size_t max)
{
    struct player player = {.script = script, .errors = errors, .mode = mode};

    start(&player);
    for (size_t i = 0; i < script->count; i++)
        play_step(&player, &script->steps[i]);
    check_owners(&player);
    for (size_t i = 0; i < player.count && i < max; i++)
        su_conn_view(player.conns[i], &script->policy, player.now_ns, &views[i]);
    finish(&player);
    return player.count;
}

void su_play(const struct su_script *script, enum su_script_mode mode, struct su_text *errors)
{
    su_play_views(script, mode, errors, NULL, 0);
}
