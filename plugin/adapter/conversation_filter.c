/* conversation_filter.c: filters for what a packet belongs to, as its context menu offers them.
 * For TCP segments only: in a tunnel that of the innermost one, whose addresses Wireshark shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conversation_filter.h"

#include <epan/to_str.h>

#include "compat.h"
#include "opencount.h"

#define NAME "sockusage"
#define MENU "Socket Usage: "

/* ---- parts of filters --------------------------------------------------------------------- */

static bool find(const packet_info *pinfo, struct su_frame_record *record)
{
    return su_capture_recall_tcp(pinfo->num, record);
}

/* "sockusage.client.ip == 10.0.0.1" */
static void put_host(GString *filter, const struct su_flow *flow, enum su_role role)
{
    uint8_t client = su_flow_client(flow);
    const uint8_t *octets = su_flow_address(flow, role == SU_ROLE_CLIENT ? client : !client);
    bool v6 = su_flow_ip_version(flow) == 6;
    address host;
    char *text;

    set_address(&host, v6 ? AT_IPv6 : AT_IPv4, v6 ? 16 : 4, octets);
    text = address_to_str(NULL, &host);
    g_string_append_printf(filter, "sockusage.%s.%s == %s", su_role_words[role], v6 ? "ipv6" : "ip",
                           text);
    wmem_free(NULL, text);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;

    return left < right ? -1 : left > right;
}

/* "1, 4..6": how many from here on follow one another */
static guint run_length(const GArray *sorted, guint from)
{
    uint32_t first = g_array_index(sorted, uint32_t, from);
    guint length = 1;

    while (from + length < sorted->len &&
           g_array_index(sorted, uint32_t, from + length) == first + length)
        length++;
    return length;
}

static void put_set(GString *filter, GArray *numbers)
{
    guint length;

    g_array_sort(numbers, by_number);
    for (guint i = 0; i < numbers->len; i += length) {
        uint32_t first = g_array_index(numbers, uint32_t, i);

        length = run_length(numbers, i);
        g_string_append_printf(filter, "%s%u", i > 0 ? ", " : "", first);
        if (length > 1)
            g_string_append_printf(filter, "..%u", first + length - 1);
    }
}

/* ---- what Wireshark calls ----------------------------------------------------------------- */

static su_bool is_tcp(SU_FILTER_ARGUMENTS)
{
    struct su_frame_record record;

    SU_FILTER_IGNORE_USER;
    return find(pinfo, &record);
}

static su_bool has_open_client(SU_FILTER_ARGUMENTS)
{
    struct su_frame_record record;
    struct su_open_counts open;

    SU_FILTER_IGNORE_USER;
    if (!find(pinfo, &record))
        return false;
    su_opencount_at(&record, pinfo->num, &open);
    return open.client > 0;
}

static char *this_connection(SU_FILTER_ARGUMENTS)
{
    struct su_frame_record record;

    SU_FILTER_IGNORE_USER;
    if (!find(pinfo, &record))
        return NULL;
    return g_strdup_printf("sockusage.stream == %u", record.flow->conn.index);
}

/* UDP conversations have clients and servers, too: these are no connections. */
static char *all_of(const packet_info *pinfo, enum su_role role)
{
    GString *filter;
    struct su_frame_record record;

    if (!find(pinfo, &record))
        return NULL;
    filter = g_string_new("sockusage.stream && ");
    put_host(filter, record.flow, role);
    return g_string_free(filter, FALSE);
}

static char *all_of_client(SU_FILTER_ARGUMENTS)
{
    SU_FILTER_IGNORE_USER;
    return all_of(pinfo, SU_ROLE_CLIENT);
}

static char *all_of_server(SU_FILTER_ARGUMENTS)
{
    SU_FILTER_IGNORE_USER;
    return all_of(pinfo, SU_ROLE_SERVER);
}

static char *open_of_client(SU_FILTER_ARGUMENTS)
{
    GString *filter;
    GArray *streams;
    struct su_frame_record record;

    SU_FILTER_IGNORE_USER;
    if (!find(pinfo, &record))
        return NULL;
    streams = su_opencount_of_client(&record, pinfo->num);
    filter = g_string_new(NULL);
    if (streams->len > 0) {
        put_host(filter, record.flow, SU_ROLE_CLIENT);
        g_string_append(filter, " && sockusage.stream in {");
        put_set(filter, streams);
        g_string_append_c(filter, '}');
    }
    g_array_free(streams, TRUE);
    return g_string_free(filter, filter->len == 0);
}

void su_conversation_filter_register(void)
{
    su_register_conversation_filter(NAME, MENU "this connection", is_tcp, this_connection);
    su_register_conversation_filter(NAME, MENU "all of this client", is_tcp, all_of_client);
    su_register_conversation_filter(NAME, MENU "all of this server", is_tcp, all_of_server);
    su_register_conversation_filter(NAME, MENU "open at this moment, of this client",
                                    has_open_client, open_of_client);
}
