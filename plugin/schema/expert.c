/* expert.c: the table of expert items. Names are filter names and never change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expert.h"

#include <stddef.h>

/* clang-format off */
#define NOTE(name, title, about, help) {"sockusage.expert." name, title, about, help, SU_SEVERITY_NOTE}
#define WARNING(name, title, about, help)                                                          \
    {"sockusage.expert." name, title, about, help, SU_SEVERITY_WARNING}

const struct su_expert_row su_expert_rows[SU_EXPERT_COUNT] = {
    [SU_EXPERT_REFUSED] = WARNING("refused", "Connection refused", NULL,
        "the RST that refuses a SYN"),
    [SU_EXPERT_UNREACHABLE] = WARNING("unreachable", "ICMP error answers a connection attempt", NULL,
        "the first ICMP error that quotes an unanswered SYN, and the first that no host should "
        "ignore"),
    [SU_EXPERT_SYN_REPEATED] = NOTE("syn_repeated", "SYN repeated", NULL,
        "each repetition"),
    [SU_EXPERT_SYNACK_REPEATED] = NOTE("synack_repeated", "SYN-ACK repeated", NULL,
        "each repetition"),
    [SU_EXPERT_RESET] = WARNING("reset", "Connection reset", " by the %s",
        "the RST that ends a connection or gives up its handshake"),
    [SU_EXPERT_RST_OUTSIDE] = WARNING("rst_outside", "RST outside the window", NULL,
        "each RST that no receiver would accept"),
    [SU_EXPERT_PORT_REUSED] = NOTE("port_reused", "Port reused before TIME_WAIT ended", NULL,
        "the SYN of the new connection"),
    [SU_EXPERT_RST_IGNORED] = NOTE("rst_ignored", "RST without effect", NULL,
        "a RST that looked good, until its receiver took no notice; in one pass it is listed as a "
        "reset"),
    [SU_EXPERT_TIMED_OUT] = WARNING("timed_out", "Connection attempt timed out", NULL,
        "the last SYN; not in one pass, where nobody knows yet"),
    [SU_EXPERT_LINGERING] = NOTE("lingering", "Lingering at the end of the capture",
        ", because of the %s",
        "the first FIN; not in one pass, where nobody knows yet"),
};
/* clang-format on */
