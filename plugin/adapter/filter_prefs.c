/* filter_prefs.c: takes named filters and local networks over from Wireshark's preferences.
 * Does not know their syntax (schema/named_filter.h). What the table holds is copied when Wireshark
 * says that it has changed: while its dialog is open, its records are not to be touched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "filter_prefs.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/uat.h>
#include <wsutil/report_message.h>

#include "schema/networks.h"

#include "compat.h"

/* ---- filters in force -------------------------------------------------------------------- */

/** Filters that somebody may still hold. */
struct force {
    struct su_named_filters named; /* first: what holders know of it */
    struct su_filter_source source;
    struct su_filter_set *set;
    struct su_networks *local;
    unsigned holders;
};

static struct force *force; /* the present one; this file is a holder of it */

static void let_go(struct force *old)
{
    if (!old || --old->holders > 0)
        return;
    su_filter_set_free(old->set);
    su_networks_free(old->local);
    g_free(old);
}

/* ---- strings ----------------------------------------------------------------------------- */

static char *check_expression(const char *text)
{
    char *error = NULL;

    su_filter_set_free(su_filter_set_parse(text, &error));
    return error;
}

static char *check_networks(const char *text)
{
    char *error = NULL;

    su_networks_free(su_networks_parse(text, &error));
    return error;
}

static struct {
    const char *name, *title, *help;
    char *(*check)(const char *text); /* NULL: it is right */
    const char *text;                 /* the preference; Wireshark's */
    char *seen;                       /* the text that was judged last */
    char *good;                       /* the last text that was right */
    char *problem;                    /* NULL: there is none */
} strings[] = {
    {
     .name = "handshake_filter",
     .title = "Named filters, as tcpeek has them",
     .help = "Filters of the report \"handshakes\", with blanks between them: "
                "[name]:RX|TX@address[/prefix]:port[:port...][,...]. RX: we are the server; TX: we "
                "are the client. The address is the peer's, the port is the server's, % or * "
                "stands for all, IPv6 addresses go in brackets. What a filter without a name "
                "matches is left out of all. Example: web:RX@%:80:443 "
                "db:TX@192.0.2.0/24:5432 :RX@*:22 :TX@*:22. Empty: RX and TX.", .check = check_expression,
     .text = "",
     },
    {
     .name = "local_nets",
     .title = "Our own networks",
     .help = "Addresses that are \"we\" in RX (we are the server) and TX (we are the client), "
                "with commas between them, such as 10.0.0.0/8, 2001:db8::/32, 192.0.2.1. "
                "Empty: every connection is both RX and TX.",                                                      .check = check_networks,
     .text = "",
     },
};

enum { EXPRESSION, LOCAL_NETS, STRINGS };
G_STATIC_ASSERT(G_N_ELEMENTS(strings) == STRINGS);

/** Judge a string if it is new. Returns whether it was. */
static bool judge(unsigned i)
{
    char *complaint;

    if (g_strcmp0(strings[i].seen, strings[i].text) == 0)
        return false;
    g_free(strings[i].seen);
    g_free(strings[i].problem);
    strings[i].seen = g_strdup(strings[i].text);
    strings[i].problem = NULL;
    complaint = strings[i].check(strings[i].text);
    if (!complaint) {
        g_free(strings[i].good);
        strings[i].good = g_strdup(strings[i].text);
        return true;
    }
    strings[i].problem =
        strings[i].good && *strings[i].good
            ? g_strdup_printf("sockusage.%s: %s; \"%s\" is kept", strings[i].name, complaint,
                              strings[i].good)
            : g_strdup_printf("sockusage.%s: %s; it is not used", strings[i].name, complaint);
    g_free(complaint);
    return true;
}

/* ---- the table --------------------------------------------------------------------------- */

struct row {
    char *name;
    char *networks;
    char *ports;
    unsigned direction; /* enum su_direction */
};

static struct row *table; /* Wireshark's */
static unsigned table_length;
static GPtrArray *rows;    /* struct row: the copies in force; NULL: none */
static char *rows_problem; /* NULL: there is none */

