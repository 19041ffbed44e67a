/* expect.c: a report rendered, against a file in expected/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void update(const char *path, const GString *made)
{
    assert_true(g_file_set_contents(path, made->str, (gssize)made->len, NULL));
}

void expect_same(const char *name, enum su_format format, const GString *made)
{
    char *path = g_strdup_printf("expected/%s.%s", name, su_format_words[format]);
    char *expected = NULL;
    gsize octets = 0;

    if (getenv("SU_UPDATE"))
        update(path, made);
    if (!g_file_get_contents(path, &expected, &octets, NULL))
        fail_msg("%s is missing; SU_UPDATE=1 makes it", path);
    if (octets != made->len || memcmp(expected, made->str, octets) != 0)
        fail_msg("%s differs from what was made:\n%s", path, made->str);
    g_free(expected);
    g_free(path);
}
