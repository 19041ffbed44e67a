/* printing.c: what tshark prints at the end of the capture, in the order of the command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "printing.h"

#include <stdlib.h>

#include <wsutil/report_message.h>

static GPtrArray *prints; /* struct su_print *, in the order of the command line */
static bool has_failed;
static bool is_silent;

void su_print_add(struct su_print *print)
{
    if (!prints)
        prints = g_ptr_array_new();
    g_ptr_array_add(prints, print);
}

static void print_one(struct su_print *print, struct su_out *out, bool first)
{
    if (print->for_people && !first)
        g_string_append_c(out->text, '\n');
    print->print(print, out);
    print->is_printed = true;
}

static void print_all(void)
{
    struct su_out out;
    int error;

    su_out_to_file(&out, stdout);
    for (guint i = 0; i < prints->len; i++)
        print_one(g_ptr_array_index(prints, i), &out, i == 0);
    error = su_out_close(&out);
    if (error == 0)
        return;
    has_failed = true;
    report_failure("Standard output could not be written: %s", g_strerror(error));
}

void su_print_silence(void)
{
    is_silent = true;
}

void su_print_fail(void)
{
    has_failed = true;
}

void su_print_draw(struct su_print *print)
{
    if (!print->is_printed && !is_silent)
        print_all();
    print->is_printed = false;
}

void su_print_remove(struct su_print *print)
{
    g_ptr_array_remove(prints, print);
    if (prints->len > 0)
        return;
    g_ptr_array_free(prints, TRUE);
    prints = NULL;
    if (has_failed)
        exit(EXIT_FAILURE);
}
