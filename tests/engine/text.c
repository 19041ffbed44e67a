/* text.c: see text.h.
 * Running out of memory ends the program: this is only linked into tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void su_text_add(struct su_text *text, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it was started two lines above */
    int more = vsnprintf(NULL, 0, format, args);
    char *grown = more < 0 ? NULL : realloc(text->octets, text->length + (size_t)more + 1);
    if (!grown)
        abort();
    vsnprintf(grown + text->length, (size_t)more + 1, format, again);
    va_end(again);
    va_end(args);
    text->octets = grown;
    text->length += (size_t)more;
}

const char *su_text_get(const struct su_text *text)
{
    return text->octets ? text->octets : "";
}

void su_text_free(struct su_text *text)
{
    free(text->octets);
    text->octets = NULL;
    text->length = 0;
}
