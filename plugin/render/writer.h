/* writer.h: reports into bytes: text for people; JSON, NDJSON and CSV for machines.
 * A writer sees columns and cells, never a connection; no writer knows any report by name.
 *
 *     struct su_out out;
 *     su_out_to_file(&out, stdout);
 *     struct su_writer *writer = su_writer_new(SU_FORMAT_JSON, &out, &document);
 *     su_writer_begin(writer, report);            // for each table of the document:
 *     su_writer_row(writer, cells);               //   a listing report, row by row
 *     su_writer_end(writer);
 *     su_writer_rows(writer, rows);               // begin, all rows, end of a summing report
 *     su_writer_free(writer);                     // ends the document
 *     int error = su_out_close(&out);             // 0, or errno
 *
 * The same cells give the same bytes on every machine: no locale, no time zone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_WRITER_H
#define SU_RENDER_WRITER_H

#include "schema/report.h"
#include "schema/rows.h"

#include "out.h"

enum su_format {
    SU_FORMAT_TEXT = 0,
    SU_FORMAT_JSON,
    SU_FORMAT_NDJSON, /* one object per line */
    SU_FORMAT_CSV,    /* RFC 4180 */
    SU_FORMAT_COUNT
};

/** "text", "json", "ndjson", "csv": as users write them. */
extern const char *const su_format_words[SU_FORMAT_COUNT];

/** Of the structured document "all". Grows when a key changes its meaning or goes. */
enum { SU_SCHEMA_VERSION = 1 };

/** What a document says of itself. Texts may hold any octets; NULL and SU_TIME_NONE: unknown. */
struct su_document {
    bool all;            /* several reports: an object of them, not one report alone */
    const char *version; /* of the plugin */
    const char *capture; /* name of the capture file */
    const char *filter;  /* display filter; NULL or "": none */
    int64_t first_ns;    /* time of the first and of the last packet, since the epoch */
    int64_t last_ns;
    uint64_t packets; /* in the capture, whatever their protocol */
    uint64_t cut;     /* connections that a new session cut in two, and that count twice */
    unsigned width;   /* text: columns of the terminal; 0: no terminal, no limit */
};

struct su_writer;

/** `out` and `document` must outlive the writer. The document begins. */
struct su_writer *su_writer_new(enum su_format format, struct su_out *out,
                                const struct su_document *document);

/** A report begins. Its rows must come sorted; groups in the order of report->groups. */
void su_writer_begin(struct su_writer *writer, const struct su_report *report);
void su_writer_row(struct su_writer *writer, const struct su_cell *cells);
void su_writer_end(struct su_writer *writer);

/** All of a summing report. */
void su_writer_rows(struct su_writer *writer, const struct su_rows *rows);

/** Ends the document. */
void su_writer_free(struct su_writer *writer);

#endif
