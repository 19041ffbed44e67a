/* passes.c: reads the command line, because epan does not tell on a first pass whether there will be
 * a second one. Only Linux shows a plugin the command line; elsewhere, and when in doubt, it may.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "passes.h"

#include <string.h>

#include <glib.h>

/* "-2" may stand among other letters, "-n2q"; the value of another option may contain a 2 as well,
 * which costs memory and no more. */
static bool asks_for_two(const char *word)
{
    return word[0] == '-' && word[1] != '-' && strchr(word, '2');
}

bool su_passes_may_repeat(void)
{
    char *words = NULL;
    gsize octets = 0;
    bool may = true;
    char *program;

    if (!g_file_get_contents("/proc/self/cmdline", &words, &octets, NULL) || octets == 0)
        return true;
    program = g_path_get_basename(words);
    if (strcmp(program, "tshark") == 0) {
        may = false;
        for (const char *word = words; word < words + octets; word += strlen(word) + 1)
            may = may || asks_for_two(word);
    }
    g_free(program);
    g_free(words);
    return may;
}
