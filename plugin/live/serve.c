/* serve.c: -z sockusage,serve,PATH[,filter]: answers questions at a UNIX socket while packets come.
 * From a file too, as long as it is read; then the answer to GET is printed in the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "commands.h"

#include <string.h>

#include "adapter/prefs.h"
#include "answer.h"
#include "place.h"
#include "server.h"
#include "tap/refuse.h"
#include "tap/request.h"

struct serving {
    struct su_ledger *ledger;
    struct su_answers *answers;
    struct su_place *place;
    struct su_server *server;
};

static void give(void *user, const char *line, GString *answer)
{
    const struct serving *serving = user;

    su_answers_give(serving->answers, line, answer);
}

static struct serving *new_serving(struct su_place *place)
{
    struct serving *serving = g_new0(struct serving, 1);
    bool has_group = *su_prefs_socket_group() != '\0';

    serving->place = place;
    serving->ledger = su_ledger_new();
    serving->answers = su_answers_new(serving->ledger);
    serving->server = su_server_new(su_place_socket(place), has_group, give, serving);
    return serving;
}

static void open_serving(struct su_watch *watch, const char *rest)
{
    const char *comma = strchr(rest, ',');
    char *path = comma ? g_strndup(rest, (gsize)(comma - rest)) : g_strdup(rest);
    char *problem = NULL;
    struct su_place *place = su_place_open(path, su_prefs_socket_group(), &problem);

    g_free(path);
    if (place) {
        watch->own = new_serving(place);
        watch->filter = comma && comma[1] ? comma + 1 : NULL;
        return;
    }
    su_refuse("-z %s: %s", watch->argument, problem);
    g_free(problem);
}

static void put(void *own, const struct su_flow *flow)
{
    su_ledger_put(((struct serving *)own)->ledger, flow);
}

static void forget(void *own, const struct su_flow *flow)
{
    su_ledger_forget(((struct serving *)own)->ledger, flow);
}

static void session_ended(void *own)
{
    su_ledger_session_ended(((struct serving *)own)->ledger);
}

static void turn(void *own)
{
    su_server_turn(((struct serving *)own)->server);
}

static void print(void *own, struct su_out *out)
{
    struct serving *serving = own;

    su_server_drain(serving->server);
    if (!su_pump_is_live())
        su_answers_get(serving->answers, out->text);
}

static void close_serving(void *own)
{
    struct serving *serving = own;

    su_server_free(serving->server);
    su_place_close(serving->place);
    su_answers_free(serving->answers);
    su_ledger_free(serving->ledger);
    g_free(serving);
}

const struct su_watch_class su_serve = {
    .command = SU_SERVE_COMMAND,
    .mode = SU_FEED_EVERY_PACKET,
    .has_flows = true,
    .open = open_serving,
    .put = put,
    .forget = forget,
    .session_ended = session_ended,
    .turn = turn,
    .print = print,
    .close = close_serving,
};
