/* pairtable.c: open addressing with linear probing over small slots.
 * A slot holds the whole hash, so that a pair itself is only touched when it is very likely the one
 * that is looked for. The hash is the same both ways round. The table grows where it is: a second
 * one beside it, or the hole that one would leave, is megabytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pairtable.h"

#include <string.h>

#include <glib.h>

enum { BLOCK_SHIFT = 10, BLOCK_SLOTS = 1 << BLOCK_SHIFT };

/* Set in the number of a slot that has not been put anew while the table grows. */
#define NOT_YET (UINT32_C(1) << 31)

static uint32_t address_octets(const struct su_pair_table *table)
{
    return table->end_words == SU_END_WORDS_V4 ? 4 : 16;
}

static uint32_t key_octets(const struct su_pair_table *table)
{
    return (uint32_t)sizeof(uint64_t) * (2u * table->end_words + table->lanes);
}

static const uint64_t *key_of(const struct su_pair_table *table, uint32_t number)
{
    const uint8_t *pair = su_pair_table_value(table, number);

    return (const uint64_t *)(const void *)(pair + table->value_octets);
}

void su_pair_key_end(uint64_t *words, const void *address, uint8_t octets, uint16_t port)
{
    uint8_t *end = (uint8_t *)words;

    words[octets / sizeof(uint64_t)] = 0;
    memcpy(end, address, octets);
    memcpy(end + octets, &port, sizeof(port));
}

/* Finalizer of MurmurHash3: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

static uint64_t hash_end(const struct su_pair_table *table, const uint64_t *words)
{
    uint64_t hash = mix(words[0] ^ table->seed);

    for (uint32_t i = 1; i < table->end_words; i++)
        hash = mix(words[i] ^ hash);
    return hash;
}

static uint32_t hash_key(const struct su_pair_table *table, const struct su_pair_key *key)
{
    const uint64_t *words = key->words;
    uint64_t sum = hash_end(table, words) + hash_end(table, words + table->end_words);

    if (table->lanes)
        sum = mix(sum ^ words[2 * table->end_words]);
    return (uint32_t)(sum >> 32);
}

static bool is_end(const struct su_pair_table *table, const uint64_t *a, const uint64_t *b)
{
    uint64_t differences = 0;

    for (uint32_t i = 0; i < table->end_words; i++)
        differences |= a[i] ^ b[i];
    return differences == 0;
}

/* Is this the pair? Then *from is the side that is the key's sender. */
static bool matches(const struct su_pair_table *table, uint32_t number,
                    const struct su_pair_key *key, uint8_t *from)
{
    const uint32_t end = table->end_words;
    const uint64_t *have = key_of(table, number);
    const uint64_t *want = key->words;

    if (table->lanes && have[2 * end] != want[2 * end])
        return false;
    *from = !is_end(table, have, want);
    return is_end(table, have, want + *from * end) &&
           is_end(table, have + end, want + !*from * end);
}

static struct su_pair_slot *slot_at(const struct su_pair_table *table, uint32_t place)
{
    /* Whoever asks for a place has seen that there are some.
     * NOLINTNEXTLINE(clang-analyzer-core.NullDereference,clang-analyzer-unix.Malloc) */
    return &table->slots[place >> BLOCK_SHIFT][place & (BLOCK_SLOTS - 1)];
}

static uint32_t slot_count(const struct su_pair_table *table)
{
    return table->mask == 0 ? 0 : table->mask + 1;
}

/* Whoever is there and has not been put anew has to go elsewhere. */
static void put_slot(struct su_pair_table *table, struct su_pair_slot slot)
{
    while (slot.number != 0) {
        uint32_t place = slot.hash & table->mask;
        struct su_pair_slot there = *slot_at(table, place);

        while (there.number != 0 && !(there.number & NOT_YET)) {
            place = (place + 1) & table->mask;
            there = *slot_at(table, place);
        }
        *slot_at(table, place) = slot;
        slot = there;
        slot.number &= ~NOT_YET;
    }
}

static void add_slots(struct su_pair_table *table, uint32_t count)
{
    uint32_t blocks = count >> BLOCK_SHIFT;

    table->slots = g_renew(struct su_pair_slot *, table->slots, blocks);
    for (uint32_t i = slot_count(table) >> BLOCK_SHIFT; i < blocks; i++)
        table->slots[i] = g_new0(struct su_pair_slot, BLOCK_SLOTS);
    table->mask = count - 1;
}