static void free_row(void *record)
{
    struct row *row = record;

    g_free(row->name);
    g_free(row->networks);
    g_free(row->ports);
}

static void *copy_row(void *to, const void *from, size_t length _U_)
{
    const struct row *source = from;
    struct row *copy = to;

    copy->name = g_strdup(source->name);
    copy->networks = g_strdup(source->networks);
    copy->ports = g_strdup(source->ports);
    copy->direction = source->direction;
    return to;
}

static void free_copy(void *record)
{
    free_row(record);
    g_free(record);
}

static bool add_row(struct su_filter_set *set, const struct row *row, char **error)
{
    const struct su_filter_row rule = {
        .name = row->name,
        .networks = row->networks,
        .ports = row->ports,
        .direction = (enum su_direction)row->direction,
    };

    return su_filter_set_add_rule(set, &rule, error);
}

/* ---- both together ----------------------------------------------------------------------- */

static void add_rows(struct su_filter_set *set)
{
    g_free(rows_problem);
    rows_problem = NULL;
    for (unsigned i = 0; rows && i < rows->len && !rows_problem; i++) {
        char *complaint = NULL;

        if (!add_row(set, rows->pdata[i], &complaint))
            rows_problem = g_strdup_printf("sockusage_filters, row %u: %s", i + 1, complaint);
        g_free(complaint);
    }
}

/* The rows have gone, and nobody has asked since: perhaps nobody will, the program may be ending. */
static bool is_stale;

static void build(void)
{
    struct force *fresh = g_new0(struct force, 1);
    char *error = NULL;

    /* What is kept as good was judged before, so there is no error. */
    fresh->set = su_filter_set_parse(strings[EXPRESSION].good, &error);
    fresh->local = su_networks_parse(strings[LOCAL_NETS].good, &error);
    add_rows(fresh->set);
    fresh->source = (struct su_filter_source){fresh->set, fresh->local};
    fresh->named = su_filter_source_named(&fresh->source);
    fresh->holders = 1;
    let_go(force);
    force = fresh;
    is_stale = false;
}

/** Statistics may start before Wireshark says that preferences have changed, so look. */
static void refresh(void)
{
    bool changed = false;

    for (unsigned i = 0; i < STRINGS; i++)
        changed |= judge(i);
    if (changed || !force || is_stale)
        build();
}

void su_filter_prefs_check(void)
{
    refresh();
    for (unsigned i = 0; i < STRINGS; i++) {
        if (strings[i].problem)
            report_failure("%s.", strings[i].problem);
    }
}

const char *su_filter_prefs_problem(void)
{
    refresh();
    for (unsigned i = 0; i < STRINGS; i++) {
        if (strings[i].problem)
            return strings[i].problem;
    }
    return rows_problem;
}

const struct su_named_filters *su_filter_prefs_hold(void)
{
    refresh();
    force->holders++;
    return &force->named;
}

void su_filter_prefs_release(const struct su_named_filters *filters)
{
    if (filters)
        let_go((struct force *)filters);
}

const struct su_networks *su_filter_prefs_local_nets(void)
{
    refresh();
    return force->local;
}

/* ---- what Wireshark calls about the table ------------------------------------------------ */

static su_bool check_row(void *record, char **error)
{
    struct su_filter_set *set = su_filter_set_default();
    bool right = add_row(set, record, error);

    su_filter_set_free(set);
    return right;
}

static void forget_rows(void)
{
    if (rows)
        g_ptr_array_free(rows, TRUE);
    rows = NULL;
    is_stale = true;
}

/* The program ends. */
static void forget_everything(void)
{
    forget_rows();
    let_go(force);
    force = NULL;
    g_clear_pointer(&rows_problem, g_free);
    for (unsigned i = 0; i < STRINGS; i++) {
        g_clear_pointer(&strings[i].seen, g_free);
        g_clear_pointer(&strings[i].good, g_free);
        g_clear_pointer(&strings[i].problem, g_free);
    }
}

