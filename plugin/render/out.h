/* out.h: where output goes: a file or a string. Remembers the first thing that went wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_OUT_H
#define SU_RENDER_OUT_H

#include <stdio.h>

#include <glib.h>

/** All may append to `text`; the rest is out.c's. After an error nothing more is written. */
struct su_out {
    GString *text; /* what has not been written yet; of a string: everything */
    FILE *file;    /* NULL: a string */
    int error;     /* errno of the first failure; 0: none */
};

/** `file` stays open and stays the caller's. */
void su_out_to_file(struct su_out *out, FILE *file);
/** Into a string of its own: out->text until su_out_close(). */
void su_out_to_string(struct su_out *out);

/** To be called now and then, after appending to out->text: writes what has piled up. */
void su_out_commit(struct su_out *out);

/** Writes everything, for output that is read while it is made. */
void su_out_flush(struct su_out *out);

/** Write the rest and free what `out` holds. Returns 0, or errno of the first failure: ENOSPC,
 *  EPIPE ... */
int su_out_close(struct su_out *out);

#endif
