/* lines.c: lines on standard output, while packets come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lines.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <wsutil/report_message.h>

#include "tap/printing.h"

static GString *text;
static bool is_closed;

GString *su_lines_text(void)
{
    if (!text)
        text = g_string_new(NULL);
    return text;
}

static int write_text(void)
{
    errno = 0;
    if (fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0)
        return 0;
    return errno ? errno : EIO;
}

/* The signal would end tshark on the spot: its temporary file and our socket would stay. What other
 * parts of tshark make of the signal is left as it is, and so is what dumpcap inherits. */
static int write_without_signal(void)
{
    const struct timespec at_once = {0, 0};
    sigset_t pipe_signal;
    sigset_t before;
    int error;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    error = write_text();
    if (error == EPIPE)
        sigtimedwait(&pipe_signal, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void give_up(int error)
{
    is_closed = true;
    su_print_silence();
    if (error != EPIPE) {
        report_failure("Standard output could not be written: %s", g_strerror(error));
        su_print_fail();
    }
    kill(getpid(), SIGINT);
}

void su_lines_flush(void)
{
    int error = 0;

    if (!text)
        return;
    if (text->len > 0 && !is_closed)
        error = write_without_signal();
    g_string_free(text, TRUE); /* it can have become long: many are forgotten at a time */
    text = NULL;
    if (error)
        give_up(error);
}
