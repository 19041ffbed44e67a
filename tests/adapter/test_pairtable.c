/* test_pairtable.c: random additions and removals, held against a GHashTable after each step.
 * The keys meet each other: all want one of a few places at the end of the table, so that chains of
 * hundreds run on at its beginning, and some have the same hash altogether.
 * Usage: test_pairtable [steps [first seed]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "adapter/pairtable.h"

enum {
    STEPS = 6000,
    CANDIDATES = 200000, /* some of so many have the same hash of 32 bits */
    KEYS = 2000,         /* so many are there at a time at most: the table grows twice */
    FIRST_SLOTS = 1024,  /* and as many in each block of them */
    CROWD = 24,          /* places at its end that all keys want */
    LOOKS = 16,
    WHOLE_LOOK = 100, /* steps */
};

/** A kind of table. */
struct kind {
    const char *name;
    uint8_t end_words;
    bool lanes;
};

static const struct kind kinds[] = {
    {"IPv4",        SU_END_WORDS_V4, false},
    {"IPv4, lanes", SU_END_WORDS_V4, true },
    {"IPv6",        SU_END_WORDS_V6, false},
    {"IPv6, lanes", SU_END_WORDS_V6, true },
};

/** What a pair is expected to be. The owner's part of it holds `stamp`. */
struct model {
    uint64_t stamp;
    uint32_t number;
};

struct run {
    const struct kind *kind;
    struct su_pair_table table;
    GArray *keys;      /* struct su_pair_key */
    GHashTable *there; /* place in `keys` -> struct model * */
    uint64_t stamps;
    uint32_t seed;
};

static uint32_t steps = STEPS;
static uint32_t first_seed = 1;

/* xorshift32: the same on every machine. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return (*seed >> 3) % below;
}

/* ---- keys --------------------------------------------------------------------------------- */

static void set_up(const struct kind *kind, uint32_t seed, struct su_pair_table *table)
{
    su_pair_table_init(table, sizeof(uint64_t), kind->end_words, kind->lanes);
    table->seed = seed; /* it would be another one at every start */
}

static void draw_end(const struct kind *kind, uint32_t *seed, uint64_t *words)
{
    uint8_t octets = kind->end_words == SU_END_WORDS_V4 ? 4 : 16;
    uint8_t address[16];

    for (uint8_t i = 0; i < octets; i++)
        address[i] = (uint8_t)draw(seed, 256);
    su_pair_key_end(words, address, octets, (uint16_t)draw(seed, 65536));
}

static struct su_pair_key draw_key(const struct kind *kind, uint32_t *seed)
{
    struct su_pair_key key = {{0}};

    draw_end(kind, seed, key.words);
    draw_end(kind, seed, key.words + kind->end_words);
    if (kind->lanes)
        key.words[2 * kind->end_words] = (uint64_t)draw(seed, 3) << 32 | draw(seed, 3);
    return key;
}

static struct su_pair_key turned(const struct kind *kind, const struct su_pair_key *key)
{
    size_t octets = kind->end_words * sizeof(uint64_t);
    struct su_pair_key other = *key;

    memcpy(other.words, key->words + kind->end_words, octets);
    memcpy(other.words + kind->end_words, key->words, octets);
    return other;
}

/* The hash of the one pair in the table. */
static uint32_t only_hash(const struct su_pair_table *table)
{
    for (uint32_t block = 0; block <= table->mask / FIRST_SLOTS; block++) {
        for (uint32_t i = 0; i < FIRST_SLOTS; i++) {
            if (table->slots[block][i].number != 0)
                return table->slots[block][i].hash;
        }
    }
    fail_msg("there is none");
    return 0;
}

static bool is_crowded(uint32_t hash)
{
    return hash % FIRST_SLOTS >= FIRST_SLOTS - CROWD;
}

/* Taken are keys that want a crowded place, and both of two with the same hash. */
static void consider(GHashTable *hashes, GArray *keys, uint32_t hash, const struct su_pair_key *key)
{
    const struct su_pair_key *twin = g_hash_table_lookup(hashes, GUINT_TO_POINTER(hash));

    if (twin && !is_crowded(hash))
        g_array_append_val(keys, *twin);
    if (twin || is_crowded(hash))
        g_array_append_val(keys, *key);
    if (!twin)
        g_hash_table_insert(hashes, GUINT_TO_POINTER(hash), g_memdup2(key, sizeof(*key)));
}

static void draw_keys(struct run *run)
{
    GHashTable *hashes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    struct su_pair_table alone;

    set_up(run->kind, run->seed, &alone);
    run->keys = g_array_new(FALSE, FALSE, sizeof(struct su_pair_key));
    for (uint32_t i = 0; i < CANDIDATES; i++) {
        struct su_pair_key key = draw_key(run->kind, &run->seed);
        uint32_t number = su_pair_table_add(&alone, &key);

        consider(hashes, run->keys, only_hash(&alone), &key);
        su_pair_table_remove(&alone, number);
    }
    assert_true(g_hash_table_size(hashes) < CANDIDATES);
    assert_true(run->keys->len > KEYS);
    su_pair_table_clear(&alone);
    g_hash_table_destroy(hashes);
}

