/* run.c: one report over the flows of one feed, from the first packet to the writer.
 * Listing reports go through the flows when they are written; so of sessions that have ended, when
 * tshark starts anew in the middle of a capture, their lines are kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run.h"

#include "kept.h"
#include "listing.h"
#include "tally.h"

struct su_run {
    const struct su_report *report;
    const struct su_feed *feed;
    const struct su_ladder *ladder;
    struct su_tally tally; /* summing reports */
    struct su_kept *kept;  /* listing reports */
};

struct su_run *su_run_new(const struct su_report *report, const struct su_feed *feed,
                          const struct su_ladder *ladder)
{
    struct su_run *run = g_new0(struct su_run, 1);

    run->report = report;
    run->feed = feed;
    run->ladder = ladder;
    if (su_listing_needs_timing(report)) {
        su_capture_wants_timing++;
        su_capture_wants_packets++;
    }
    if (su_report_is_summing(report))
        su_tally_init(&run->tally, report, (struct su_rows_watcher){0});
    else
        run->kept = su_kept_new(report);
    return run;
}

void su_run_free(struct su_run *run)
{
    if (su_listing_needs_timing(run->report)) {
        su_capture_wants_timing--;
        su_capture_wants_packets--;
    }
    if (su_report_is_summing(run->report))
        su_tally_clear(&run->tally);
    else
        su_kept_free(run->kept);
    g_free(run);
}

const struct su_report *su_run_report(const struct su_run *run)
{
    return run->report;
}

void su_run_put(struct su_run *run, const struct su_flow *flow)
{
    if (su_report_is_summing(run->report))
        su_tally_put(&run->tally, flow);
}

void su_run_forget(struct su_run *run, const struct su_flow *flow)
{
    if (su_report_is_summing(run->report))
        su_tally_forget(&run->tally, flow);
}

static void list(const struct su_run *run, const struct su_line_taker *taker)
{
    if (su_ladder_makes(run->report))
        su_ladder_list(run->ladder, run->feed, run->report, taker);
    else
        su_listing_feed(run->report, run->feed, taker);
}

static void keep(void *user, const struct su_flow *flow, uint32_t number,
                 const struct su_cell *cells)
{
    (void)flow;
    (void)number;
    su_kept_add(user, cells);
}

void su_run_session_ended(struct su_run *run)
{
    const struct su_line_taker taker = {keep, run->kept};

    if (su_report_is_summing(run->report))
        su_tally_new_session(&run->tally);
    else
        list(run, &taker);
}

static void write(void *user, const struct su_flow *flow, uint32_t number,
                  const struct su_cell *cells)
{
    (void)flow;
    (void)number;
    su_writer_row(user, cells);
}

void su_run_write(const struct su_run *run, struct su_writer *writer)
{
    const struct su_line_taker taker = {write, writer};

    if (su_report_is_summing(run->report)) {
        su_writer_rows(writer, run->tally.rows);
        return;
    }
    su_writer_begin(writer, run->report);
    su_kept_write(run->kept, writer);
    list(run, &taker);
    su_writer_end(writer);
}
