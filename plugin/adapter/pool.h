/* pool.h: numbered objects of one size, in blocks that never move.
 * No header per object: flows come by the hundred thousand. Freed all at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_POOL_H
#define SU_ADAPTER_POOL_H

#include <stdint.h>

enum { SU_POOL_SHIFT = 8, SU_POOL_BLOCK = 1 << SU_POOL_SHIFT };
enum { SU_POOL_ALIGNMENT = 64 }; /* blocks begin on a cache line */

/** All-zero but for `octets`, the size of one object, is an empty pool. */
struct su_pool {
    uint8_t **blocks;
    uint32_t octets;
    uint32_t count; /* objects made so far, numbered from 0 */
    uint32_t room;  /* for block pointers */
    uint32_t given; /* number, plus one, of the object given back last; 0: there is none */
    void *spare;    /* the object last given back by its address; NULL: there is none */
};

/** A new object, all-zero; its number is count - 1. Owned by the pool. */
void *su_pool_new(struct su_pool *pool);

/** Object number `index`, which must have been made. */
static inline void *su_pool_at(const struct su_pool *pool, uint32_t index)
{
    uint32_t place = index & (SU_POOL_BLOCK - 1);

    return pool->blocks[index >> SU_POOL_SHIFT] + (uintptr_t)place * pool->octets;
}

/** Number of an all-zero object: one that was given back, or else a new one. For objects of four
 *  octets or more. */
uint32_t su_pool_take(struct su_pool *pool);

/** It is not needed any more. */
void su_pool_give(struct su_pool *pool, uint32_t index);

/** The same two for objects whose numbers nobody knows. Of eight octets or more; a pool is used by
 *  number or by address, never both. */
void *su_pool_take_object(struct su_pool *pool);
void su_pool_give_object(struct su_pool *pool, void *object);

/** Free everything; the pool is empty then and can be used again. */
void su_pool_clear(struct su_pool *pool);

#endif
