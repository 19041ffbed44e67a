/* pairtable.h: finds a pair of sockets by its two addresses and ports.
 * One table holds pairs of one kind: the same protocol, the same IP version, told apart by VLAN and
 * interface or not. Knows nothing of what a pair is used for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_PAIRTABLE_H
#define SU_ADAPTER_PAIRTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"

/* One end of a pair, in 8-octet words: address in network order, port, zeros. */
enum { SU_END_WORDS_V4 = 1, SU_END_WORDS_V6 = 3, SU_KEY_WORDS_MAX = 2 * SU_END_WORDS_V6 + 1 };

/** The sender's end, the receiver's end, and the lane if the table has lanes. */
struct su_pair_key {
    uint64_t words[SU_KEY_WORDS_MAX];
};

/** Write one end, of 4 or 16 octets of address, to its words. */
void su_pair_key_end(uint64_t *words, const void *address, uint8_t address_octets, uint16_t port);

struct su_pair_slot {
    uint32_t hash;
    uint32_t number; /* of the pair, plus one; 0: the slot is free */
};

struct su_pair_table {
    struct su_pool pairs;        /* each: value_octets for the owner, then the key */
    struct su_pair_slot **slots; /* in blocks, which stay where they are as the table grows */
    uint64_t seed;               /* so that nobody can prepare addresses that collide */
    uint32_t mask;               /* number of slots less one; 0: there are none */
    uint16_t value_octets;       /* a multiple of 8 */
    uint8_t end_words;           /* SU_END_WORDS_* */
    bool lanes;                  /* keys end with a word of VLAN and interface */
};

/** Set up an empty table; su_pair_table_clear() frees what it will hold. */
void su_pair_table_init(struct su_pair_table *table, uint16_t value_octets, uint8_t end_words,
                        bool lanes);
void su_pair_table_clear(struct su_pair_table *table);

/** Find a pair, either way round. True if it is there: then its number, and the side (0 or 1) that
 *  is the key's sender. Side 0 sent the first packet that was put in. */
bool su_pair_table_find(const struct su_pair_table *table, const struct su_pair_key *key,
                        uint32_t *number, uint8_t *from);

/** Put in a pair that is not there; its value is all-zero, the key's sender is side 0. */
uint32_t su_pair_table_add(struct su_pair_table *table, const struct su_pair_key *key);

/** Take a pair out; its number may come again. */
void su_pair_table_remove(struct su_pair_table *table, uint32_t number);

/** The owner's part of a pair. */
static inline void *su_pair_table_value(const struct su_pair_table *table, uint32_t number)
{
    return su_pool_at(&table->pairs, number);
}

/** Address of one side, in network order; stays valid as long as the pair is there. */
const uint8_t *su_pair_table_address(const struct su_pair_table *table, uint32_t number,
                                     uint8_t side);
uint16_t su_pair_table_port(const struct su_pair_table *table, uint32_t number, uint8_t side);

#endif
