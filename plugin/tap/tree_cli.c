/* tree_cli.c: the overview tree on tshark's command line: -z sockusage,tree[,filter].
 * Counts while packets pass, writes once at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tree_cli.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <string.h>

#include "adapter/tapdata.h"
#include "feed.h"
#include "overview_flow.h"
#include "printing.h"
#include "refuse.h"
#include "request.h"
#include "tapcompat.h"
#include "tree_text.h"

/** One -z argument. */
struct cli {
    struct su_print print;
    struct su_feed feed;
    struct su_overview *overview;
    char *filter; /* NULL: none */
};

static void put(void *user, const struct su_flow *flow)
{
    struct cli *cli = user;

    su_overview_put_flow(cli->overview, flow);
}

static void forget(void *user, const struct su_flow *flow)
{
    struct cli *cli = user;

    su_overview_forget_flow(cli->overview, flow);
}

static void session_ended(void *user)
{
    struct cli *cli = user;

    su_overview_new_session(cli->overview);
}

static tap_packet_status packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    struct cli *cli = user;

    su_feed_packet(&cli->feed, pinfo, data);
    return TAP_PACKET_DONT_REDRAW;
}

static void print(struct su_print *self, struct su_out *out)
{
    struct cli *cli = (struct cli *)((char *)self - offsetof(struct cli, print));
    GString *text;

    su_feed_refresh(&cli->feed);
    text = su_tree_text(cli->overview, cli->filter, su_feed_cut(&cli->feed));
    g_string_append_len(out->text, text->str, (gssize)text->len);
    su_out_commit(out);
    g_string_free(text, TRUE);
}

static void draw(void *user)
{
    struct cli *cli = user;

    su_print_draw(&cli->print);
}

static void finish(void *user)
{
    struct cli *cli = user;

    su_feed_stop(&cli->feed);
    su_overview_free(cli->overview);
    su_print_remove(&cli->print);
    g_free(cli->filter);
    g_free(cli);
}

static bool start(const char *filter)
{
    struct cli *cli = g_new0(struct cli, 1);
    GString *problem;

    cli->filter = g_strdup(filter);
    cli->overview = su_overview_new((struct su_overview_sink){0});
    cli->print.print = print; /* begins with a blank line of its own */
    su_feed_start(&cli->feed,
                  (struct su_feed_sink){put, forget, session_ended, cli, SU_FEED_IN_THE_END});
    su_print_add(&cli->print);
    /* Error packets are those quoted in ICMP errors, which decide about connection attempts. */
    problem = register_tap_listener(SU_TAP_NAME, cli, cli->filter, TL_REQUIRES_ERROR_PACKETS, NULL,
                                    packet, draw, finish);
    if (!problem)
        return true;
    su_refuse("-z " SU_TREE_COMMAND ": %s", problem->str);
    g_string_free(problem, TRUE);
    finish(cli);
    return false;
}

static su_stat_started start_tree(const char *argument, void *user _U_)
{
    const char *rest = argument + strlen(SU_TREE_COMMAND);

    if (!su_request_is(argument, SU_TREE_COMMAND)) {
        su_refuse_unknown(argument);
        SU_STAT_STARTED(false);
    }
    if (su_is_gui()) {
        su_refuse("-z " SU_TREE_COMMAND ": in Wireshark this is under Statistics > Socket Usage.");
        SU_STAT_STARTED(false);
    }
    SU_STAT_STARTED(!su_refuse_preferences(argument) && start(*rest ? rest + 1 : NULL));
}

void su_tree_cli_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = SU_TREE_COMMAND,
        .tap_init_cb = start_tree,
    };

    register_stat_tap_ui(&ui, NULL);
}
