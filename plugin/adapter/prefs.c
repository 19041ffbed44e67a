/* prefs.c: registers preferences, and refuses values that make no sense.
 * Wireshark itself refuses what is no number or no range of ports. It silently ignores an unknown
 * word (role, checksum) and keeps the old one: a plugin gets no chance to object.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "prefs.h"

#include <epan/prefs.h>
#include <wsutil/report_message.h>

#include "compat.h"
#include "filter_prefs.h"

enum { DAY_S = 24 * 60 * 60, HIGHEST_PORT = 65535 };

/* Ports that servers are known to use: the system ports, and the well-known ones below the range
 * from which Linux (and so nearly everybody) takes a client's port. */
#define SERVER_PORTS                                                                               \
    "1-1023,1080,1194,1433,1521,1723,1883,2049,2181,2375-2376,2379-2380,3128,3260,3268-3269,3306," \
    "3389,3478,4369,5000,5060-5061,5201,5222,5269,5353,5432,5555,5601,5671-5672,5900-5901,"        \
    "5984,5985-5986,6379,6443,6660-6669,7000-7001,7474,7687,8000,8008,8080-8081,8086,8088,8125,"   \
    "8443,8500,8545,8883,8888,9000,9042,9090,9092-9093,9100,9200,9300,9418,9999,10000,10250,"      \
    "11211,15672,16379,25565,27017-27019"

static struct {
    int role;
    int checksum;
    range_t *server_ports;
    const char *socket_group;
    su_bool strict_rst, icmp, udp;
} wanted = {
    .role = SU_ROLE_POLICY_AUTO,
    .checksum = SU_CHECKSUM_POLICY_CONTROL,
    .strict_rst = true,
    .icmp = true,
    .udp = true,
};

/* ---- spans of time ----------------------------------------------------------------------- */

/* clang-format off */
static struct {
    const char *name, *title, *help;
    unsigned least, most;
    unsigned value; /* what the preference holds */
    unsigned good;  /* the last value that made sense */
    int64_t unit_ns;
} spans[] = {
    {"syn_timeout", "SYN timeout (seconds)",
     "An unanswered connection attempt is called a timeout when the capture has gone on for this "
     "long after its first SYN; until then it is pending. 1 to 86400, default 3.",
     1, DAY_S, 3, 3, SU_NS_PER_S},
    {"time_wait", "TIME_WAIT lasts (seconds)",
     "How long a socket stays in TIME_WAIT, twice the maximum segment lifetime. Linux: 60, "
     "Windows: 120, RFC 9293: 240. 1 to 86400, default 60.",
     1, DAY_S, 60, 60, SU_NS_PER_S},
    {"fin_timeout", "FIN_WAIT2 lasts at most (seconds)",
     "When a socket that nobody owns any more is given up in FIN_WAIT2; no packet tells, so this "
     "is off by default (0). Linux: 60. 0 to 86400.",
     0, DAY_S, 0, 0, SU_NS_PER_S},
    {"gap_threshold", "Long gaps last at least (milliseconds)",
     "A time without new payload is called a long gap from this length on: in the field "
     "sockusage.gap.long, and where the reports flows and exchanges count long gaps. 0 to "
     "86400000, default 200.",
     0, DAY_S * 1000, 200, 200, SU_NS_PER_S / 1000},
    {"forget_after", "Forget connections after (seconds)",
     "For long live captures with tshark: a connection is forgotten, and its memory used again, so "
     "long after both of its sockets are gone, TIME_WAIT included. It stays counted; reports that "
     "list connections leave it out. No effect in Wireshark and with tshark -2, which look at "
     "packets again. 0 to 86400, default 0: never.",
     0, DAY_S, 0, 0, SU_NS_PER_S},
};
/* clang-format on */

enum { SPAN_SYN, SPAN_TIME_WAIT, SPAN_FIN, SPAN_GAP, SPAN_FORGET };

static int64_t span_ns(int span)
{
    return (int64_t)spans[span].good * spans[span].unit_ns;
}

static void check_values(void)
{
    for (size_t i = 0; i < array_length(spans); i++) {
        if (spans[i].value >= spans[i].least && spans[i].value <= spans[i].most) {
            spans[i].good = spans[i].value;
            continue;
        }
        report_failure("sockusage.%s: %u is out of range, it must be %u to %u; %u is kept.",
                       spans[i].name, spans[i].value, spans[i].least, spans[i].most, spans[i].good);
        spans[i].value = spans[i].good;
    }
    su_filter_prefs_check();
}

