/* format.h: what each format is to writer.c. Part of render; others want writer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_FORMAT_H
#define SU_RENDER_FORMAT_H

#include "writer.h"

/** Every format's own writer begins with this. */
struct su_writer {
    const struct su_format_class *format;
    struct su_out *out;
    const struct su_document *document;
    const struct su_report *report; /* the one that has begun */
    unsigned reports;               /* begun so far */
};

/** A format. Members may be NULL: nothing to do. */
struct su_format_class {
    size_t octets; /* of its own writer, which is all zero at first */
    void (*begin_document)(struct su_writer *writer);
    void (*begin)(struct su_writer *writer);
    void (*row)(struct su_writer *writer, const struct su_cell *cells);
    void (*end)(struct su_writer *writer);
    void (*end_document)(struct su_writer *writer);
};

extern const struct su_format_class su_format_text;
extern const struct su_format_class su_format_json;
extern const struct su_format_class su_format_ndjson;
extern const struct su_format_class su_format_csv;

#endif
