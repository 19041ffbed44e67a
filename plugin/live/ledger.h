/* ledger.h: connections and reports with the order in which they last changed, so that everybody who
 * asks can be told what is new since he asked last, and nobody takes anything away from others.
 *
 * Every change has a number of its own, counted from 1. Packets only mark flows; they are counted in
 * the reports when somebody asks, or when many are marked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_LEDGER_H
#define SU_LIVE_LEDGER_H

#include <glib.h>

#include "adapter/capture.h"
#include "schema/rows.h"

struct su_ledger;

struct su_ledger *su_ledger_new(void);
void su_ledger_free(struct su_ledger *ledger);

/** The flow has changed. */
void su_ledger_put(struct su_ledger *ledger, const struct su_flow *flow);

/** The flow is forgotten. What the reports have counted remains. */
void su_ledger_forget(struct su_ledger *ledger, const struct su_flow *flow);

/** Flows are about to be freed. What the reports have counted remains. */
void su_ledger_session_ended(struct su_ledger *ledger);

/** Bring all up to date; nothing below does that by itself. Returns the number of the last change. */
uint64_t su_ledger_settle(struct su_ledger *ledger);

/** The rows of a summing report; NULL: it is not kept. */
const struct su_rows *su_ledger_rows(const struct su_ledger *ledger,
                                     const struct su_report *report);

/** A part of a report. */
struct su_ledger_part {
    GArray *numbers;   /* uint32_t: of rows, in the report's order, or of flows: TCP, then UDP */
    guint tcp_count;   /* flows: so many of them are TCP */
    uint64_t sequence; /* everything up to this change is in it, or was before `since` */
    bool is_cut;       /* there is more */
};

/** What has changed after change number `since`, those that changed first; `limit` at most. Rows that
 *  count nothing any more are in it too. Free part->numbers. */
void su_ledger_select(const struct su_ledger *ledger, const struct su_report *report,
                      uint64_t since, guint limit, struct su_ledger_part *part);

#endif
