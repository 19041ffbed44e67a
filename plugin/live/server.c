/* server.c: answers one line of each client.
 * Every call goes through all clients without waiting for any; they are few. In a live capture the
 * main loop calls as soon as anything comes; while it is busy with packets, they call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "server.h"

#include <string.h>
#include <unistd.h>

enum {
    MS = 1000,
    CLIENTS = 256,
    ACCEPTS_A_TURN = 64,
    LINE_OCTETS = 256,
    OUT_OCTETS = 4 * 1024 * 1024, /* of all answers that nobody has read yet */
    ASK_US = 3000 * MS,           /* a client has so long to ask ... */
    READ_US = 5000 * MS,          /* ... and to read its answer */
    TURN_US = 5 * MS,             /* what is not done by then is done in the next turn */
    PAUSE_US = 2 * MS,            /* between two turns, and 4 times what the last one took */
    PAUSE_FACTOR = 4,
    DRAIN_US = 500 * MS
};

struct client {
    GSocket *socket;
    gpointer tag;     /* in the main loop */
    GString *line;    /* what it has asked so far */
    GString *out;     /* NULL: it has not finished asking */
    size_t sent;      /* of out */
    int64_t since_us; /* it began to ask, or to read */
    bool is_over;
};

/** In the main loop. */
struct source {
    GSource source;
    struct su_server *server;
};

struct su_server {
    GSocket *listener;
    su_server_answer *answer;
    void *user;
    GSource *source;
    GPtrArray *clients; /* struct client *, the oldest first */
    size_t unread;      /* octets of all answers */
    int64_t not_before_us;
    bool lets_others_in;
};

/* ---- one client --------------------------------------------------------------------------- */

static size_t unread_of(const struct client *client)
{
    return client->out ? client->out->len - client->sent : 0;
}

static void remove_client(struct su_server *server, struct client *client)
{
    server->unread -= unread_of(client);
    g_source_remove_unix_fd(server->source, client->tag);
    g_object_unref(client->socket); /* closes it */
    g_string_free(client->line, TRUE);
    if (client->out)
        g_string_free(client->out, TRUE);
    g_ptr_array_remove(server->clients, client);
    g_free(client);
}

/* Would it have to wait? Then not now. Anything else ends it. */
static void note_error(struct client *client, GError *error)
{
    if (!error)
        return;
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        client->is_over = true;
    g_error_free(error);
}

static void write_out(struct su_server *server, struct client *client)
{
    GError *error = NULL;
    gssize sent = g_socket_send(client->socket, client->out->str + client->sent,
                                client->out->len - client->sent, NULL, &error);

    note_error(client, error);
    if (sent <= 0)
        return;
    client->sent += (size_t)sent;
    server->unread -= (size_t)sent;
    client->is_over = client->is_over || unread_of(client) == 0;
}

/* Who has left answers unread for longest goes. */
static void make_room(struct su_server *server, const struct client *but)
{
    for (guint i = 0; server->unread > OUT_OCTETS && i < server->clients->len;) {
        struct client *client = g_ptr_array_index(server->clients, i);

        if (client != but && client->out)
            remove_client(server, client);
        else
            i++;
    }
}

static void give_answer(struct su_server *server, struct client *client, size_t length)
{
    g_string_truncate(client->line, length);
    if (length > 0 && client->line->str[length - 1] == '\r')
        g_string_truncate(client->line, length - 1);
    client->out = g_string_new(NULL);
    server->answer(server->user, client->line->str, client->out);
    client->since_us = g_get_monotonic_time();
    server->unread += client->out->len;
    g_source_modify_unix_fd(server->source, client->tag, G_IO_OUT);
    write_out(server, client);
    make_room(server, client);
}

/* An end without an end of line is one too. */
static void read_line(struct su_server *server, struct client *client)
{
    char text[LINE_OCTETS];
    GError *error = NULL;
    gssize got = g_socket_receive(client->socket, text, sizeof(text), NULL, &error);
    const char *end;

    note_error(client, error);
    if (got < 0)
        return;
    g_string_append_len(client->line, text, got);
    end = memchr(client->line->str, '\n', client->line->len);
    if (end)
        give_answer(server, client, (size_t)(end - client->line->str));
    else if (client->line->len >= LINE_OCTETS || (got == 0 && client->line->len > 0))
        give_answer(server, client, client->line->len);
    else if (got == 0)
        client->is_over = true;
}

static void serve(struct su_server *server, struct client *client)
{
    if (client->out)
        write_out(server, client);
    else
        read_line(server, client);
}

static bool is_late(const struct client *client, int64_t now_us)
{
    return now_us - client->since_us > (client->out ? READ_US : ASK_US);
}

/* ---- all clients -------------------------------------------------------------------------- */

