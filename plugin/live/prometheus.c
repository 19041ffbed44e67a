/* prometheus.c: -z sockusage,prometheus,FILE[,SECONDS[,filter]]: a file for node_exporter's textfile
 * collector, written anew now and then, and in the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "commands.h"

#include <string.h>

#include <wsutil/report_message.h>

#include "metrics.h"
#include "tap/refuse.h"
#include "tap/request.h"
#include "whole_file.h"

enum { SECONDS = 15, DAY_S = 24 * 60 * 60, US_PER_S = 1000 * 1000 };

struct prometheus {
    struct su_metrics *metrics;
    char *path;
    int64_t every_us, due_us;
    int error; /* of the last attempt to write; 0: none */
};

/* ---- writing ------------------------------------------------------------------------------ */

static int write_file(const struct prometheus *prometheus)
{
    GString *text = g_string_new(NULL);
    int error;

    su_metrics_write(prometheus->metrics, text);
    error = su_whole_file_write(prometheus->path, text);
    g_string_free(text, TRUE);
    return error;
}

/* A disk may be full for a while: said once, tried on. */
static void write_again(struct prometheus *prometheus)
{
    int error = write_file(prometheus);

    if (error && error != prometheus->error)
        report_failure("%s could not be written: %s", prometheus->path, g_strerror(error));
    prometheus->error = error;
}

static void turn(void *own)
{
    struct prometheus *prometheus = own;
    int64_t now_us;

    if (!su_pump_is_live()) /* numbers of a file are worth nothing until it is read */
        return;
    now_us = g_get_monotonic_time();
    if (now_us < prometheus->due_us)
        return;
    prometheus->due_us = now_us + prometheus->every_us;
    write_again(prometheus);
}

static void print(void *own, struct su_out *out)
{
    struct prometheus *prometheus = own;

    (void)out;
    write_again(prometheus);
    if (prometheus->error)
        su_print_fail();
}

/* ---- begin and end ------------------------------------------------------------------------ */

static void close_prometheus(void *own)
{
    struct prometheus *prometheus = own;

    su_metrics_free(prometheus->metrics);
    g_free(prometheus->path);
    g_free(prometheus);
}

/* FILE[,SECONDS[,filter]]; the file may be "". False: that is no number of seconds. */
static bool parse(struct prometheus *prometheus, const char *rest, const char **filter)
{
    char **words = g_strsplit(rest, ",", 3);
    guint count = g_strv_length(words);
    guint64 seconds = SECONDS;
    bool is_right = true;

    if (count > 1)
        is_right = g_ascii_string_to_unsigned(words[1], 10, 1, DAY_S, &seconds, NULL);
    prometheus->path = g_strdup(count > 0 ? words[0] : "");
    prometheus->every_us = (int64_t)seconds * US_PER_S;
    *filter = count > 2 && *words[2] ? strchr(strchr(rest, ',') + 1, ',') + 1 : NULL;
    g_strfreev(words);
    return is_right;
}

/* NULL, or what is wrong; free it. */
static char *try_it(struct prometheus *prometheus, const char *rest, const char **filter)
{
    if (!parse(prometheus, rest, filter))
        return g_strdup("after the file there may be a number of seconds, 1 to 86400");
    if (!*prometheus->path)
        return g_strdup("the name of the file is missing");
    if (g_file_test(prometheus->path, G_FILE_TEST_EXISTS) &&
        !g_file_test(prometheus->path, G_FILE_TEST_IS_REGULAR))
        return g_strdup_printf("%s is there, and not a file", prometheus->path);
    prometheus->error = write_file(prometheus);
    if (prometheus->error)
        return g_strdup_printf("%s could not be written: %s", prometheus->path,
                               g_strerror(prometheus->error));
    return NULL;
}

static void open_prometheus(struct su_watch *watch, const char *rest)
{
    struct prometheus *prometheus = g_new0(struct prometheus, 1);
    char *problem;

    prometheus->metrics = su_metrics_new();
    problem = try_it(prometheus, rest, &watch->filter);
    if (!problem) {
        watch->own = prometheus;
        return;
    }
    close_prometheus(prometheus);
    su_refuse("-z %s: %s", watch->argument, problem);
    g_free(problem);
}

static void put(void *own, const struct su_flow *flow)
{
    su_metrics_put(((struct prometheus *)own)->metrics, flow);
}

static void forget(void *own, const struct su_flow *flow)
{
    su_metrics_forget(((struct prometheus *)own)->metrics, flow);
}

static void session_ended(void *own)
{
    su_metrics_session_ended(((struct prometheus *)own)->metrics);
}

const struct su_watch_class su_prometheus = {
    .command = SU_PROMETHEUS_COMMAND,
    .mode = SU_FEED_EVERY_PACKET,
    .open = open_prometheus,
    .put = put,
    .forget = forget,
    .session_ended = session_ended,
    .turn = turn,
    .print = print,
    .close = close_prometheus,
};
