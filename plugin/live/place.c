/* place.c: where a socket listens.
 * The lock settles who of two that start at the same time may replace what a dead process left:
 * between looking and acting nobody else acts. The system lets go of it however its owner ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gio/gunixsocketaddress.h>

enum { PATH_OCTETS = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1, BACKLOG = 128, TRIES = 8 };

struct su_place {
    char *path;
    char *lock_path;
    GSocket *socket; /* NULL: not listening */
    int lock;        /* -1: not locked */
    struct stat self;
};

static GPtrArray *places; /* struct su_place *, that are to be cleared away */

GSocket *su_place_socket(const struct su_place *place)
{
    return place->socket;
}

static char *say(const char *path, const char *what)
{
    return g_strdup_printf("%s: %s", path, what);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* ---- the lock ----------------------------------------------------------------------------- */

/* The one who had it may have taken it away between our opening and locking it. */
static bool is_still_there(const struct su_place *place)
{
    struct stat opened;
    struct stat named;

    return fstat(place->lock, &opened) == 0 && lstat(place->lock_path, &named) == 0 &&
           is_same(&opened, &named);
}

static char *open_lock(struct su_place *place)
{
    struct stat file;

    place->lock = open(place->lock_path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                       S_IRUSR | S_IWUSR);
    if (place->lock < 0)
        return say(place->lock_path, errno == ELOOP ? "is a symbolic link" : g_strerror(errno));
    if (fstat(place->lock, &file) != 0 || !S_ISREG(file.st_mode) || file.st_uid != geteuid())
        return say(place->lock_path, "is not a file of ours");
    if (flock(place->lock, LOCK_EX | LOCK_NB) != 0)
        return say(place->path,
                   errno == EWOULDBLOCK ? "another process serves there" : g_strerror(errno));
    return NULL;
}

static void drop_lock(struct su_place *place)
{
    if (place->lock >= 0)
        close(place->lock);
    place->lock = -1;
}

static char *take_lock(struct su_place *place)
{
    char *problem = open_lock(place);

    for (int i = 0; !problem && !is_still_there(place) && i < TRIES; i++) {
        drop_lock(place);
        problem = open_lock(place);
    }
    return problem;
}

/* ---- what is there already ---------------------------------------------------------------- */

/* Does anybody answer? */
static bool is_alive(GSocketAddress *address)
{
    GSocket *probe =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    GError *error = NULL;
    bool alive;

    if (!probe)
        return true;
    g_socket_set_blocking(probe, FALSE);
    alive = g_socket_connect(probe, address, NULL, &error) ||
            !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    g_clear_error(&error);
    g_object_unref(probe);
    return alive;
}

static char *clear_path(const struct su_place *place, GSocketAddress *address)
{
    struct stat file;

    if (lstat(place->path, &file) != 0)
        return errno == ENOENT ? NULL : say(place->path, g_strerror(errno));
    if (S_ISLNK(file.st_mode))
        return say(place->path, "is a symbolic link");
    if (!S_ISSOCK(file.st_mode))
        return say(place->path, "is there, and not a socket");
    if (file.st_uid != geteuid())
        return say(place->path, "is the socket of another user");
    if (is_alive(address))
        return say(place->path, "another process serves there");
    return unlink(place->path) == 0 ? NULL : say(place->path, g_strerror(errno));
}

/* ---- listening ---------------------------------------------------------------------------- */

static char *let_group_in(const struct su_place *place, const char *group)
{
    const struct group *entry = getgrnam(group);

    if (!entry)
        return say(group, "there is no such group (preference sockusage.socket_group)");
    if (chown(place->path, (uid_t)-1, entry->gr_gid) != 0 ||
        chmod(place->path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0)
        return g_strdup_printf("%s: it cannot be given to the group %s: %s", place->path, group,
                               g_strerror(errno));
    return NULL;
}

static char *take_error(GError *error, const char *path)
{
    char *text = say(path, error->message);

    g_error_free(error);
    return text;
}

static char *bind_socket(struct su_place *place, GSocketAddress *address)
{
    GError *error = NULL;
    mode_t before;

    place->socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
    if (!place->socket)
        return take_error(error, place->path);
    g_socket_set_blocking(place->socket, FALSE);
    g_socket_set_listen_backlog(place->socket, BACKLOG);
    before = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    if (!g_socket_bind(place->socket, address, FALSE, &error))
        g_clear_object(&place->socket);
    umask(before);
    return error ? take_error(error, place->path) : NULL;
}

static char *start_listening(struct su_place *place, const char *group)
{
    GError *error = NULL;
    char *problem = *group ? let_group_in(place, group) : NULL;

    if (problem)
        return problem;
    if (lstat(place->path, &place->self) != 0)
        return say(place->path, g_strerror(errno));
    return g_socket_listen(place->socket, &error) ? NULL : take_error(error, place->path);
}

static char *listen_there(struct su_place *place, const char *group)
{
    GSocketAddress *address = g_unix_socket_address_new(place->path);
    char *problem = clear_path(place, address);

    if (!problem)
        problem = bind_socket(place, address);
    if (!problem)
        problem = start_listening(place, group);
    g_object_unref(address);
    return problem;
}

/* ---- begin and end ------------------------------------------------------------------------ */

static void close_all(void)
{
    while (places && places->len > 0)
        su_place_close(g_ptr_array_index(places, 0));
    g_clear_pointer(&places, g_ptr_array_unref);
}

static void remember(struct su_place *place)
{
    if (!places) {
        places = g_ptr_array_new();
        atexit(close_all);
    }
    g_ptr_array_add(places, place);
}

static char *check_path(const char *path)
{
    if (!*path)
        return g_strdup("the path of the socket is missing");
    if (strlen(path) > PATH_OCTETS)
        return g_strdup_printf("%s: a socket's path has %d octets at most, this one has %zu", path,
                               PATH_OCTETS, strlen(path));
    if (geteuid() != getuid())
        return g_strdup("not for programs that run with another user's rights");
    return NULL;
}

struct su_place *su_place_open(const char *path, const char *group, char **problem)
{
    struct su_place *place;

    *problem = check_path(path);
    if (*problem)
        return NULL;
    place = g_new0(struct su_place, 1);
    place->path = g_strdup(path);
    place->lock_path = g_strconcat(path, ".lock", NULL);
    place->lock = -1;
    remember(place);
    *problem = take_lock(place);
    if (*problem)
        drop_lock(place);
    else
        *problem = listen_there(place, group);
    if (!*problem)
        return place;
    su_place_close(place);
    return NULL;
}

static void remove_socket(const struct su_place *place)
{
    struct stat file;

    if (place->self.st_ino != 0 &&
        (lstat(place->path, &file) != 0 || !is_same(&file, &place->self)))
        return; /* somebody has put something else there */
    unlink(place->path);
}

void su_place_close(struct su_place *place)
{
    g_ptr_array_remove(places, place);
    if (place->socket) {
        remove_socket(place);
        g_object_unref(place->socket);
    }
    if (place->lock >= 0)
        unlink(place->lock_path);
    drop_lock(place);
    g_free(place->path);
    g_free(place->lock_path);
    g_free(place);
}