static void take_rows(void)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func(free_copy);

    for (unsigned i = 0; i < table_length; i++)
        g_ptr_array_add(copies, copy_row(g_new0(struct row, 1), &table[i], sizeof(struct row)));
    if (rows)
        g_ptr_array_free(rows, TRUE);
    rows = copies;
    build();
    if (rows_problem)
        report_failure("%s.", rows_problem);
}

/* Fields: text as Wireshark's macro does it, and the direction with a better complaint. */
UAT_CSTRING_CB_DEF(row, name, struct row)
UAT_CSTRING_CB_DEF(row, networks, struct row)
UAT_CSTRING_CB_DEF(row, ports, struct row)

static const value_string directions[] = {
    {SU_DIRECTION_RX, "RX"},
    {SU_DIRECTION_TX, "TX"},
    {0,               NULL},
};

/** SU_DIRECTION_COUNT if it is none. */
static unsigned direction_of(const char *text, unsigned length)
{
    unsigned i = 0;

    while (i < SU_DIRECTION_COUNT && (length != strlen(su_direction_words[i]) ||
                                      g_ascii_strncasecmp(text, su_direction_words[i], length)))
        i++;
    return i;
}

/* NOLINTNEXTLINE(readability-function-size): so many parameters are what Wireshark gives */
static su_bool check_direction(void *record _U_, const char *text, unsigned length,
                               const void *data _U_, const void *more _U_, char **error)
{
    char *valid;

    if (direction_of(text, length) < SU_DIRECTION_COUNT)
        return true;
    valid = g_utf8_make_valid(text ? text : "", length);
    *error = g_strdup_printf("Direction: \"%s\" must be RX (we are the server) or TX (we are the "
                             "client)",
                             valid);
    g_free(valid);
    return false;
}

static void set_direction(void *record, const char *text, unsigned length, const void *data _U_,
                          const void *more _U_)
{
    unsigned direction = direction_of(text, length);

    /* A new row of the dialog begins with empty fields. */
    ((struct row *)record)->direction =
        direction < SU_DIRECTION_COUNT ? direction : SU_DIRECTION_RX;
}

static void show_direction(void *record, char **text, unsigned *length, const void *data _U_,
                           const void *more _U_)
{
    *text = g_strdup(su_direction_words[((const struct row *)record)->direction]);
    *length = (unsigned)strlen(*text);
}

static uat_field_t fields[] = {
    UAT_FLD_CSTRING(row, name, "Name",
                    "Rows of one name are one filter. Without a name: what the "
                    "row matches is left out of all filters"),
    {
       "direction", "Direction",
       PT_TXTMOD_ENUM, {check_direction, set_direction, show_direction},
       {directions, directions, directions},
       directions, "RX: we are the server; TX: we are the client",
       FLDFILL, },
    UAT_FLD_CSTRING(row, networks, "Peer networks",
                    "Such as 192.0.2.0/24, 2001:db8::/32; empty, % or *: all"),
    UAT_FLD_CSTRING(row, ports, "Server ports", "Such as 80, 443, 8000-8099; empty, % or *: all"),
    UAT_END_FIELDS,
};

void su_filter_prefs_register(struct pref_module *module)
{
    uat_t *uat = uat_new("Socket Usage: named filters", sizeof(struct row), "sockusage_filters",
                         TRUE, &table, &table_length, UAT_AFFECTS_DISSECTION, NULL, copy_row,
                         check_row, free_row, take_rows, forget_rows, fields);

    register_shutdown_routine(forget_everything);
    for (unsigned i = 0; i < STRINGS; i++)
        prefs_register_string_preference(module, strings[i].name, strings[i].title, strings[i].help,
                                         &strings[i].text);
    prefs_register_uat_preference(
        module, "filters", "Named filters",
        "Filters of the report \"handshakes\", as a table. They are in force together with those "
        "of \"handshake_filter\".",
        uat);
}
