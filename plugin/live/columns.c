/* columns.c: tcpeek's columns. Addresses of IPv6 are longer than tcpeek's 15 characters: the columns
 * then grow once and for all, below a new heading.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "columns.h"

#include <string.h>

#include "render/value.h"

enum {
    TIME_WIDTH = 8,
    STAMP_WIDTH = 21, /* 26-11-20 16:39:02.552 */
    ADDRESS_WIDTH = 15,
    PORT_WIDTH = 5,
    RESULT_WIDTH = 17,
    COUNT_WIDTH = 7,
    ROLE_WIDTH = 7,
    OCTETS_WIDTH = 12,
    BARS = 13 /* between the columns, with blanks */
};

/* ---- fields ------------------------------------------------------------------------------- */

static void put_blanks(GString *out, size_t count)
{
    while (count-- > 0)
        g_string_append_c(out, ' ');
}

static size_t room(size_t width, size_t length)
{
    return width > length ? width - length : 0;
}

static void put_right(GString *out, const char *text, size_t width)
{
    put_blanks(out, room(width, strlen(text)));
    g_string_append(out, text);
}

static void put_left(GString *out, const char *text, size_t width)
{
    g_string_append(out, text);
    put_blanks(out, room(width, strlen(text)));
}

static void put_middle(GString *out, const char *text, size_t width)
{
    size_t left = room(width, strlen(text)) / 2;

    put_blanks(out, left);
    put_left(out, text, width - left);
}

static void put_count(GString *out, uint64_t count, size_t width)
{
    GString *text = g_string_new(NULL);

    su_value_put_count(text, count);
    put_right(out, text->str, width);
    g_string_free(text, TRUE);
}

static void put_seconds(GString *out, int64_t ns)
{
    GString *text = g_string_new(NULL);

    if (ns == SU_TIME_NONE)
        g_string_append_c(text, '-');
    else
        su_value_put_rounded(text, ns, 0, 3);
    put_right(out, text->str, TIME_WIDTH);
    g_string_free(text, TRUE);
}

/* With two digits of the year, as tcpeek has it. */
static void put_stamp(GString *out, int64_t ns)
{
    GString *text = g_string_new(NULL);

    su_value_put_clock(text, ns, 3);
    put_right(out, text->str + 2, STAMP_WIDTH);
    g_string_free(text, TRUE);
}

/* ---- sockets ------------------------------------------------------------------------------ */

static GString *address_of(const struct su_view_side *side, unsigned version)
{
    const struct su_cell cell = su_cell_of_address(side->address, version);
    GString *text = g_string_new(version == 6 ? "[" : NULL);

    su_value_put_address(text, &cell);
    if (version == 6)
        g_string_append_c(text, ']');
    return text;
}

static void put_socket(GString *out, const GString *address, uint16_t port, unsigned width)
{
    GString *number = g_string_new(NULL);

    su_value_put_count(number, port);
    put_right(out, address->str, width);
    g_string_append_c(out, ':');
    put_left(out, number->str, PORT_WIDTH);
    g_string_free(number, TRUE);
}

/* ---- lines -------------------------------------------------------------------------------- */

static void put_heading(GString *out, unsigned width)
{
    unsigned socket = width + 1 + PORT_WIDTH;

    put_right(out, "TIME(s)", TIME_WIDTH);
    g_string_append(out, " | ");
    put_middle(out, "TIMESTAMP (UTC)", STAMP_WIDTH);
    g_string_append(out, " | ");
    put_middle(out, "SRC IP:PORT", socket);
    g_string_append_c(out, ' ');
    put_middle(out, "DST IP:PORT", socket);
    g_string_append(out, " |      RESULTS      | DUP SYN  DUP S/A\n");
    put_blanks(out, TIME_WIDTH);
    g_string_append(out, " | ");
    put_blanks(out, STAMP_WIDTH);
    g_string_append(out, " | ");
    put_blanks(out, 2 * socket + 1);
    g_string_append(out, " |     end (how)     | BY       BYTES SENT    RECEIVED\n");
    for (unsigned i = TIME_WIDTH + STAMP_WIDTH + 2 * socket + RESULT_WIDTH + ROLE_WIDTH +
                      2 * OCTETS_WIDTH + BARS;
         i > 0; i--)
        g_string_append_c(out, '-');
    g_string_append_c(out, '\n');
}

static const char *result_text(const struct su_live_event *event)
{
    static const char *const texts[SU_RESULT_COUNT] = {
        [SU_RESULT_SUCCESS] = "success",
        [SU_RESULT_TIMEOUT] = "failure (timeout)",
        [SU_RESULT_REJECT] = "failure (reject)",
        [SU_RESULT_UNREACH] = "failure (unreach)",
    };

    if (event->is_again && event->result == SU_RESULT_SUCCESS)
        return "success (late)";
    return texts[event->result] ? texts[event->result] : su_handshake_words[event->view->handshake];
}

/* How long it took until the result was known. */
static int64_t result_time(const struct su_live_event *event)
{
    const struct su_view *view = event->view;

    if (event->result == SU_RESULT_SUCCESS)
        return view->handshake_ns;
    if (event->result == SU_RESULT_TIMEOUT || event->result == SU_RESULT_UNREACH)
        return event->at_ns - view->start_ns;
    return view->duration_ns;
}

static void put_handshake(GString *out, const struct su_live_event *event)
{
    put_middle(out, result_text(event), RESULT_WIDTH);
    g_string_append(out, " | ");
    put_count(out, event->view->dup_syn, COUNT_WIDTH);
    g_string_append(out, "  ");
    put_count(out, event->view->dup_synack, COUNT_WIDTH);
    g_string_append_c(out, '\n');
}

static void put_end(GString *out, const struct su_live_event *event)
{
    const struct su_view *view = event->view;
    GString *how = g_string_new("end (");

    g_string_append_printf(how, "%s)", su_close_words[view->close]);
    put_middle(out, how->str, RESULT_WIDTH);
    g_string_append(out, " | ");
    put_left(out, view->close_by ? su_role_words[view->close_by] : "-", ROLE_WIDTH);
    put_count(out, view->client.octets, OCTETS_WIDTH);
    put_count(out, view->server.octets, OCTETS_WIDTH);
    g_string_append_c(out, '\n');
    g_string_free(how, TRUE);
}

static void widen(struct su_columns *columns, GString *out, unsigned width)
{
    if (width <= columns->address_width)
        return;
    columns->address_width = width;
    put_heading(out, width);
}

void su_columns_begin(struct su_columns *columns, GString *out)
{
    widen(columns, out, ADDRESS_WIDTH);
}

void su_columns_put(struct su_columns *columns, GString *out, const struct su_live_event *event)
{
    const struct su_view *view = event->view;
    bool is_end = event->kind == SU_EVENT_END;
    GString *client = address_of(&view->client, view->ip_version);
    GString *server = address_of(&view->server, view->ip_version);

    widen(columns, out, (unsigned)MAX(client->len, server->len));
    put_seconds(out, is_end ? view->duration_ns : result_time(event));
    g_string_append(out, " | ");
    put_stamp(out, view->start_ns);
    g_string_append(out, " | ");
    put_socket(out, client, view->client.port, columns->address_width);
    g_string_append_c(out, ' ');
    put_socket(out, server, view->server.port, columns->address_width);
    g_string_append(out, " | ");
    if (is_end)
        put_end(out, event);
    else
        put_handshake(out, event);
    g_string_free(client, TRUE);
    g_string_free(server, TRUE);
}