/* ---- steps -------------------------------------------------------------------------------- */

static const struct su_pair_key *key_at(const struct run *run, uint32_t place)
{
    return &g_array_index(run->keys, struct su_pair_key, place);
}

static void check_ends(const struct run *run, const struct su_pair_key *key, uint32_t number)
{
    uint8_t octets = run->kind->end_words == SU_END_WORDS_V4 ? 4 : 16;

    for (uint8_t side = 0; side < 2; side++) {
        const uint8_t *end = (const uint8_t *)(key->words + side * run->kind->end_words);
        uint16_t port;

        memcpy(&port, end + octets, sizeof(port));
        assert_memory_equal(su_pair_table_address(&run->table, number, side), end, octets);
        assert_int_equal(su_pair_table_port(&run->table, number, side), port);
    }
}

/* Is the key found if it is there, either way round, with what belongs to it, and else not? */
static void check_key(const struct run *run, uint32_t place)
{
    const struct model *model = g_hash_table_lookup(run->there, GUINT_TO_POINTER(place));
    const struct su_pair_key ways[2] = {*key_at(run, place), turned(run->kind, key_at(run, place))};

    for (uint8_t way = 0; way < 2; way++) {
        uint32_t number = UINT32_MAX;
        uint8_t from = UINT8_MAX;

        assert_int_equal(su_pair_table_find(&run->table, &ways[way], &number, &from), !!model);
        if (!model)
            continue;
        assert_int_equal(number, model->number);
        assert_int_equal(from, way);
        assert_memory_equal(su_pair_table_value(&run->table, number), &model->stamp,
                            sizeof(model->stamp));
        check_ends(run, &ways[0], number);
    }
}

static uint32_t taken_slots(const struct su_pair_table *table)
{
    uint32_t taken = 0;

    for (uint32_t i = 0; table->slots && i <= table->mask; i++)
        taken += table->slots[i / FIRST_SLOTS][i % FIRST_SLOTS].number != 0;
    return taken;
}

static void check_all(const struct run *run)
{
    for (uint32_t place = 0; place < run->keys->len; place++)
        check_key(run, place);
    assert_int_equal(taken_slots(&run->table), g_hash_table_size(run->there));
}

static void add(struct run *run, uint32_t place)
{
    static const uint64_t zero;
    struct model *model = g_new(struct model, 1);
    uint64_t *value;

    model->stamp = ++run->stamps;
    model->number = su_pair_table_add(&run->table, key_at(run, place));
    value = su_pair_table_value(&run->table, model->number);
    assert_memory_equal(value, &zero, sizeof(zero)); /* also where another one was before */
    *value = model->stamp;
    g_hash_table_insert(run->there, GUINT_TO_POINTER(place), model);
}

static void take_out(struct run *run, uint32_t place)
{
    const struct model *model = g_hash_table_lookup(run->there, GUINT_TO_POINTER(place));

    su_pair_table_remove(&run->table, model->number);
    g_hash_table_remove(run->there, GUINT_TO_POINTER(place));
}

/* It fills and empties in turn, never quite. */
static void step(struct run *run, uint32_t number)
{
    uint32_t place = draw(&run->seed, run->keys->len);
    bool is_there = g_hash_table_contains(run->there, GUINT_TO_POINTER(place));
    bool fills = number / (STEPS / 3) % 2 == 0;

    if (is_there && (!fills || draw(&run->seed, 4) == 0))
        take_out(run, place);
    else if (!is_there && g_hash_table_size(run->there) < KEYS &&
             (fills || draw(&run->seed, 4) == 0))
        add(run, place);
    check_key(run, place);
    for (unsigned i = 0; i < LOOKS; i++)
        check_key(run, draw(&run->seed, run->keys->len));
    if (number % WHOLE_LOOK == 0)
        check_all(run);
}

static void empty(struct run *run)
{
    for (uint32_t place = 0; place < run->keys->len; place++) {
        if (g_hash_table_contains(run->there, GUINT_TO_POINTER(place)))
            take_out(run, place);
    }
    check_all(run);
}

static void test_kind(void **state)
{
    struct run run = {.kind = *state, .seed = first_seed};
    uint32_t grown;

    draw_keys(&run);
    run.there = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    set_up(run.kind, first_seed, &run.table); /* as when the keys were drawn: so they meet */
    for (uint32_t number = 0; number < steps; number++)
        step(&run, number);
    grown = run.table.mask + 1;
    assert_true(run.table.pairs.count <= KEYS); /* numbers come again */
    empty(&run);
    assert_int_equal(grown, 4 * FIRST_SLOTS);
    su_pair_table_clear(&run.table);
    g_hash_table_destroy(run.there);
    g_array_unref(run.keys);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[G_N_ELEMENTS(kinds)];

    if (argc > 1)
        steps = (uint32_t)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = (uint32_t)strtoul(argv[2], NULL, 10);
    print_message("# seed %u\n", first_seed);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        tests[i] = (struct CMUnitTest){
            .name = kinds[i].name, .test_func = test_kind, .initial_state = (void *)&kinds[i]};
    }
    return _cmocka_run_group_tests("pairtable", tests, G_N_ELEMENTS(kinds), NULL, NULL);
}
