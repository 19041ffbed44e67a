/* exposition.h: Prometheus' text format, one piece at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_EXPOSITION_H
#define SU_LIVE_EXPOSITION_H

#include <stdint.h>

#include <glib.h>

/** What comes before all lines of a metric. `type`: counter, gauge, histogram. */
void su_metric_head(GString *out, const char *name, const char *type, const char *help);

/** `labels`: names and values in turn, then NULL; NULL: none. */
void su_metric_line(GString *out, const char *name, const char *const *labels, uint64_t value);
void su_metric_seconds(GString *out, const char *name, int64_t ns);

/** A counter without labels, head and all. */
void su_metric_one(GString *out, const char *name, const char *help, uint64_t value);

/** Without zeros at the end: "0.0025". */
void su_metric_put_seconds(GString *out, int64_t ns);

#endif
