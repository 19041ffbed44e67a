/* timing_log.h: what there is to say about time: of each packet, and of each exchange of a flow.
 * Only connections that carry payload have anything here; all others cost nothing. File scope.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_TIMING_LOG_H
#define SU_ADAPTER_TIMING_LOG_H

#include "capture.h"

/* ---- for whoever looks ------------------------------------------------------------------- */

/** Goes through the exchanges of one flow, in order of their numbers, which have no gaps: finished
 *  ones first, then those that are under way (at most two), as they are known by now.
 *
 *      struct su_exchange_walk walk;
 *      struct su_exchange exchange;
 *      for (su_exchange_walk_begin(&walk, flow); su_exchange_walk_next(&walk, &exchange);)
 *          ...
 */
struct su_exchange_walk {
    const struct su_flow *flow;
    uint32_t place; /* private to timing_log.c */
};

void su_exchange_walk_begin(struct su_exchange_walk *walk, const struct su_flow *flow);
/** False: there are no more. */
bool su_exchange_walk_next(struct su_exchange_walk *walk, struct su_exchange *exchange);

/** First frame of an exchange: its request's, or its response's if it has no request. */
uint32_t su_exchange_first_frame(const struct su_exchange *exchange);

/** The exchange of a packet as known by now; `record` as taken in or recalled. False: none. */
bool su_record_exchange(const struct su_frame_record *record, struct su_exchange *exchange);

/* ---- for capture.c ----------------------------------------------------------------------- */

void su_timing_log_init(void);
void su_timing_log_clear(void);

/** What the view has on gaps. */
void su_timing_log_view(const struct su_flow *flow, struct su_view *view);

/** First pass: the flow has just taken in this segment. `before_ns`: time of its packet before,
 *  SU_TIME_NONE if there is none. Fills in what the record says of time. */
void su_timing_log_take(struct su_flow *flow, const struct su_segment *seg, int64_t before_ns,
                        struct su_frame_record *record);

/** How the record is to be remembered: SU_NOTE_SPAN or SU_NOTE_MOMENT, and `word`; 0: there is
 *  nothing to say. */
uint8_t su_timing_log_keep(const struct su_frame_record *record, uint32_t *word);

/** Later passes: what su_timing_log_keep() returned then. */
void su_timing_log_recall(uint32_t frame, uint8_t note_flags, uint32_t word,
                          struct su_frame_record *record);

/** The connection is forgotten: so are its exchanges and gaps. */
void su_timing_log_forget(const struct su_flow *flow);

#endif
