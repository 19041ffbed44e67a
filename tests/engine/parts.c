/* parts.c: see parts.h. All parts hang on one chain, so that none of them is a leak.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <stdlib.h>

struct link {
    struct link *next;
    union {
        struct su_ending ending;
        struct su_odd odd;
    } part;
};

static struct link *first;

static struct link *new_link(void)
{
    struct link *link = calloc(1, sizeof(*link));

    if (!link)
        abort();
    link->next = first;
    first = link;
    return link;
}

static struct su_ending *new_ending(void *user)
{
    (void)user;
    return &new_link()->part.ending;
}

static struct su_odd *new_odd(void *user)
{
    (void)user;
    return &new_link()->part.odd;
}

const struct su_conn_parts su_test_parts = {new_ending, new_odd, NULL};
