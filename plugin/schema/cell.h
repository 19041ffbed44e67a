/* cell.h: one value of a table, together with what kind of value it is.
 * A writer needs no more than cells and columns to print any table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_CELL_H
#define SU_SCHEMA_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum su_cell_type {
    SU_CELL_NONE = 0, /* not known, or does not apply: null, an empty CSV field, "-" */
    SU_CELL_COUNT,    /* a whole number */
    SU_CELL_SPAN,     /* a length of time, in nanoseconds */
    SU_CELL_STAMP,    /* a point in time, in nanoseconds since the epoch */
    SU_CELL_TEXT,     /* any octets up to a NUL; writers make valid UTF-8 of them */
    SU_CELL_ADDRESS,  /* of a host */
    SU_CELL_TRUTH,    /* true or false */
    SU_CELL_GAPS      /* a list of gaps between packets */
};

/** A pause before a packet. */
struct su_cell_gap {
    int64_t gap_ns;
    uint64_t offset; /* number of the packet's last octet, counted from where the list begins */
    uint16_t flags;  /* bit i: su_cell_gaps.words[i] applies */
};

/** A list of gaps. */
struct su_cell_gaps {
    const struct su_cell_gap *gap;
    size_t count;
    const char *const *words; /* names of the flags, by bit */
    size_t word_count;        /* at most 16 */
};

/** A value. Addresses are held in it; texts and lists belong to whoever made the cell. */
struct su_cell {
    uint8_t type;    /* enum su_cell_type */
    uint8_t version; /* SU_CELL_ADDRESS: 4 or 6 */
    union {
        uint64_t count;
        int64_t ns; /* SU_CELL_SPAN, SU_CELL_STAMP */
        const char *text;
        uint8_t address[16]; /* network order; the first 4 octets of IPv4, the others 0 */
        bool truth;
        const struct su_cell_gaps *gaps;
    };
};

#define SU_CELL_OF_NONE()     ((struct su_cell){.type = SU_CELL_NONE})
#define SU_CELL_OF_COUNT(n)   ((struct su_cell){.type = SU_CELL_COUNT, .count = (n)})
#define SU_CELL_OF_SPAN(n)    ((struct su_cell){.type = SU_CELL_SPAN, .ns = (n)})
#define SU_CELL_OF_STAMP(n)   ((struct su_cell){.type = SU_CELL_STAMP, .ns = (n)})
#define SU_CELL_OF_TEXT(s)    ((struct su_cell){.type = SU_CELL_TEXT, .text = (s)})
#define SU_CELL_OF_TRUTH(b)   ((struct su_cell){.type = SU_CELL_TRUTH, .truth = (b)})
#define SU_CELL_OF_GAPS(list) ((struct su_cell){.type = SU_CELL_GAPS, .gaps = (list)})

/** An address of 4 or 16 octets, by version; none if there is no address. */
struct su_cell su_cell_of_address(const uint8_t *octets, unsigned version);

/** Order of two values: NONE first, then by value; IPv4 before IPv6; texts by octet. Never the
 *  locale's. */
int su_cell_compare(const struct su_cell *a, const struct su_cell *b);

#endif