static void grow(struct su_pair_table *table)
{
    uint32_t before = slot_count(table);

    for (uint32_t i = 0; i < before; i++) {
        struct su_pair_slot *slot = slot_at(table, i);

        slot->number |= slot->number != 0 ? NOT_YET : 0;
    }
    add_slots(table, before ? before * 2 : BLOCK_SLOTS);
    for (uint32_t i = 0; i < before; i++) {
        struct su_pair_slot slot = *slot_at(table, i);

        if (!(slot.number & NOT_YET))
            continue;
        slot_at(table, i)->number = 0;
        slot.number &= ~NOT_YET;
        put_slot(table, slot);
    }
}

void su_pair_table_init(struct su_pair_table *table, uint16_t value_octets, uint8_t end_words,
                        bool lanes)
{
    *table = (struct su_pair_table){
        .seed = (uint64_t)g_random_int() << 32 | g_random_int(),
        .value_octets = value_octets,
        .end_words = end_words,
        .lanes = lanes,
    };
    table->pairs.octets = value_octets + key_octets(table);
}

void su_pair_table_clear(struct su_pair_table *table)
{
    su_pool_clear(&table->pairs);
    for (uint32_t i = 0; i < slot_count(table) >> BLOCK_SHIFT; i++)
        g_free(table->slots[i]);
    g_free(table->slots);
    table->slots = NULL;
    table->mask = 0;
}

bool su_pair_table_find(const struct su_pair_table *table, const struct su_pair_key *key,
                        uint32_t *number, uint8_t *from)
{
    uint32_t hash = hash_key(table, key);

    if (!table->slots)
        return false;
    for (uint32_t i = hash & table->mask;; i = (i + 1) & table->mask) {
        const struct su_pair_slot *slot = slot_at(table, i);

        if (slot->number == 0)
            return false;
        if (slot->hash == hash && matches(table, slot->number - 1, key, from)) {
            *number = slot->number - 1;
            return true;
        }
    }
}

uint32_t su_pair_table_add(struct su_pair_table *table, const struct su_pair_key *key)
{
    uint32_t number;
    uint8_t *pair;

    /* At most three slots in four are taken, so that a search always meets a free one. */
    if (!table->slots || table->pairs.count >= table->mask - table->mask / 4)
        grow(table);
    number = su_pool_take(&table->pairs);
    pair = su_pair_table_value(table, number);
    memcpy(pair + table->value_octets, key->words, key_octets(table));
    put_slot(table, (struct su_pair_slot){.hash = hash_key(table, key), .number = number + 1});
    return number;
}

static uint32_t find_slot(const struct su_pair_table *table, uint32_t number)
{
    struct su_pair_key key;
    uint32_t place;

    memcpy(key.words, key_of(table, number), key_octets(table));
    place = hash_key(table, &key) & table->mask;
    while (slot_at(table, place)->number != number + 1)
        place = (place + 1) & table->mask;
    return place;
}

/* A search ends at a free slot: whoever was looked for across this one moves up. */
static void free_slot(struct su_pair_table *table, uint32_t gap)
{
    for (uint32_t i = (gap + 1) & table->mask; slot_at(table, i)->number != 0;
         i = (i + 1) & table->mask) {
        uint32_t home = slot_at(table, i)->hash;

        if (((i - home) & table->mask) < ((i - gap) & table->mask))
            continue;
        *slot_at(table, gap) = *slot_at(table, i);
        gap = i;
    }
    slot_at(table, gap)->number = 0;
}

void su_pair_table_remove(struct su_pair_table *table, uint32_t number)
{
    free_slot(table, find_slot(table, number));
    su_pool_give(&table->pairs, number);
}

const uint8_t *su_pair_table_address(const struct su_pair_table *table, uint32_t number,
                                     uint8_t side)
{
    return (const uint8_t *)(key_of(table, number) + (uint32_t)side * table->end_words);
}

uint16_t su_pair_table_port(const struct su_pair_table *table, uint32_t number, uint8_t side)
{
    uint16_t port;

    memcpy(&port, su_pair_table_address(table, number, side) + address_octets(table), sizeof(port));
    return port;
}