static bool may_ask(const struct su_server *server, GSocket *socket)
{
    GCredentials *peer = g_socket_get_credentials(socket, NULL);
    uid_t uid = peer ? g_credentials_get_unix_user(peer, NULL) : (uid_t)-1;

    if (peer)
        g_object_unref(peer);
    return server->lets_others_in || uid == geteuid() || uid == 0;
}

/* All places are taken: whoever came first and has not even asked yet has to go. */
static void make_place(struct su_server *server)
{
    struct client *victim = g_ptr_array_index(server->clients, 0);

    for (guint i = 0; i < server->clients->len; i++) {
        struct client *client = g_ptr_array_index(server->clients, i);

        if (client->out)
            continue;
        victim = client;
        break;
    }
    serve(server, victim);
    remove_client(server, victim);
}

static void welcome(struct su_server *server, GSocket *socket)
{
    struct client *client;

    if (!may_ask(server, socket)) {
        g_object_unref(socket);
        return;
    }
    if (server->clients->len >= CLIENTS)
        make_place(server);
    g_socket_set_blocking(socket, FALSE);
    client = g_new0(struct client, 1);
    client->socket = socket;
    client->line = g_string_new(NULL);
    client->since_us = g_get_monotonic_time();
    client->tag = g_source_add_unix_fd(server->source, g_socket_get_fd(socket), G_IO_IN);
    g_ptr_array_add(server->clients, client);
    serve(server, client);
    if (client->is_over)
        remove_client(server, client);
}

static void remove_late(struct su_server *server)
{
    int64_t now_us = g_get_monotonic_time();

    for (guint i = server->clients->len; i > 0; i--) {
        struct client *client = g_ptr_array_index(server->clients, i - 1);

        if (is_late(client, now_us))
            remove_client(server, client);
    }
}

/* The newest first: of too many, some get their answer soon, instead of all of them late. Others may
 * have to go for one. */
static void serve_all(struct su_server *server, int64_t until_us)
{
    for (guint i = server->clients->len; i > 0 && g_get_monotonic_time() < until_us; i--) {
        struct client *client;

        i = MIN(i, server->clients->len);
        if (i == 0)
            break;
        client = g_ptr_array_index(server->clients, i - 1);
        serve(server, client);
        if (client->is_over)
            remove_client(server, client);
    }
}

static void accept_all(struct su_server *server, int64_t until_us)
{
    for (int i = 0; i < ACCEPTS_A_TURN && g_get_monotonic_time() < until_us; i++) {
        GSocket *socket = g_socket_accept(server->listener, NULL, NULL);

        if (!socket)
            break;
        welcome(server, socket);
    }
}

static void run(struct su_server *server)
{
    int64_t until_us = g_get_monotonic_time() + TURN_US;

    remove_late(server);
    accept_all(server, until_us);
    serve_all(server, until_us);
}

void su_server_turn(struct su_server *server)
{
    int64_t begin_us = g_get_monotonic_time();
    int64_t end_us;

    if (begin_us < server->not_before_us)
        return;
    run(server);
    end_us = g_get_monotonic_time();
    server->not_before_us = end_us + MAX(PAUSE_US, PAUSE_FACTOR * (end_us - begin_us));
}

void su_server_drain(struct su_server *server)
{
    int64_t until_us = g_get_monotonic_time() + DRAIN_US;

    do {
        run(server);
        if (server->clients->len == 0)
            return;
        g_usleep(MS);
    } while (g_get_monotonic_time() < until_us);
}

/* ---- begin and end ------------------------------------------------------------------------ */

/* Here nothing waits for us but the next batch of packets, and dumpcap keeps them. */
static gboolean dispatch(GSource *source, GSourceFunc function, gpointer user)
{
    (void)function;
    (void)user;
    run(((struct source *)(void *)source)->server);
    return G_SOURCE_CONTINUE;
}

struct su_server *su_server_new(GSocket *listener, bool lets_others_in, su_server_answer *answer,
                                void *user)
{
    static GSourceFuncs functions = {.dispatch = dispatch};
    struct su_server *server = g_new0(struct su_server, 1);

    server->listener = listener;
    server->lets_others_in = lets_others_in;
    server->answer = answer;
    server->user = user;
    server->clients = g_ptr_array_new();
    server->source = g_source_new(&functions, sizeof(struct source));
    ((struct source *)(void *)server->source)->server = server;
    g_source_add_unix_fd(server->source, g_socket_get_fd(listener), G_IO_IN);
    g_source_attach(server->source, NULL);
    return server;
}

void su_server_free(struct su_server *server)
{
    while (server->clients->len > 0)
        remove_client(server, g_ptr_array_index(server->clients, 0));
    g_ptr_array_free(server->clients, TRUE);
    g_source_destroy(server->source);
    g_source_unref(server->source);
    g_free(server);
}
