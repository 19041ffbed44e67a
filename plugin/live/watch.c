/* watch.c: -z arguments that tell of connections while they happen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "watch.h"

#include <string.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "adapter/tapdata.h"
#include "tap/census.h"
#include "tap/refuse.h"
#include "tap/request.h"
#include "tap/tapcompat.h"

/* ---- from the first packet to the last ---------------------------------------------------- */

static void put(void *user, const struct su_flow *flow)
{
    const struct su_watch *watch = user;

    if (!watch->is_over)
        watch->class->put(watch->own, flow);
}

static void forget(void *user, const struct su_flow *flow)
{
    const struct su_watch *watch = user;

    watch->class->forget(watch->own, flow);
}

static void session_ended(void *user)
{
    const struct su_watch *watch = user;

    if (!watch->is_over && watch->class->session_ended)
        watch->class->session_ended(watch->own);
}

static tap_packet_status packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    struct su_watch *watch = user;

    su_feed_packet(&watch->feed, pinfo, data);
    return TAP_PACKET_DONT_REDRAW;
}

static void turn(struct su_pump *self)
{
    struct su_watch *watch = (struct su_watch *)((char *)self - offsetof(struct su_watch, pump));

    if (watch->class->turn)
        watch->class->turn(watch->own);
}

static void print(struct su_print *self, struct su_out *out)
{
    struct su_watch *watch = (struct su_watch *)((char *)self - offsetof(struct su_watch, print));

    su_feed_refresh(&watch->feed);
    if (watch->class->print)
        watch->class->print(watch->own, out);
    watch->is_over = true;
}

static void draw(void *user)
{
    struct su_watch *watch = user;

    su_print_draw(&watch->print);
}

/* ---- begin and end ------------------------------------------------------------------------ */

static void finish(void *user)
{
    struct su_watch *watch = user;

    su_capture_wants_timing -= watch->class->has_flows;
    su_pump_leave(&watch->pump);
    su_feed_stop(&watch->feed);
    watch->class->close(watch->own);
    su_print_remove(&watch->print);
    g_free(watch->argument);
    g_free(watch);
}

static bool start(struct su_watch *watch)
{
    GString *problem;

    watch->pump.turn = turn;
    watch->print.print = print;
    watch->print.for_people = watch->class->for_people;
    su_capture_wants_timing += watch->class->has_flows;
    su_feed_start(&watch->feed,
                  (struct su_feed_sink){put, forget, session_ended, watch, watch->class->mode});
    su_print_add(&watch->print);
    su_pump_join(&watch->pump);
    su_census_start();
    /* Error packets are those quoted in ICMP errors, which decide about connection attempts. */
    problem = register_tap_listener(SU_TAP_NAME, watch, watch->filter, TL_REQUIRES_ERROR_PACKETS,
                                    NULL, packet, draw, finish);
    if (!problem)
        return true;
    su_refuse("-z %s: %s", watch->argument, problem->str);
    g_string_free(problem, TRUE);
    finish(watch);
    return false;
}

static bool open_watch(const char *argument, const struct su_watch_class *class)
{
    struct su_watch *watch = g_new0(struct su_watch, 1);
    size_t length = strlen(class->command);

    watch->class = class;
    watch->argument = g_strdup(argument);
    class->open(watch, watch->argument + length + (argument[length] == ','));
    if (watch->own)
        return start(watch);
    g_free(watch->argument);
    g_free(watch);
    return false;
}

static su_stat_started start_watch(const char *argument, void *user)
{
    const struct su_watch_class *class = user;

    if (!su_request_is(argument, class->command)) {
        su_refuse_unknown(argument);
        SU_STAT_STARTED(false);
    }
    if (su_is_gui()) {
        su_refuse("-z %s: this is for tshark; in Wireshark, see Statistics > Socket Usage.",
                  argument);
        SU_STAT_STARTED(false);
    }
    SU_STAT_STARTED(!su_refuse_preferences(argument) && open_watch(argument, class));
}

void su_watch_register(const struct su_watch_class *class)
{
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = class->command,
        .tap_init_cb = start_watch,
    };

    register_stat_tap_ui(&ui, (void *)class); /* keeps both */
}
