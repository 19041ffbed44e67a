/* fakes.h: reports that do not exist, to try the writers: every shape, every kind of cell, the
 * widest values, and texts that somebody put into a capture on purpose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_RENDER_FAKES_H
#define SU_TESTS_RENDER_FAKES_H

#include "render/writer.h"

enum { FAKE_COLUMNS_MAX = 8 };

/** A report and its rows. */
struct fake {
    const char *name;
    const struct su_report *report;
    const struct su_cell (*rows)[FAKE_COLUMNS_MAX];
    size_t row_count;
};

extern const struct fake fakes[];
extern const size_t fake_count;

/** Begin, rows, end. */
void fake_write(struct su_writer *writer, const struct fake *fake);

#endif
