/* kept.c: lines of a report that outlive the flows they are about.
 * Most cells of a line are unknown or point nowhere; only known ones are kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kept.h"

#include <string.h>

/** A known cell. */
struct kept_cell {
    uint32_t column;
    struct su_cell cell;
};

struct su_kept {
    const struct su_report *report;
    GArray *cells;       /* of struct kept_cell, line after line */
    GArray *ends;        /* guint: where each line ends in `cells` */
    GStringChunk *texts; /* of all cells, each once */
    GPtrArray *gaps;     /* struct su_cell_gaps *, owned */
};

static void free_gaps(gpointer data)
{
    struct su_cell_gaps *gaps = data;

    g_free((gpointer)gaps->gap);
    g_free(gaps);
}

struct su_kept *su_kept_new(const struct su_report *report)
{
    enum { CHUNK = 4096 };
    struct su_kept *kept = g_new(struct su_kept, 1);

    *kept = (struct su_kept){
        .report = report,
        .cells = g_array_new(FALSE, FALSE, sizeof(struct kept_cell)),
        .ends = g_array_new(FALSE, FALSE, sizeof(guint)),
        .texts = g_string_chunk_new(CHUNK),
        .gaps = g_ptr_array_new_with_free_func(free_gaps),
    };
    return kept;
}

void su_kept_free(struct su_kept *kept)
{
    g_array_free(kept->cells, TRUE);
    g_array_free(kept->ends, TRUE);
    g_string_chunk_free(kept->texts);
    g_ptr_array_free(kept->gaps, TRUE);
    g_free(kept);
}

static const struct su_cell_gaps *copy_gaps(struct su_kept *kept, const struct su_cell_gaps *gaps)
{
    struct su_cell_gaps *copy = g_memdup2(gaps, sizeof(*gaps));

    copy->gap = g_memdup2(gaps->gap, gaps->count * sizeof(*gaps->gap));
    g_ptr_array_add(kept->gaps, copy);
    return copy;
}

void su_kept_add(struct su_kept *kept, const struct su_cell *cells)
{
    for (uint32_t i = 0; i < kept->report->column_count; i++) {
        struct kept_cell own = {i, cells[i]};

        if (own.cell.type == SU_CELL_NONE)
            continue;
        if (own.cell.type == SU_CELL_TEXT)
            own.cell.text = g_string_chunk_insert_const(kept->texts, own.cell.text);
        if (own.cell.type == SU_CELL_GAPS)
            own.cell.gaps = copy_gaps(kept, own.cell.gaps);
        g_array_append_val(kept->cells, own);
    }
    g_array_append_val(kept->ends, kept->cells->len);
}

void su_kept_write(const struct su_kept *kept, struct su_writer *writer)
{
    struct su_cell cells[SU_COLUMNS_MAX];
    guint at = 0;

    for (guint line = 0; line < kept->ends->len; line++) {
        memset(cells, 0, sizeof(cells));
        for (; at < g_array_index(kept->ends, guint, line); at++) {
            const struct kept_cell *own = &g_array_index(kept->cells, struct kept_cell, at);

            cells[own->column] = own->cell;
        }
        su_writer_row(writer, cells);
    }
}
