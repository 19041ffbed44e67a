/* help.c: -z sockusage,help: what there is, and how to ask for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "help.h"

#include <glib.h>
#include <stdlib.h>

#include <epan/stat_tap_ui.h>

#include "refuse.h"
#include "render/writer.h"
#include "request.h"
#include "tapcompat.h"
#include "tree_cli.h"

static const char *const format_helps[SU_FORMAT_COUNT] = {
    [SU_FORMAT_TEXT] = "tables for people",
    [SU_FORMAT_JSON] = "one JSON value: an array or an object",
    [SU_FORMAT_NDJSON] = "JSON, one object on each line",
    [SU_FORMAT_CSV] = "comma separated values with a heading (RFC 4180)",
};

static void put_reports(GString *text)
{
    g_string_append(text, "Reports, as tables for the terminal: -z sockusage,<report>[,filter]\n\n"
                          "  tree        The overview of TCP as a tree\n");
    for (size_t i = 0; i < su_report_count; i++)
        g_string_append_printf(text, "  %-11s %s\n", su_reports[i]->id, su_reports[i]->help);
    g_string_append(text, "\n  tshark -q -r capture.pcapng -z sockusage,hosts\n"
                          "  tshark -q -r capture.pcapng -z 'sockusage,flows,tcp.port == 443'\n"
                          "\nA connection is in a report if one of its packets passes the filter, "
                          "and then as a whole.\n\n");
}

static void put_formats(GString *text)
{
    g_string_append(text, "Exports: -z sockusage,export,<report>,<format>[,filter]\n"
                          "The report \"all\" is several reports in one.\n\n");
    for (unsigned i = 0; i < SU_FORMAT_COUNT; i++)
        g_string_append_printf(text, "  %-11s %s\n", su_format_words[i], format_helps[i]);
    g_string_append_c(text, '\n');
    for (unsigned i = 0; i < SU_FORMAT_COUNT; i++)
        g_string_append_printf(text, "  tshark -q -r capture.pcapng -z sockusage,export,%s,%s\n",
                               i == SU_FORMAT_TEXT ? "all" : "flows", su_format_words[i]);
    g_string_append_c(text, '\n');
}

static void put_column(GString *text, const struct su_column *column)
{
    if (!column->key)
        return;
    g_string_append_printf(text, "  %-24s %s", column->key, column->help);
    if (column->type == SU_CELL_SPAN)
        g_string_append(text, " (seconds)");
    g_string_append_c(text, '\n');
}

/* clang-format off */
static const char live[] =
    "While packets come, see docs/live.md:\n"
    "\n"
    "  -z sockusage,monitor[,filter]                       a line for every handshake and end\n"
    "  -z sockusage,stream[,filter]                        the same as JSON, one object a line\n"
    "  -z sockusage,serve,SOCKET[,filter]                  answers at a UNIX socket\n"
    "  -z sockusage,prometheus,FILE[,SECONDS[,filter]]     a file for node_exporter\n"
    "\n"
    "With -o sockusage.forget_after:SECONDS connections are forgotten so long after their end:\n"
    "they stay counted, but flows, exchanges and ladder list those that are still held.\n"
    "\n";
/* clang-format on */

static void put_columns(GString *text)
{
    g_string_append(text, "What the exports hold, by the names that they have there:\n");
    for (size_t i = 0; i < su_report_count; i++) {
        g_string_append_printf(text, "\n%s\n", su_reports[i]->id);
        for (size_t n = 0; n < su_reports[i]->column_count; n++)
            put_column(text, &su_reports[i]->columns[n]);
    }
}

static int print_help(void)
{
    struct su_out out;

    su_out_to_file(&out, stdout);
    put_reports(out.text);
    put_formats(out.text);
    g_string_append(out.text, live);
    put_columns(out.text);
    return su_out_close(&out);
}

static su_stat_started start_help(const char *argument, void *user _U_)
{
    int error;

    if (!su_request_is(argument, SU_HELP_COMMAND)) {
        su_refuse_unknown(argument);
        SU_STAT_STARTED(false);
    }
    error = print_help();
    if (error)
        su_refuse("Standard output could not be written: %s", g_strerror(error));
    if (!su_is_gui())
        exit(EXIT_SUCCESS); /* no packet has been read yet */
    SU_STAT_STARTED(true);
}

void su_help_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = SU_HELP_COMMAND,
        .tap_init_cb = start_help,
    };

    register_stat_tap_ui(&ui, NULL);
}
