/* cell.c: values made and put in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cell.h"

#include <string.h>

struct su_cell su_cell_of_address(const uint8_t *octets, unsigned version)
{
    struct su_cell cell = {.type = SU_CELL_ADDRESS, .version = (uint8_t)version, .address = {0}};

    if (!octets)
        return SU_CELL_OF_NONE();
    memcpy(cell.address, octets, version == 4 ? 4 : 16);
    return cell;
}

static int sign(bool greater, bool less)
{
    return (int)greater - (int)less;
}

static int compare_addresses(const struct su_cell *a, const struct su_cell *b)
{
    if (a->version != b->version)
        return sign(a->version > b->version, a->version < b->version);
    return memcmp(a->address, b->address, sizeof(a->address));
}

int su_cell_compare(const struct su_cell *a, const struct su_cell *b)
{
    if (a->type != b->type)
        return sign(a->type > b->type, a->type < b->type);
    switch ((enum su_cell_type)a->type) {
    case SU_CELL_COUNT:
        return sign(a->count > b->count, a->count < b->count);
    case SU_CELL_SPAN:
    case SU_CELL_STAMP:
        return sign(a->ns > b->ns, a->ns < b->ns);
    case SU_CELL_TEXT:
        return strcmp(a->text, b->text);
    case SU_CELL_ADDRESS:
        return compare_addresses(a, b);
    case SU_CELL_TRUTH:
        return sign(a->truth, b->truth);
    case SU_CELL_GAPS: /* nobody sorts by them */
        return sign(a->gaps->count > b->gaps->count, a->gaps->count < b->gaps->count);
    case SU_CELL_NONE:
        break;
    }
    return 0;
}
