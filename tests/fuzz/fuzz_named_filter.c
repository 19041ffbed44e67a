/* fuzz_named_filter.c: any text whatever as an expression, a list of networks, a row of a table.
 * With libFuzzer: clang -fsanitize=fuzzer,address,undefined -DSU_LIBFUZZER. Otherwise a program
 * that mutates good expressions, the same ones on every machine; its argument is how many (20000).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/named_filter.h"
#include "schema/networks.h"

/* NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

/* What must hold, also where assert() is compiled out. */
#define HOLDS(claim) holds((claim), #claim, __LINE__)

static void holds(bool is_so, const char *claim, int line)
{
    if (is_so)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, line, claim);
    abort();
}

/* ---- connections to look at -------------------------------------------------------------- */

static const uint8_t octets[][16] = {
    {10, 0,  0, 1},
    {192, 0,   2, 255},
    {0x20, 0x01,0x0d, 0xb8, [15] = 1},
    {0xfd,  [15] = 0x80},
};
static const uint16_t ports[] = {0, 22, 80, 443, 65535};

enum { VIEWS = 4 * 5 };

static struct su_view view_of(unsigned i)
{
    unsigned ends = i % 4;

    return (struct su_view){
        .ip_version = ends < 2 ? 4 : 6,
        .client = {.address = octets[ends],     .port = 40000       },
        .server = {.address = octets[ends ^ 1], .port = ports[i / 4]},
    };
}

/** Which filter of a set has that name. */
static unsigned index_of(const struct su_filter_set *set, const char *name)
{
    unsigned i = 0;

    while (i < su_filter_set_count(set) && strcmp(su_filter_set_name(set, i), name) != 0)
        i++;
    HOLDS(i < su_filter_set_count(set));
    return i;
}

/** Two sets have the same names, and filters of one name count the same connections. */
static void same_counts(const struct su_filter_set *one, const struct su_filter_set *other,
                        const struct su_networks *local)
{
    HOLDS(su_filter_set_count(one) == su_filter_set_count(other));
    for (unsigned i = 0; i < su_filter_set_count(one); i++) {
        unsigned j = index_of(other, su_filter_set_name(one, i));

        for (unsigned v = 0; v < VIEWS; v++) {
            const struct su_view view = view_of(v);

            HOLDS(su_filter_set_match(one, i, local, &view) ==
                  su_filter_set_match(other, j, local, &view));
        }
    }
}

/* ---- what must hold ---------------------------------------------------------------------- */

/** A complaint is one line of text that says where. */
static void check_complaint(char *error, const char *begin)
{
    HOLDS(error && g_str_has_prefix(error, begin));
    HOLDS(g_utf8_validate(error, -1, NULL) && strlen(error) < 600);
    for (const char *c = error; *c; c++)
        HOLDS((unsigned char)*c >= ' ');
    g_free(error);
}

/** The same words the other way round. */
static char *turn_round(const char *text)
{
    char **words = g_strsplit_set(text, SU_BLANKS, -1);
    GString *turned = g_string_new("");

    for (unsigned i = g_strv_length(words); i > 0; i--)
        g_string_append_printf(turned, "%s\n", words[i - 1]);
    g_strfreev(words);
    return g_string_free(turned, FALSE);
}

static void try_expression(const char *text, const struct su_networks *local)
{
    char *error = NULL;
    char *turned = turn_round(text);
    struct su_filter_set *set = su_filter_set_parse(text, &error);
    struct su_filter_set *other;

    if (!set)
        check_complaint(error, "character ");
    else
        HOLDS(!error);
    error = NULL;
    other = su_filter_set_parse(turned, &error);
    HOLDS(!set == !other);
    g_free(error);
    if (set) {
        HOLDS(su_filter_set_count(set) >= 1 && su_filter_set_count(set) <= SU_NAMED_FILTERS_MAX);
        for (unsigned i = 0; i < su_filter_set_count(set); i++)
            HOLDS(g_utf8_validate(su_filter_set_name(set, i), -1, NULL));
        same_counts(set, other, local);
    }
    su_filter_set_free(set);
    su_filter_set_free(other);
    g_free(turned);
}

/** A row that is refused changes nothing. Its columns are separated by '|'. */
static void try_row(const char *text, const struct su_networks *local)
{
    char **columns = g_strsplit(text, "|", 3);
    unsigned count = g_strv_length(columns);
    const struct su_filter_row row = {
        .name = count > 0 ? columns[0] : NULL,
        .networks = count > 1 ? columns[1] : NULL,
        .ports = count > 2 ? columns[2] : NULL,
        .direction = strlen(text) % 2 ? SU_DIRECTION_TX : SU_DIRECTION_RX,
    };
    struct su_filter_set *set = su_filter_set_default();
    struct su_filter_set *untouched = su_filter_set_default();
    char *error = NULL;

    if (!su_filter_set_add_rule(set, &row, &error)) {
        check_complaint(error, "");
        same_counts(set, untouched, local);
    }
    su_filter_set_free(set);
    su_filter_set_free(untouched);
    g_strfreev(columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    char *text = g_strndup((const char *)data, length);
    char *error = NULL;
    struct su_networks *networks = su_networks_parse(text, &error);

    if (!networks)
        check_complaint(error, "character ");
    try_expression(text, networks);
    try_row(text, networks);
    su_networks_free(networks);
    g_free(text);
    return 0;
}

/* ---- without libFuzzer ------------------------------------------------------------------- */

#ifndef SU_LIBFUZZER

static const char *const seeds[] = {
    "web:RX@%:80:443 db:TX@192.0.2.0/24:5432,[2001:db8::/32]:5432 :RX@*:22 :TX@*:22",
    "a:rx@10.0.0.1:80-90:%,[::]/0:1 b:tx@[::1/128]:65535 a:TX@0.0.0.0/0:*",
    "10.0.0.0/8, 2001:db8::/32, 192.0.2.1 [fd00::]/7,%",
    "a b|10.0.0.0/8, fd00::/7|80, 443,8000-8099",
};

static const char alphabet[] = "ab01289RXTXrxtx@@::::[[]]//,,,%**--..   \t\n|\xc3\xa4\xff\x01";

static uint32_t random_state = 20261121;

static unsigned draw(size_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % (unsigned)below;
}

/** Change, take out, put in, or double something. */
static void mutate(GString *text)
{
    gssize at = (gssize)draw(text->len + 1);
    char fresh = alphabet[draw(sizeof(alphabet) - 1)];

    switch (draw(4)) {
    case 0:
        if ((gsize)at < text->len)
            text->str[at] = fresh;
        break;
    case 1:
        g_string_erase(text, at, (gssize)draw(text->len - (gsize)at + 1) % 4);
        break;
    case 2:
        g_string_insert_c(text, at, fresh);
        break;
    default:
        if (text->len < 2000) {
            char *copy = g_strndup(text->str + at, 1 + draw(20));

            g_string_insert(text, (gssize)draw(text->len + 1), copy);
            g_free(copy);
        }
    }
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;

    for (long round = 0; round < rounds; round++) {
        GString *text = g_string_new(seeds[draw(G_N_ELEMENTS(seeds))]);

        for (unsigned changes = draw(6); changes > 0; changes--)
            mutate(text);
        LLVMFuzzerTestOneInput((const uint8_t *)text->str, text->len);
        g_string_free(text, TRUE);
    }
    printf("%ld texts tried\n", rounds);
    return rounds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
