/* test_random.c: random conversations, each played in all modes; nothing that is no matter of
 * numbers, sides or copies may change a verdict. A failing conversation is printed as a script.
 * Usage: test_random [rounds [first seed]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/words.h"
#include "player.h"

enum { MAX_VIEWS = 16, ROUNDS = 1500, SHOWN = 3 };

static uint32_t rounds = ROUNDS;
static uint32_t first_seed = 1;

/* xorshift32: the same conversations on every machine. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return (*seed >> 3) % below;
}

/* ---- conversations ---- */

static const char *const openings[] = {
    "c S\ns SA\nc A\n", "c S\ns SA\nc A\n", "c S\ns SA\nc A\n",       "c S ws=7\ns SA ws=7\nc A\n",
    "c PA len=10\n",    "c S drop\ns SA\n", "c S\ns S\nc SA\ns SA\n", "c S\n", /* last: see below */
};

static const char *const moves[] = {
    "c A\n",
    "s A\n",
    "c PA len=100\n",
    "s PA len=200\n",
    "c PA len=100 lost\n",
    "s PA len=200 drop\n",
    "c PA len=100 seq=-100\n",
    "c PA len=100 seq=+100\n",
    "c A seq=-1 t=+30s\n",
    "s A win=0\n",
    "s A ack=-1\n",
    "c FA\n",
    "s FA\n",
    "c FA lost\n",
    "s FA lost t=+200ms\n",
    "s FA ack=-1\n",
    "c FPA len=20\n",
    "c RA\n",
    "s R seq=@ack\n",
    "c R seq=+1000 forged\n",
    "s R seq=+900000 forged\n",
    "s FA seq=+900000 forged\n",
    "c S\n",
    "s SA\n",
    "s SA t=+1s\n",
    "c S t=+1s\n",
    "c S isn=+70001 t=+5s\n",
    "s S isn=+50001 t=+5s\n",
    "s SA\nc A\n",
    "c SA\ns A\n",
    "c R seq=@ack\n",
    "icmp 3/1 of c\n",
    "icmp 3/3 of c\n",
    "icmp 11/0 of s\n",
    "now +61s\n",
    "c FRA\n",
    "s SF\n",
    "c -\n",
    "s RA\n", /* the last two: see below */
    "s RA new\n",
};

/* A refusal has the sequence number 0, which is far away from the hosts' numbers unless those wrap:
 * then it means something else, and what may bring a refusal is left out. */
static struct su_script *converse(uint32_t seed, bool wraps, struct su_text *text,
                                  struct su_text *errors)
{
    uint32_t length = 3 + draw(&seed, 14);
    uint32_t opening_count = sizeof(openings) / sizeof(openings[0]) - wraps;
    uint32_t move_count = sizeof(moves) / sizeof(moves[0]) - 2 * wraps;

    su_text_add(text, "%s", openings[draw(&seed, opening_count)]);
    for (uint32_t i = 0; i < length; i++)
        su_text_add(text, "%s", moves[draw(&seed, move_count)]);
    su_text_add(text, "expect last_conn!=99\n");
    return su_script_parse("random", su_text_get(text), errors);
}

/* ---- comparison ---- */

struct played {
    struct su_view views[MAX_VIEWS];
    size_t count;
};

static void compare_number(const char *what, size_t conn, const uint32_t values[2],
                           struct su_text *errors)
{
    if (values[0] != values[1])
        su_text_add(errors, "connection %zu: %s is %u, plain %u\n", conn + 1, what, values[1],
                    values[0]);
}

static void compare_word(const char *what, size_t conn, const char *const words[2],
                         struct su_text *errors)
{
    if (strcmp(words[0], words[1]) != 0)
        su_text_add(errors, "connection %zu: %s is '%s', plain '%s'\n", conn + 1, what, words[1],
                    words[0]);
}

