/* cmdline.c: reads the command line, because epan does not tell on a first pass whether there will
 * be a second one, nor ever what file it is that is read. Only Linux shows a plugin the command
 * line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cmdline.h"

#include <string.h>

#include <glib.h>

/** Words of the command line of a tshark, NULL at their end; NULL: this is none, or nobody tells.
 *  Free them with g_strfreev(). */
static char **tshark_words(void)
{
    GPtrArray *words;
    char *text = NULL;
    gsize octets = 0;
    char *program;
    bool is_tshark;

    if (!g_file_get_contents("/proc/self/cmdline", &text, &octets, NULL) || octets == 0)
        return NULL;
    program = g_path_get_basename(text);
    is_tshark = strcmp(program, "tshark") == 0;
    g_free(program);
    words = g_ptr_array_new();
    for (const char *word = text; word < text + octets; word += strlen(word) + 1)
        g_ptr_array_add(words, g_strdup(word));
    g_ptr_array_add(words, NULL);
    g_free(text);
    if (is_tshark)
        return (char **)g_ptr_array_free(words, FALSE);
    g_strfreev((char **)g_ptr_array_free(words, FALSE));
    return NULL;
}

bool su_cmdline_is_tshark(void)
{
    char **words = tshark_words();
    bool is = words;

    g_strfreev(words);
    return is;
}

/* "-2" may stand among other letters, "-n2q"; the value of another option may contain a 2 as well,
 * which costs memory and no more. */
static bool asks_for_two(const char *word)
{
    return word[0] == '-' && word[1] != '-' && strchr(word, '2');
}

bool su_cmdline_may_repeat(void)
{
    char **words = tshark_words();
    bool may = !words;

    for (guint i = 0; words && words[i]; i++)
        may = may || asks_for_two(words[i]);
    g_strfreev(words);
    return may;
}

/* "-r NAME", "-rNAME", "-nqr NAME", "--read-file NAME", "--read-file=NAME". Letters before the r
 * must be ones that take no value, or the r is part of one. */
static const char *file_after(const char *word, const char *next)
{
    static const char name[] = "--read-file";
    const char *rest = word + strlen(name);

    if (g_str_has_prefix(word, name))
        return *rest == '=' ? rest + 1 : *rest == '\0' ? next : NULL;
    if (word[0] != '-')
        return NULL;
    word += 1 + strspn(word + 1, "2DghlLnpPqQvVx");
    if (*word != 'r')
        return NULL;
    return word[1] ? word + 1 : next;
}

char *su_cmdline_capture(void)
{
    char **words = tshark_words();
    const char *file = NULL;
    char *name = NULL;

    for (guint i = 1; words && words[i]; i++) {
        const char *found = file_after(words[i], words[i + 1]);

        file = found ? found : file;
    }
    if (file && *file && strcmp(file, "-") != 0)
        name = g_path_get_basename(file);
    g_strfreev(words);
    return name;
}
