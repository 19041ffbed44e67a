/* test_seq.c: plays every cases/ *.seq in every mode; one named test for each file and mode.
 * Usage: test_seq [directory [part of a name]]; the directory defaults to SU_CASES_DIR or "cases".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "player.h"

#ifndef SU_CASES_DIR
#define SU_CASES_DIR "cases"
#endif

/* Fewer files than this means that the directory is not the one it should be. */
enum { AT_LEAST = 120 };

struct play {
    const struct su_script *script;
    enum su_script_mode mode;
};

static void test_play(void **state)
{
    const struct play *play = *state;
    struct su_text errors = {0};

    su_play(play->script, play->mode, &errors);
    if (errors.length) {
        print_error("%s", su_text_get(&errors));
        su_text_free(&errors);
        fail();
    }
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".seq") == 0;
}

static struct su_script *load(const char *directory, const char *file, struct su_text *errors)
{
    struct su_text path = {0};

    su_text_add(&path, "%s/%s", directory, file);
    struct su_script *script = su_script_load(su_text_get(&path), errors);
    su_text_free(&path);
    return script;
}

static void add_tests(const struct su_script *script, struct CMUnitTest *tests, size_t *count)
{
    for (int mode = 0; mode < SU_MODE_COUNT; mode++) {
        struct su_text name = {0};
        struct play *play = malloc(sizeof(*play));
        if (!play)
            abort();
        if (script->skip[mode]) {
            free(play);
            continue;
        }
        *play = (struct play){script, (enum su_script_mode)mode};
        su_text_add(&name, "%.*s/%s", (int)strcspn(script->name, "."), script->name,
                    su_script_mode_words[mode]);
        tests[(*count)++] =
            (struct CMUnitTest){.name = name.octets, .test_func = test_play, .initial_state = play};
    }
}

/* Loads the directory; complaints of the parser end the program, for then nothing is proved. */
static size_t load_all(const char *directory, const char *part, struct su_script ***scripts)
{
    struct dirent **entries = NULL;
    struct su_text errors = {0};
    int found = scandir(directory, &entries, is_case, alphasort);
    size_t count = 0;

    *scripts = calloc(found > 0 ? (size_t)found : 1, sizeof(struct su_script *));
    for (int i = 0; i < found; i++) {
        if (!part || strstr(entries[i]->d_name, part))
            (*scripts)[count++] = load(directory, entries[i]->d_name, &errors);
        free(entries[i]);
    }
    free(entries);
    if (errors.length) {
        fputs(su_text_get(&errors), stderr);
        exit(2);
    }
    if (!part && count < AT_LEAST) {
        fprintf(stderr, "%s: only %zu cases\n", directory, count);
        exit(2);
    }
    return count;
}

int main(int argc, char **argv)
{
    struct su_script **scripts;
    size_t count = load_all(argc > 1 ? argv[1] : SU_CASES_DIR, argc > 2 ? argv[2] : NULL, &scripts);
    struct CMUnitTest *tests = calloc(count * SU_MODE_COUNT + 1, sizeof(*tests));
    size_t total = 0;

    if (!tests)
        abort();
    for (size_t i = 0; i < count; i++)
        add_tests(scripts[i], tests, &total);
    int failed = _cmocka_run_group_tests("seq", tests, total, NULL, NULL);

    for (size_t i = 0; i < total; i++) {
        free((void *)(uintptr_t)tests[i].name);
        free(tests[i].initial_state);
    }
    for (size_t i = 0; i < count; i++)
        su_script_free(scripts[i]);
    free(scripts);
    free(tests);
    return failed != 0;
}
