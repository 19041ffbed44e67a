/* whole_file.c: a file that is replaced as a whole. It is written under another name beside its
 * place, which collectors of "*.prom" do not see, and takes it by being renamed. It is not forced to
 * disk: after a crash of the whole machine nobody wants these numbers, and waiting would hold up
 * packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int file, const GString *text)
{
    size_t done = 0;

    while (done < text->len) {
        ssize_t written = write(file, text->str + done, text->len - done);

        if (written < 0 && errno != EINTR)
            return errno;
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int write_beside(const char *path, const GString *text)
{
    int error;
    int file;

    unlink(path); /* of a process that was killed */
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (file < 0)
        return errno;
    error = write_all(file, text);
    if (close(file) != 0 && error == 0)
        error = errno;
    return error;
}

int su_whole_file_write(const char *path, const GString *text)
{
    char *folder = g_path_get_dirname(path);
    char *name = g_path_get_basename(path);
    char *beside = g_strdup_printf("%s/.%s.tmp", folder, name);
    int error = write_beside(beside, text);

    if (error == 0 && rename(beside, path) != 0)
        error = errno;
    if (error != 0)
        unlink(beside);
    g_free(beside);
    g_free(name);
    g_free(folder);
    return error;
}
