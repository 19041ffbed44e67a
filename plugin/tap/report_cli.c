/* report_cli.c: reports on tshark's command line: -z sockusage,<report> and -z sockusage,export.
 * While packets pass, only the flows that a filter lets in are noted; all else is done at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report_cli.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "adapter/cmdline.h"
#include "adapter/tapdata.h"
#include "census.h"
#include "feed.h"
#include "printing.h"
#include "refuse.h"
#include "report_gui.h"
#include "request.h"
#include "run.h"
#include "su_version.h"
#include "tapcompat.h"
#include "terminal.h"

/** One -z argument. */
struct job {
    struct su_print print;
    struct su_feed feed;
    GPtrArray *runs;          /* of struct su_run * */
    struct su_ladder *ladder; /* NULL: no report about packets */
    struct su_request request;
    char *argument; /* where request.filter points to */
    char *capture;  /* name of the file */
    bool is_written;
};

static struct su_run *run_at(const struct job *job, guint i)
{
    return g_ptr_array_index(job->runs, i);
}

/* ---- from the first packet to the last ---------------------------------------------------- */

static void put(void *user, const struct su_flow *flow)
{
    struct job *job = user;

    for (guint i = 0; !job->is_written && i < job->runs->len; i++)
        su_run_put(run_at(job, i), flow);
}

static void forget(void *user, const struct su_flow *flow)
{
    struct job *job = user;

    for (guint i = 0; i < job->runs->len; i++)
        su_run_forget(run_at(job, i), flow);
}

static void session_ended(void *user)
{
    struct job *job = user;

    for (guint i = 0; !job->is_written && i < job->runs->len; i++)
        su_run_session_ended(run_at(job, i));
    if (job->ladder && !job->is_written)
        su_ladder_new_session(job->ladder);
}

static tap_packet_status packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    struct job *job = user;

    su_feed_packet(&job->feed, pinfo, data);
    return TAP_PACKET_DONT_REDRAW;
}

static struct su_document describe(const struct job *job)
{
    const struct su_request *request = &job->request;
    const struct su_census *census = su_census_get();

    return (struct su_document){
        .all = !request->report,
        .version = SU_VERSION,
        .capture = job->capture,
        .filter = request->filter,
        .first_ns = census->first_ns,
        .last_ns = census->last_ns,
        .packets = census->packets,
        .cut = su_feed_cut(&job->feed),
        .width = request->is_export ? su_terminal_width() : su_terminal_wanted_width(),
    };
}

static void print(struct su_print *self, struct su_out *out)
{
    struct job *job = (struct job *)((char *)self - offsetof(struct job, print));
    struct su_document document;
    struct su_writer *writer;

    su_feed_refresh(&job->feed);
    document = describe(job);
    writer = su_writer_new(job->request.format, out, &document);
    for (guint i = 0; i < job->runs->len; i++)
        su_run_write(run_at(job, i), writer);
    su_writer_free(writer);
    job->is_written = true;
}

static void draw(void *user)
{
    struct job *job = user;

    su_print_draw(&job->print);
}

/* ---- begin and end ------------------------------------------------------------------------ */

static bool is_wanted(const struct su_request *request, const struct su_report *report)
{
    uint8_t part = request->format == SU_FORMAT_TEXT ? SU_IN_ALL_TEXT : SU_IN_ALL_DATA;

    return request->report ? request->report == report : (report->in_all & part) != 0;
}

static void free_run(gpointer run)
{
    su_run_free(run);
}

static void add_runs(struct job *job)
{
    for (size_t i = 0; i < su_report_count; i++) {
        if (!is_wanted(&job->request, su_reports[i]))
            continue;
        if (su_ladder_makes(su_reports[i]))
            job->ladder = su_ladder_new();
        g_ptr_array_add(job->runs, su_run_new(su_reports[i], &job->feed, job->ladder));
    }
}

static struct job *new_job(const char *argument)
{
    struct job *job = g_new0(struct job, 1);

    job->argument = g_strdup(argument);
    job->capture = su_cmdline_capture();
    su_request_parse(job->argument, &job->request);
    job->print.print = print;
    job->print.for_people = job->request.format == SU_FORMAT_TEXT;
    job->runs = g_ptr_array_new_with_free_func(free_run);
    add_runs(job);
    su_feed_start(&job->feed,
                  (struct su_feed_sink){put, forget, session_ended, job, SU_FEED_IN_THE_END});
    su_print_add(&job->print);
    return job;
}

static void finish(void *user)
{
    struct job *job = user;

    su_feed_stop(&job->feed);
    g_ptr_array_free(job->runs, TRUE);
    su_print_remove(&job->print);
    g_free(job->argument);
    g_free(job->capture);
    g_free(job);
}

static bool start(const char *argument)
{
    struct job *job = new_job(argument);
    GString *problem;

    su_census_start();
    /* Error packets are those quoted in ICMP errors, which decide about connection attempts. */
    problem = register_tap_listener(SU_TAP_NAME, job, job->request.filter,
                                    TL_REQUIRES_ERROR_PACKETS, NULL, packet, draw, finish);
    if (!problem)
        return true;
    su_refuse("-z %s: %s", argument, problem->str);
    g_string_free(problem, TRUE);
    finish(job);
    return false;
}

static su_stat_started start_report(const char *argument, void *command)
{
    struct su_request request;

    if (!su_request_is(argument, command)) {
        su_refuse_unknown(argument);
        SU_STAT_STARTED(false);
    }
    if (su_is_gui()) {
        su_refuse("-z %s: in Wireshark, see Statistics > Socket Usage.", argument);
        SU_STAT_STARTED(false);
    }
    SU_STAT_STARTED(su_request_parse(argument, &request) && !su_refuse_preferences(argument) &&
                    start(argument));
}

static void register_command(char *command)
{
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = command,
        .tap_init_cb = start_report,
    };

    register_stat_tap_ui(&ui, command); /* keeps both */
}

void su_report_cli_register(void)
{
    enum { MOST = 16, OCTETS = 32 };
    static char commands[MOST][OCTETS] = {SU_EXPORT_COMMAND};
    size_t count = 1;

    for (size_t i = 0; i < su_report_count && count < MOST; i++)
        if (!su_is_gui() || !su_report_gui_has(su_reports[i])) /* else -z opens the window */
            g_snprintf(commands[count++], OCTETS, SU_COMMAND ",%s", su_reports[i]->id);
    for (size_t i = 0; i < count; i++)
        register_command(commands[i]);
}
