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

#include "tapcompat.h"
#include "tree_cli.h"

/* Every report, as it is written after -z. */
static const char *const reports[] = {
    SU_TREE_COMMAND "[,filter]",
};

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

void su_refuse_unknown(const char *argument)
{
    GString *list = g_string_new("");

    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
        g_string_append_printf(list, "\n     -z %s", reports[i]);
    su_refuse("-z %s: there is no such report; there are:%s", argument, list->str);
    g_string_free(list, TRUE);
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
        .cli_string = "sockusage",
        .tap_init_cb = start_unknown,
    };

    register_stat_tap_ui(&ui, NULL);
}
