/* request.c: what a -z argument asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "request.h"

#include <string.h>

#include "refuse.h"

/* Takes a word off `rest`, which then is behind the comma, or NULL if there is none. Free it. */
static char *next_word(const char **rest)
{
    const char *start = *rest;
    const char *comma = start ? strchr(start, ',') : NULL;

    *rest = comma ? comma + 1 : NULL;
    if (!start)
        return g_strdup("");
    return comma ? g_strndup(start, (gsize)(comma - start)) : g_strdup(start);
}

static bool find_report(const char *word, const struct su_report **report)
{
    *report = su_report_find(word);
    return *report != NULL;
}

static bool find_format(const char *word, enum su_format *format)
{
    for (unsigned i = 0; i < SU_FORMAT_COUNT; i++) {
        if (strcmp(word, su_format_words[i]) != 0)
            continue;
        *format = (enum su_format)i;
        return true;
    }
    return false;
}

static bool parse_export(const char *argument, const char **rest, struct su_request *request)
{
    char *which = next_word(rest);
    char *format = next_word(rest);
    bool known = strcmp(which, "all") == 0 || find_report(which, &request->report);
    bool is_right = known && find_format(format, &request->format);

    g_free(which);
    g_free(format);
    request->is_export = true;
    if (!known)
        su_refuse_export(argument);
    else if (!is_right)
        su_refuse_format(argument);
    return is_right;
}

bool su_request_parse(const char *argument, struct su_request *request)
{
    const char *rest = argument;
    char *word;
    bool is_right;

    *request = (struct su_request){.format = SU_FORMAT_TEXT};
    g_free(next_word(&rest)); /* sockusage */
    word = next_word(&rest);
    if (strcmp(word, "export") == 0) {
        is_right = parse_export(argument, &rest, request);
    } else {
        is_right = find_report(word, &request->report);
        if (!is_right)
            su_refuse_unknown(argument);
    }
    g_free(word);
    request->filter = rest && *rest ? rest : NULL;
    return is_right;
}

bool su_request_is(const char *argument, const char *command)
{
    size_t length = strlen(command);

    return strncmp(argument, command, length) == 0 &&
           (argument[length] == '\0' || argument[length] == ',');
}
