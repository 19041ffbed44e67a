/* metrics.h: connections as numbers that Prometheus understands. Counters only ever grow: what was
 * counted stays counted, also if it turns out otherwise later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_METRICS_H
#define SU_LIVE_METRICS_H

#include <glib.h>

#include "adapter/capture.h"

struct su_metrics;

struct su_metrics *su_metrics_new(void);
void su_metrics_free(struct su_metrics *metrics);

/** The flow has changed. */
void su_metrics_put(struct su_metrics *metrics, const struct su_flow *flow);

/** The flow is forgotten. */
void su_metrics_forget(struct su_metrics *metrics, const struct su_flow *flow);

/** Flows are about to be freed. */
void su_metrics_session_ended(struct su_metrics *metrics);

/** All of them, in the text format. */
void su_metrics_write(struct su_metrics *metrics, GString *out);

#endif
