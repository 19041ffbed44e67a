/* icmp.c: ICMP error classes, as one table.
 * Soft errors are those RFC 1122 section 4.2.3.9 forbids TCP to abort for, hard ones those it
 * should abort for; for codes younger than that RFC, Linux' icmp_err_convert decides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "icmp.h"

enum { ANY_CODE = -1, UNREACHABLE_V4 = 3, UNREACHABLE_V6 = 1 };

struct icmp_rule {
    bool v6;
    uint8_t type;
    int16_t code; /* ANY_CODE: all codes not named before */
    uint8_t class;
};

static const struct icmp_rule icmp_rules[] = {
  /* ICMP destination unreachable */
    {false, UNREACHABLE_V4, 0,        SU_ICMP_SOFT   }, /* network */
    {false, UNREACHABLE_V4, 1,        SU_ICMP_SOFT   }, /* host */
    {false, UNREACHABLE_V4, 4,        SU_ICMP_IGNORED}, /* fragmentation needed: RFC 1191 */
    {false, UNREACHABLE_V4, 5,        SU_ICMP_SOFT   }, /* source route failed */
    {false, UNREACHABLE_V4, 11,       SU_ICMP_SOFT   }, /* network, for this type of service */
    {false, UNREACHABLE_V4, 12,       SU_ICMP_SOFT   }, /* host, for this type of service */
    {false, UNREACHABLE_V4, ANY_CODE, SU_ICMP_HARD   }, /* protocol, port, unknown, prohibited ... */
    {false, 11,             ANY_CODE, SU_ICMP_SOFT   }, /* time exceeded */
    {false, 12,             ANY_CODE, SU_ICMP_SOFT   }, /* parameter problem */
  /* ICMPv6 */
    {true,  UNREACHABLE_V6, 0,        SU_ICMP_SOFT   }, /* no route */
    {true,  UNREACHABLE_V6, 2,        SU_ICMP_SOFT   }, /* beyond scope of source address */
    {true,  UNREACHABLE_V6, 3,        SU_ICMP_SOFT   }, /* address */
    {true,  UNREACHABLE_V6, ANY_CODE, SU_ICMP_HARD   }, /* prohibited, port, policy, reject route */
    {true,  3,              ANY_CODE, SU_ICMP_SOFT   }, /* time exceeded */
    {true,  4,              ANY_CODE, SU_ICMP_SOFT   }, /* parameter problem */
};

enum su_icmp_class su_icmp_classify(bool v6, uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < sizeof icmp_rules / sizeof icmp_rules[0]; i++) {
        const struct icmp_rule *rule = &icmp_rules[i];

        if (rule->v6 == v6 && rule->type == type && (rule->code == ANY_CODE || rule->code == code))
            return (enum su_icmp_class)rule->class;
    }
    return SU_ICMP_IGNORED; /* packet too big, source quench (RFC 6633), and what is no error */
}

/* Linux gives up connect() for hard and soft errors alike. */
bool su_icmp_ends_syn_sent(bool v6, uint8_t type, uint8_t code)
{
    return su_icmp_classify(v6, type, code) != SU_ICMP_IGNORED;
}

/* For a socket that waits for the third segment Linux has it the other way round in IPv4
 * (tcp_v4_err: network and host unreachable, time exceeded, parameter problem), but by the hard
 * errors in IPv6 (tcp_v6_err). Both were tried with a firewall that rejects SYN-ACKs. */
bool su_icmp_ends_syn_recv(bool v6, uint8_t type, uint8_t code)
{
    enum { PARAMETER_PROBLEM_V4 = 12, PARAMETER_PROBLEM_V6 = 4, TIME_EXCEEDED_V4 = 11 };
    enum su_icmp_class class = su_icmp_classify(v6, type, code);

    if (v6)
        return class == SU_ICMP_HARD || type == PARAMETER_PROBLEM_V6;
    return type == TIME_EXCEEDED_V4 || type == PARAMETER_PROBLEM_V4 ||
           (type == UNREACHABLE_V4 && code <= 1);
}

bool su_icmp_is_port_unreachable(bool v6, uint8_t type, uint8_t code)
{
    return v6 ? type == UNREACHABLE_V6 && code == 4 : type == UNREACHABLE_V4 && code == 3;
}
