/* report_ladder.c: one line for each packet: who sent what, as a picture of the connection.
 * Numbers are relative to each side's first; windows are octets, scaled where that is right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include <string.h>

enum {
    FRAME,
    STREAM,
    TIME,
    CLIENT,
    CLIENT_PORT,
    ARROW,
    SERVER,
    SERVER_PORT,
    FROM,
    FLAGS,
    SEQ,
    ACK,
    LENGTH,
    WINDOW,
    WINDOW_SCALED,
    COLUMNS
};

#define COUNTER(key_, heading_, help_, width_, rank_)                                              \
    {                                                                                              \
        .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_COUNT,              \
        .width = (width_), .rank = (rank_)                                                         \
    }
#define TEXT(key_, heading_, help_, width_, rank_)                                                 \
    {                                                                                              \
        .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_TEXT,               \
        .width = (width_), .rank = (rank_)                                                         \
    }

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [FRAME] = COUNTER("frame", "Frame", "Frame number", 5, 1),
    [STREAM] = COUNTER("stream", "Stream", "Number of the connection", 0, 1),
    [TIME] = {.key = "time", .heading = "Time", .unit = "s", .type = SU_CELL_SPAN, .rank = 1,
              .help = "Since the connection's first packet"},
    [CLIENT] = {.key = "client.addr", .heading = "Client", .help = "Address of the client",
                .type = SU_CELL_ADDRESS, .rank = 2},
    [CLIENT_PORT] = COUNTER("client.port", "Port", "Port of the client", 0, 2),
    [ARROW] = TEXT(NULL, "Client  Server", "Who sent it, and its flags", 14, 1),
    [SERVER] = {.key = "server.addr", .heading = "Server", .help = "Address of the server",
                .type = SU_CELL_ADDRESS, .rank = 2},
    [SERVER_PORT] = COUNTER("server.port", "Port", "Port of the server", 0, 2),
    [FROM] = TEXT("from", "From", "Who sent it", 0, 0),
    [FLAGS] = TEXT("flags", "Flags", "S SYN, F FIN, R RST, P PSH, A ACK, U URG", 0, 0),
    [SEQ] = COUNTER("seq", "Seq", "Sequence number, relative to the sender's first", 0, 1),
    [ACK] = COUNTER("ack", "Ack", "Acknowledgment number, relative to the receiver's first", 0, 1),
    [LENGTH] = COUNTER("length", "Len", "Octets of payload", 0, 1),
    [WINDOW] = COUNTER("window", "Window", "Octets that the sender is ready to take: scaled, but "
                       "not on SYNs", 0, 1),
    [WINDOW_SCALED] = {.key = "window_scaled", .heading = "Scaled", .type = SU_CELL_TRUTH,
                       .help = "False: the factor is not known, the window is as on the wire"},
};
/* clang-format on */

static const struct {
    uint8_t bit;
    char letter;
} letters[] = {
    {SU_SYN, 'S'},
    {SU_FIN, 'F'},
    {SU_RST, 'R'},
    {SU_PSH, 'P'},
    {SU_ACK, 'A'},
    {SU_URG, 'U'},
};

enum { LETTERS = sizeof letters / sizeof letters[0], ARROW_WIDTH = 14 };

/** Where the texts of a line are. */
struct texts {
    char flags[LETTERS + 1];
    char arrow[ARROW_WIDTH + 1];
};
_Static_assert(sizeof(struct texts) <= sizeof((struct su_line *)0)->text, "a line has room");

static void write_flags(uint8_t flags, char *text)
{
    for (size_t i = 0; i < LETTERS; i++)
        if (flags & letters[i].bit)
            *text++ = letters[i].letter;
    *text = '\0';
}

/** "---- SA ----->", or the other way round. */
static void write_arrow(const struct su_ladder_packet *packet, const char *flags, char *text)
{
    size_t length = strlen(flags);

    memset(text, '-', ARROW_WIDTH);
    text[ARROW_WIDTH] = '\0';
    if (packet->from == SU_ROLE_SERVER)
        text[0] = '<';
    else
        text[ARROW_WIDTH - 1] = '>';
    if (length == 0)
        return;
    text += (ARROW_WIDTH - length) / 2;
    memcpy(text, flags, length);
    text[-1] = text[length] = ' ';
}

static size_t lines(const struct su_source *source)
{
    return source->packet ? 1 : 0;
}

static void fill_sockets(const struct su_view *view, struct su_cell *cells)
{
    cells[STREAM] = SU_CELL_OF_COUNT(view->stream);
    cells[CLIENT] = su_cell_of_address(view->client.address, view->ip_version);
    cells[CLIENT_PORT] = SU_CELL_OF_COUNT(view->client.port);
    cells[SERVER] = su_cell_of_address(view->server.address, view->ip_version);
    cells[SERVER_PORT] = SU_CELL_OF_COUNT(view->server.port);
}

static void fill(const struct su_source *source, size_t i, struct su_line *line)
{
    const struct su_ladder_packet *packet = source->packet;
    struct su_cell *cells = line->cells;
    struct texts *texts = (struct texts *)line->text;

    (void)i;
    write_flags(packet->flags, texts->flags);
    write_arrow(packet, texts->flags, texts->arrow);
    fill_sockets(source->view, cells);
    cells[FRAME] = SU_CELL_OF_COUNT(packet->frame);
    cells[TIME] =
        packet->time_ns == SU_TIME_NONE ? SU_CELL_OF_NONE() : SU_CELL_OF_SPAN(packet->time_ns);
    cells[ARROW] = SU_CELL_OF_TEXT(texts->arrow);
    cells[FROM] = SU_CELL_OF_TEXT(su_role_words[packet->from]);
    cells[FLAGS] = SU_CELL_OF_TEXT(texts->flags);
    cells[SEQ] = SU_CELL_OF_COUNT(packet->seq);
    cells[ACK] = packet->flags & SU_ACK ? SU_CELL_OF_COUNT(packet->ack) : SU_CELL_OF_NONE();
    cells[LENGTH] = SU_CELL_OF_COUNT(packet->payload_octets);
    cells[WINDOW] = SU_CELL_OF_COUNT(packet->window);
    cells[WINDOW_SCALED] = SU_CELL_OF_TRUTH(packet->has_window_scale);
}

const struct su_report su_report_ladder = {
    .id = "ladder",
    .title = "Packets",
    .help = "Each packet of the selected connections, as a picture of who sent what",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = 1,
    .shape = SU_SHAPE_LIST,
    .lines = lines,
    .fill = fill,
};
