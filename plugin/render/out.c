/* out.c: output in large pieces, with every error noticed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "out.h"

#include <errno.h>

enum { PIECE = 64 * 1024 };

void su_out_to_file(struct su_out *out, FILE *file)
{
    *out = (struct su_out){.text = g_string_sized_new(PIECE), .file = file};
}

void su_out_to_string(struct su_out *out)
{
    *out = (struct su_out){.text = g_string_new(NULL)};
}

static void note_error(struct su_out *out)
{
    if (out->error == 0)
        out->error = errno ? errno : EIO;
}

static void write_text(struct su_out *out)
{
    errno = 0;
    if (out->error == 0 && out->text->len > 0 &&
        fwrite(out->text->str, 1, out->text->len, out->file) != out->text->len)
        note_error(out);
    g_string_truncate(out->text, 0);
}

void su_out_commit(struct su_out *out)
{
    if (out->file && out->text->len >= PIECE)
        write_text(out);
}

void su_out_flush(struct su_out *out)
{
    if (!out->file)
        return;
    write_text(out);
    errno = 0;
    if (out->error == 0 && fflush(out->file) != 0)
        note_error(out);
}

int su_out_close(struct su_out *out)
{
    su_out_flush(out);
    g_string_free(out->text, TRUE);
    out->text = NULL;
    return out->error;
}
