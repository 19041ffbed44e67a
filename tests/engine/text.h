/* text.h: a growing piece of text, for messages that a test collects before it fails.
 * Knows nothing of TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_ENGINE_TEXT_H
#define SU_TESTS_ENGINE_TEXT_H

#include <stddef.h>

/** All-zero is an empty text. Free with su_text_free(). */
struct su_text {
    char *octets; /* NUL-terminated, NULL while empty */
    size_t length;
};

/** Append, as printf does. */
__attribute__((format(printf, 2, 3))) void su_text_add(struct su_text *text, const char *format,
                                                       ...);

/** The text so far, "" if there is none. */
const char *su_text_get(const struct su_text *text);

void su_text_free(struct su_text *text);

#endif