#define NUMBER(member) compare_number(#member, i, (const uint32_t[2]){a->member, b->member}, errors)
#define WORD(member, table)                                                                        \
    compare_word(#member, i, (const char *const[2]){table[a->member], table[b->member]}, errors)

static void compare_words(size_t i, const struct su_view *a, const struct su_view *b,
                          struct su_text *errors)
{
    WORD(client.state, su_state_words);
    WORD(server.state, su_state_words);
    WORD(role_source, su_role_source_words);
    WORD(handshake, su_handshake_words);
    WORD(close, su_close_words);
    WORD(close_by, su_role_words);
    WORD(rst_by, su_role_words);
    WORD(rst_class, su_rst_class_words);
    WORD(outcome, su_outcome_words);
    WORD(conn_state, su_conn_state_words);
    NUMBER(client.port);
    NUMBER(dup_syn);
    NUMBER(dup_synack);
    NUMBER(dup_fin);
    NUMBER(linger);
    NUMBER(rtt_ambiguous);
}

/* What a second copy of a segment may change, but neither numbers nor sides. */
static void compare_rest(size_t i, const struct su_view *a, const struct su_view *b,
                         struct su_text *errors)
{
    NUMBER(rst_invalid);
    NUMBER(rst_ignored);
    NUMBER(fin_invalid);
    NUMBER(icmp_stale);
    NUMBER(icmp_errors);
    NUMBER(syn_challenged);
    NUMBER(fin_moved);
    NUMBER(data_after_fin);
    NUMBER(client.packets);
    NUMBER(client.retransmits);
    NUMBER(client.reordered);
    NUMBER(server.retransmits);
    NUMBER(server.reordered);
    NUMBER(syn_frame);
    NUMBER(fin_frame);
    NUMBER(rst_frame);
    compare_word("history", i, (const char *const[2]){a->history, b->history}, errors);
}

static void compare(const struct played *plain, const struct played *other,
                    enum su_script_mode mode, struct su_text *errors)
{
    if (plain->count != other->count) {
        su_text_add(errors, "%zu connections, plain %zu\n", other->count, plain->count);
        return;
    }
    for (size_t i = 0; i < plain->count && i < MAX_VIEWS; i++) {
        compare_words(i, &plain->views[i], &other->views[i], errors);
        if (mode != SU_MODE_DOUBLED)
            compare_rest(i, &plain->views[i], &other->views[i], errors);
    }
}

static bool play_all(const struct su_script *script, enum su_script_mode mode,
                     struct su_text *errors)
{
    static struct played plain;
    static struct played other;

    plain.count = su_play_views(script, SU_MODE_PLAIN, errors, plain.views, MAX_VIEWS);
    if (mode == SU_MODE_PLAIN)
        return errors->length == 0;
    errors->length = 0; /* what is wrong with the plain one is told by the plain test */
    other.count = su_play_views(script, mode, errors, other.views, MAX_VIEWS);
    compare(&plain, &other, mode, errors);
    return errors->length == 0;
}

static void test_mode(void **state)
{
    enum su_script_mode mode = *(const enum su_script_mode *)*state;
    bool wraps = mode == SU_MODE_WRAP || mode == SU_MODE_WRAP_LATER;
    unsigned failed = 0;

    for (uint32_t seed = first_seed; seed < first_seed + rounds; seed++) {
        struct su_text text = {0};
        struct su_text errors = {0};
        struct su_script *script = converse(seed * 2654435761u | 1, wraps, &text, &errors);
        assert_non_null(script);
        if (!play_all(script, mode, &errors) && failed++ < SHOWN)
            print_error("# seed %u, %s\n%s%s\n", seed, su_script_mode_words[mode],
                        su_text_get(&text), su_text_get(&errors));
        su_script_free(script);
        su_text_free(&text);
        su_text_free(&errors);
    }
    if (failed)
        fail_msg("%u of %u conversations", failed, rounds);
}

int main(int argc, char **argv)
{
    static enum su_script_mode modes[SU_MODE_COUNT];
    struct CMUnitTest tests[SU_MODE_COUNT];

    if (argc > 1)
        rounds = (uint32_t)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = (uint32_t)strtoul(argv[2], NULL, 10);
    for (int mode = 0; mode < SU_MODE_COUNT; mode++) {
        modes[mode] = (enum su_script_mode)mode;
        tests[mode] = (struct CMUnitTest){.name = su_script_mode_words[mode],
                                          .test_func = test_mode,
                                          .initial_state = &modes[mode]};
    }
    return _cmocka_run_group_tests("random", tests, SU_MODE_COUNT, NULL, NULL);
}
