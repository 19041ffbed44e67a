/* refuse.c: how a -z argument that makes no sense is turned down.
 * Before Wireshark 4.6 a statistic cannot tell tshark that it will not start, and tshark would read
 * the whole capture and end with success; hence exit().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "refuse.h"

#include <epan/plugin_if.h>
#include <epan/stat_tap_ui.h>
#include <stdarg.h>
#include <stdlib.h>
#include <wsutil/report_message.h>

#include "adapter/filter_prefs.h"
#include "request.h"
#include "tapcompat.h"
#include "tree_cli.h"

bool su_is_gui(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->ws_info_supported;
}

void su_refuse(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    report_failure("%s", text);
    g_free(text);
    if (!su_is_gui())
        exit(EXIT_FAILURE);
}

/* "all, totals, hosts ..." */
static void put_reports(GString *text)
{
    for (size_t i = 0; i < su_report_count; i++)
        g_string_append_printf(text, ", %s", su_reports[i]->id);
}

static void put_formats(GString *text)
{
    for (unsigned i = 0; i < SU_FORMAT_COUNT; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", su_format_words[i]);
}

void su_refuse_unknown(const char *argument)
{
    GString *list = g_string_new("\n     -z " SU_TREE_COMMAND "[,filter]");

    for (size_t i = 0; i < su_report_count; i++)
        g_string_append_printf(list, "\n     -z " SU_COMMAND ",%s[,filter]", su_reports[i]->id);
    g_string_append(list, "\n     -z " SU_EXPORT_COMMAND ",<report|all>,<format>[,filter]"
                          "\n     -z " SU_MONITOR_COMMAND "[,filter]"
                          "\n     -z " SU_STREAM_COMMAND "[,filter]"
                          "\n     -z " SU_SERVE_COMMAND ",SOCKET[,filter]"
                          "\n     -z " SU_PROMETHEUS_COMMAND ",FILE[,SECONDS[,filter]]"
                          "\n     -z " SU_HELP_COMMAND);
    su_refuse("-z %s: there is no such report; there are:%s", argument, list->str);
    g_string_free(list, TRUE);
}

void su_refuse_export(const char *argument)
{
    GString *list = g_string_new("all");

    put_reports(list);
    su_refuse("-z %s: there is no such report to export; there are: %s", argument, list->str);
    g_string_free(list, TRUE);
}

void su_refuse_format(const char *argument)
{
    GString *list = g_string_new(NULL);

    put_formats(list);
    su_refuse("-z %s: there is no such format; there are: %s", argument, list->str);
    g_string_free(list, TRUE);
}

bool su_refuse_preferences(const char *argument)
{
    bool is_wrong = su_filter_prefs_problem() != NULL;

    if (is_wrong) /* the user has been told what is wrong when preferences were read */
        su_refuse("-z %s: not started, because a preference is wrong.", argument);
    return is_wrong;
}

static su_stat_started start_unknown(const char *argument, void *user _U_)
{
    su_refuse_unknown(argument);
    SU_STAT_STARTED(false);
}

void su_refuse_register(void)
{
    /* Longer names are tried first, so this is what is left over. */
    static stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = SU_COMMAND,
        .tap_init_cb = start_unknown,
    };

    register_stat_tap_ui(&ui, NULL);
}
