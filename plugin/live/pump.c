/* pump.c: turns from tshark's main loop and from the packets.
 * The loop also moves the capture's clock on while no packet comes: attempts time out then too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pump.h"

#include <glib.h>

#include <epan/packet.h>
#include <epan/tap.h>

#include "adapter/clock.h"
#include "quiet.h"
#include "tap/refuse.h"

enum {
    PACKETS_A_TURN = 64, /* some 300 microseconds of dissection */
    TICK_US = 200 * 1000
};

static GPtrArray *pumps; /* struct su_pump *; NULL: there is none */
static uint64_t packets;
static struct su_quiet quiet;
static bool is_live;

static void give_turns(void)
{
    for (guint i = 0; pumps && i < pumps->len; i++) {
        struct su_pump *pump = g_ptr_array_index(pumps, i);

        pump->turn(pump);
    }
}

/* ---- the main loop ------------------------------------------------------------------------ */

static gboolean dispatch(GSource *source, GSourceFunc function _U_, gpointer user _U_)
{
    int64_t now_us = g_source_get_time(source);

    is_live = true;
    g_source_set_ready_time(source, now_us + TICK_US);
    su_clock_advance(su_quiet_time(&quiet, packets, now_us, su_clock_now()));
    give_turns();
    return G_SOURCE_CONTINUE;
}

/* Something was read since the last turn: it shall not have to wait for the next tick. */
static gboolean prepare(GSource *source _U_, gint *timeout)
{
    *timeout = -1;
    return packets != quiet.packets;
}

static void start_loop(void)
{
    static GSourceFuncs functions = {.prepare = prepare, .dispatch = dispatch};
    GSource *source = g_source_new(&functions, sizeof(GSource));

    g_source_set_ready_time(source, 0);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

/* ---- packets ------------------------------------------------------------------------------ */

static tap_packet_status packet(void *user _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                const void *data _U_, tap_flags_t flags _U_)
{
    if (++packets % PACKETS_A_TURN == 0)
        give_turns();
    return TAP_PACKET_DONT_REDRAW;
}

static void start(void)
{
    static bool has_started;
    GString *problem;

    if (has_started)
        return;
    has_started = true;
    start_loop();
    problem = register_tap_listener("frame", &packets, NULL, TL_REQUIRES_NOTHING, NULL, packet,
                                    NULL, NULL);
    if (!problem)
        return;
    su_refuse("%s", problem->str);
    g_string_free(problem, TRUE);
}

void su_pump_join(struct su_pump *pump)
{
    start();
    if (!pumps)
        pumps = g_ptr_array_new();
    g_ptr_array_add(pumps, pump);
}

void su_pump_leave(struct su_pump *pump)
{
    g_ptr_array_remove(pumps, pump);
    if (pumps->len == 0)
        g_clear_pointer(&pumps, g_ptr_array_unref);
}

bool su_pump_is_live(void)
{
    return is_live;
}
