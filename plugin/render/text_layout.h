/* text_layout.h: how text shows the reports of each shape. Part of text.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_TEXT_LAYOUT_H
#define SU_RENDER_TEXT_LAYOUT_H

#include "format.h"
#include "text_grid.h"

enum { SU_TEXT_GROUPS_MAX = 4 };

struct su_text {
    struct su_writer writer;
    struct su_grid grids[SU_TEXT_GROUPS_MAX]; /* one, or one for each group */
    unsigned grid_count;
    GPtrArray *cells; /* SU_SHAPE_KEYED: char * by row, then column */
};

struct su_text_layout {
    void (*begin)(struct su_text *text);
    void (*row)(struct su_text *text, const struct su_cell *cells);
    void (*end)(struct su_text *text);
};

extern const struct su_text_layout su_text_list;   /* a table */
extern const struct su_text_layout su_text_single; /* one line for each value */
extern const struct su_text_layout su_text_keyed;  /* a table turned round: rows side by side */
extern const struct su_text_layout su_text_named;  /* one block for each row */
extern const struct su_text_layout su_text_groups; /* tables side by side, if there is room */

/** "Socket table" and a rule below. */
void su_text_put_title(struct su_text *text);

#endif
