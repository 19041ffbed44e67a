/* listing.c: the lines that a listing report has for flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "listing.h"

static bool lists_exchanges(const struct su_report *report)
{
    return report == su_report_find("exchanges");
}

bool su_listing_needs_timing(const struct su_report *report)
{
    return lists_exchanges(report) || report == su_report_find("flows");
}

void su_listing_init(struct su_listing *listing, const struct su_report *report,
                     const struct su_pauses *pauses)
{
    listing->report = report;
    listing->has_exchanges = lists_exchanges(report);
    su_exchange_lines_init(&listing->exchanges, pauses);
}

void su_listing_clear(struct su_listing *listing)
{
    su_exchange_lines_clear(&listing->exchanges);
}

void su_listing_flow(struct su_listing *listing, const struct su_flow *flow,
                     const struct su_line_taker *taker)
{
    struct su_view view;
    struct su_source source = {.view = &view};
    struct su_line line;
    size_t count;

    if (listing->has_exchanges) {
        su_exchanges_take(&listing->exchanges, flow);
        source.exchanges = &listing->exchanges.list;
    }
    su_flow_view(flow, &view);
    count = listing->report->lines(&source);
    for (size_t i = 0; i < count; i++) {
        listing->report->fill(&source, i, &line);
        taker->take(taker->user, flow, (uint32_t)i, line.cells);
    }
}

/** A listing on its way to a taker. */
struct listed {
    struct su_listing *listing;
    const struct su_line_taker *taker;
};

static void list_flow(void *user, const struct su_flow *flow)
{
    const struct listed *listed = user;

    su_listing_flow(listed->listing, flow, listed->taker);
}

void su_listing_feed(const struct su_report *report, const struct su_feed *feed,
                     const struct su_line_taker *taker)
{
    struct su_pauses *pauses = lists_exchanges(report) ? su_pauses_new() : NULL;
    struct su_listing listing;
    struct listed listed = {&listing, taker};

    su_listing_init(&listing, report, pauses);
    su_feed_each(feed, SU_PROTOCOL_TCP, list_flow, &listed);
    su_feed_each(feed, SU_PROTOCOL_UDP, list_flow, &listed);
    su_listing_clear(&listing);
    if (pauses)
        su_pauses_free(pauses);
}
