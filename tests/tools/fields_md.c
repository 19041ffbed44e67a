/* fields_md.c: prints docs/fields.md from the field table; with --rows the bare table for
 * tests, with --expert that of expert items.
 * Knows the schema only, so it needs no Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "schema/expert.h"
#include "schema/field.h"

/* clang-format off */
static const struct {
    const char *type; /* Wireshark's name for it */
    const char *text; /* what it means to users */
} kinds[SU_KIND_COUNT] = {
    [SU_KIND_WORD] = {"FT_STRING", "word"},
    [SU_KIND_TEXT] = {"FT_STRING", "text"},
    [SU_KIND_TIME] = {"FT_RELATIVE_TIME", "seconds"},
    [SU_KIND_FLAG] = {"FT_BOOLEAN", "flag: there only if true"},
    [SU_KIND_UINT8] = {"FT_UINT8", "number"},
    [SU_KIND_UINT32] = {"FT_UINT32", "number"},
    [SU_KIND_UINT64] = {"FT_UINT64", "number"},
    [SU_KIND_PORT] = {"FT_UINT16", "port"},
    [SU_KIND_IPV4] = {"FT_IPv4", "IPv4 address"},
    [SU_KIND_IPV6] = {"FT_IPv6", "IPv6 address"},
    [SU_KIND_FRAME] = {"FT_FRAMENUM", "frame number"},
};

static const char intro[] =
    "# Fields\n"
    "\n"
    "Made from the field table by `tests/tools/fields_md.sh > docs/fields.md`; do not edit.\n"
    "\n"
    "Every TCP and UDP packet has these fields, and so has every ICMP error that quotes one.\n"
    "They work as any field of Wireshark's: in display filters, in columns, in I/O graphs, with\n"
    "`tshark -T fields -e`.\n"
    "\n"
    "- They tell of the whole connection, whichever of its packets is looked at. Only these are\n"
    "  about the packet itself: `sockusage.role`; both states and the counts of open connections,\n"
    "  as they were right after it; its `sockusage.gap`; the `sockusage.exchange` it belongs to.\n"
    "- In Wireshark and with `tshark -2` they are final. In one pass they tell what is known so\n"
    "  far.\n"
    "- What is not known is absent. So `sockusage.syn_rtt` alone, as a filter, finds the packets\n"
    "  of all connections whose SYN-ACK was seen.\n"
    "- Words are compared by name: `sockusage.close == \"rst\"`. Times are compared in seconds:\n"
    "  `sockusage.syn_rtt > 0.3`. Flags are there only if true: `sockusage.linger`.\n"
    "- A frame with several packets in it, such as that of a tunnel, has one set for each, the\n"
    "  outer one first.\n"
    "- `sockusage` alone finds all packets that belong to a connection.\n"
    "\n"
    "| field | what | of | meaning |\n"
    "|---|---|---|---|\n";

static const char expert_intro[] =
    "\n"
    "# Expert items\n"
    "\n"
    "What Analyze > Expert Information and `-z expert` list under SockUsage, once for each event.\n"
    "Each name is a display filter: `sockusage.expert.reset`. In Wireshark's window, and with\n"
    "`tshark -2`, all of them are there.\n"
    "\n"
    "| filter | title | severity | listed at |\n"
    "|---|---|---|---|\n";
/* clang-format on */

static const char *protocols(const struct su_field *field)
{
    if (field->protocols == SU_FIELD_BOTH)
        return "TCP, UDP";
    return field->protocols == SU_FIELD_TCP ? "TCP" : "UDP";
}

static void print_words(const struct su_field *field)
{
    const char *before = ". One of ";

    for (size_t i = 0; i < field->word_count; i++) {
        if (field->words[i][0] == '\0')
            continue;
        printf("%s`%s`", before, field->words[i]);
        before = ", ";
    }
}

static void print_line(const struct su_field *field)
{
    printf("| `%s` | %s | %s | %s", field->name, kinds[field->kind].text, protocols(field),
           field->help);
    print_words(field);
    printf(" |\n");
}

static void print_row(const struct su_field *field)
{
    printf("%s\t%s\t%s\t%s\n", field->name, kinds[field->kind].type, field->title, field->help);
}

/* For the manual page: hyphens are to be copied, so they must not become typographic ones. */
static void print_man(const struct su_field *field)
{
    printf(".TP\n.B %s\n", field->name);
    for (const char *c = field->help; *c; c++)
        fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, stdout);
    printf(" (%s).\n", kinds[field->kind].text);
}

static void print_expert_line(const struct su_expert_row *row)
{
    printf("| `%s` | %s | %s | %s |\n", row->name, row->title,
           row->severity == SU_SEVERITY_NOTE ? "note" : "warning", row->help);
}

static void print_expert_row(const struct su_expert_row *row)
{
    printf("%s\t%s\t%s\n", row->name, row->title, row->help);
}

static const struct {
    const char *option;
    const char *intro;
    void (*print)(const struct su_field *field);
    const char *expert_intro;
    void (*print_expert)(const struct su_expert_row *row);
} forms[] = {
    {"",         intro, print_line, expert_intro, print_expert_line},
    {"--rows",   "",    print_row,  "",           NULL             },
    {"--expert", "",    NULL,       "",           print_expert_row },
    {"--man",    "",    print_man,  "",           NULL             },
};

static void print_form(size_t form)
{
    fputs(forms[form].intro, stdout);
    for (size_t i = 0; forms[form].print && i < su_field_count; i++)
        forms[form].print(&su_fields[i]);
    fputs(forms[form].expert_intro, stdout);
    for (size_t i = 0; forms[form].print_expert && i < SU_EXPERT_COUNT; i++)
        forms[form].print_expert(&su_expert_rows[i]);
}

int main(int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";

    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        if (strcmp(option, forms[form].option) != 0)
            continue;
        print_form(form);
        return ferror(stdout) || fflush(stdout) ? 1 : 0;
    }
    fprintf(stderr, "%s: no such option: %s; there are --rows, --expert and --man\n", argv[0],
            option);
    return 2;
}
