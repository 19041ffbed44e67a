/* kept.h: lines of a report that outlive the flows they are about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_KEPT_H
#define SU_TAP_KEPT_H

#include "render/writer.h"

struct su_kept;

struct su_kept *su_kept_new(const struct su_report *report);
void su_kept_free(struct su_kept *kept);

/** Keep a copy of a line, with all that its cells point to. */
void su_kept_add(struct su_kept *kept, const struct su_cell *cells);

/** Write all lines, in the order in which they were added. */
void su_kept_write(const struct su_kept *kept, struct su_writer *writer);

#endif