/* ---- the policy -------------------------------------------------------------------------- */

static void add_port(uint32_t port, void *user)
{
    su_policy_add_server_port(user, (uint16_t)port);
}

void su_prefs_policy(struct su_policy *policy)
{
    *policy = (struct su_policy){
        .syn_timeout_ns = span_ns(SPAN_SYN),
        .time_wait_ns = span_ns(SPAN_TIME_WAIT),
        .fin_timeout_ns = span_ns(SPAN_FIN),
        .role = (enum su_role_policy)wanted.role,
        .checksum = (enum su_checksum_policy)wanted.checksum,
        .strict_rst = wanted.strict_rst,
        .icmp = wanted.icmp,
    };
    range_foreach(wanted.server_ports, add_port, policy);
}

const char *su_prefs_socket_group(void)
{
    return wanted.socket_group ? wanted.socket_group : "";
}

int64_t su_prefs_long_gap_ns(void)
{
    return span_ns(SPAN_GAP);
}

int64_t su_prefs_forget_after_ns(void)
{
    return span_ns(SPAN_FORGET);
}

bool su_prefs_wants_udp(void)
{
    return wanted.udp;
}

/* ---- registration ------------------------------------------------------------------------ */

/* clang-format off */
static const enum_val_t role_words[] = {
    {"auto", "By the handshake, then by port", SU_ROLE_POLICY_AUTO},
    {"port", "The lower port is the server", SU_ROLE_POLICY_PORT},
    {NULL, NULL, 0},
};

static const enum_val_t checksum_words[] = {
    {"off", "Never", SU_CHECKSUM_POLICY_OFF},
    {"control", "SYN, FIN and RST only", SU_CHECKSUM_POLICY_CONTROL},
    {"all", "All segments", SU_CHECKSUM_POLICY_ALL},
    {NULL, NULL, 0},
};
/* clang-format on */

static void register_roles(module_t *module)
{
    prefs_register_enum_preference(
        module, "role", "Client and server",
        "How client and server are told apart. \"auto\": the first SYN's sender is the client; "
        "without a handshake the ports decide. \"port\": the lower port always is the server.",
        &wanted.role, role_words, FALSE);
    range_convert_str(wmem_epan_scope(), &wanted.server_ports, SERVER_PORTS, HIGHEST_PORT);
    prefs_register_range_preference(
        module, "server_ports", "Server ports",
        "Ports that belong to servers. Only for connections whose handshake was not captured: if "
        "exactly one of the two ports is in this list, it is the server's.",
        &wanted.server_ports, HIGHEST_PORT);
}

static void register_rules(module_t *module)
{
    prefs_register_bool_preference(
        module, "strict_rst", "Judge RSTs by their sequence number",
        "A RST counts only if its receiver would have accepted it (RFC 5961); others are counted "
        "as invalid. Off: every RST ends its connection.",
        &wanted.strict_rst);
    prefs_register_bool_preference(
        module, "icmp", "ICMP errors end connection attempts",
        "An ICMP error (unreachable, time exceeded) that quotes an unanswered SYN ends that "
        "attempt. Off: such errors are only counted.",
        &wanted.icmp);
    prefs_register_enum_preference(
        module, "checksum", "Verify TCP checksums of",
        "A segment with a bad checksum is disbelieved if its sender has shown good ones before "
        "(captures on the sending host show bad ones that the network card would have filled in).",
        &wanted.checksum, checksum_words, FALSE);
    prefs_register_bool_preference(
        module, "udp", "Watch UDP sockets",
        "Count UDP conversations and their sockets too. Datagrams to multicast and broadcast "
        "addresses are left out: those are no sockets.",
        &wanted.udp);
}

static void register_live(module_t *module)
{
    prefs_register_string_preference(
        module, "socket_group", "Group that may ask at the socket",
        "Name of a group of users who may ask at the socket of tshark -z sockusage,serve. Empty: "
        "only the user who runs tshark, and root.",
        &wanted.socket_group);
}

void su_prefs_register(int proto)
{
    module_t *module = prefs_register_protocol(proto, check_values);

    register_roles(module);
    for (size_t i = 0; i < array_length(spans); i++)
        prefs_register_uint_preference(module, spans[i].name, spans[i].title, spans[i].help, 10,
                                       &spans[i].value);
    register_rules(module);
    register_live(module);
    su_filter_prefs_register(module);
}
