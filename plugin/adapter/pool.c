/* pool.c: memory for numbered objects.
 * Blocks are taken as needed and kept until the pool is cleared. Objects that were given back are a
 * chain, each beginning with the number or the address of the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pool.h"

#include <string.h>

#include <glib.h>

static void add_block(struct su_pool *pool)
{
    uint32_t block = pool->count >> SU_POOL_SHIFT;

    if (block == pool->room) {
        pool->room = pool->room ? pool->room * 2 : 16;
        pool->blocks = g_renew(uint8_t *, pool->blocks, pool->room);
    }
    pool->blocks[block] = g_aligned_alloc0(SU_POOL_BLOCK, pool->octets, SU_POOL_ALIGNMENT);
}

void *su_pool_new(struct su_pool *pool)
{
    if ((pool->count & (SU_POOL_BLOCK - 1)) == 0)
        add_block(pool);
    return su_pool_at(pool, pool->count++);
}

uint32_t su_pool_take(struct su_pool *pool)
{
    uint32_t index = pool->given - 1;
    void *object;

    if (pool->given == 0) {
        su_pool_new(pool);
        return pool->count - 1;
    }
    object = su_pool_at(pool, index);
    memcpy(&pool->given, object, sizeof(pool->given));
    memset(object, 0, pool->octets);
    return index;
}

void su_pool_give(struct su_pool *pool, uint32_t index)
{
    memcpy(su_pool_at(pool, index), &pool->given, sizeof(pool->given));
    pool->given = index + 1;
}

void *su_pool_take_object(struct su_pool *pool)
{
    void *object = pool->spare;

    if (!object)
        return su_pool_new(pool);
    memcpy(&pool->spare, object, sizeof(pool->spare));
    return memset(object, 0, pool->octets);
}

void su_pool_give_object(struct su_pool *pool, void *object)
{
    memcpy(object, &pool->spare, sizeof(pool->spare));
    pool->spare = object;
}

void su_pool_clear(struct su_pool *pool)
{
    uint32_t blocks = (pool->count + SU_POOL_BLOCK - 1) >> SU_POOL_SHIFT;

    for (uint32_t i = 0; i < blocks; i++)
        g_aligned_free(pool->blocks[i]);
    g_free(pool->blocks);
    *pool = (struct su_pool){.octets = pool->octets};
}
