/* role.c: which side is the client.
 * Evidence has a rank; higher evidence replaces lower, equal evidence never flips a decision.
 * Counters are kept per side, so that a change of mind costs nothing and mixes nothing up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "role.h"

#include "step.h"

enum { EPHEMERAL_MIN = 32768 }; /* Linux' ip_local_port_range begins here */

struct su_role_guess su_role_from_ports(const uint16_t port[2], uint8_t first,
                                        const struct su_policy *policy)
{
    bool listed[2] = {su_policy_is_server_port(policy, port[0]),
                      su_policy_is_server_port(policy, port[1])};
    bool ephemeral[2] = {port[0] >= EPHEMERAL_MIN, port[1] >= EPHEMERAL_MIN};

    if (port[0] == port[1])
        return (struct su_role_guess){first, SU_ROLE_SOURCE_FIRST_PACKET};
    if (listed[0] != listed[1])
        return (struct su_role_guess){listed[0], SU_ROLE_SOURCE_PORT_LIST};
    if (ephemeral[0] != ephemeral[1])
        return (struct su_role_guess){ephemeral[1], SU_ROLE_SOURCE_EPHEMERAL_PORT};
    return (struct su_role_guess){port[0] < port[1], SU_ROLE_SOURCE_LOWER_PORT};
}

static void decide(const struct su_step *step, uint8_t client, enum su_role_source source)
{
    struct su_conn *conn = step->conn;

    if (conn->role_source >= source)
        return;
    conn->client = client;
    conn->role_source = (uint8_t)source;
    conn->changes++;
}

/* The user's rule: the lower port is the server, as port-based tools have it. */
static void decide_by_user(const struct su_step *step)
{
    const uint16_t *port = step->conn->port;

    if (port[0] == port[1])
        decide(step, step->from, SU_ROLE_SOURCE_USER);
    else
        decide(step, port[0] < port[1], SU_ROLE_SOURCE_USER);
}

/* Equal ports tell nothing: the first to send payload is the client. */
static void decide_by_first_payload(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    bool first = step->rcv->octets == 0 && step->snd->octets == step->seg->payload_octets;

    if (step->seg->payload_octets == 0 || !first || conn->client == step->from)
        return;
    conn->client = step->from;
    conn->changes++;
}

void su_step_role(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    uint8_t flags = step->seg->flags & (SU_SYN | SU_ACK | SU_RST);

    if (conn->role_source >= SU_ROLE_SOURCE_SYN)
        return;
    if (step->policy->role == SU_ROLE_POLICY_PORT) {
        decide_by_user(step);
        return;
    }
    if (conn->role_source == SU_ROLE_SOURCE_NONE) {
        struct su_role_guess guess = su_role_from_ports(conn->port, step->from, step->policy);

        decide(step, guess.client, (enum su_role_source)guess.source);
    }
    if (conn->role_source == SU_ROLE_SOURCE_FIRST_PACKET)
        decide_by_first_payload(step);
    if (flags == SU_SYN)
        decide(step, step->from, SU_ROLE_SOURCE_SYN);
    else if (flags == (SU_SYN | SU_ACK))
        decide(step, !step->from, SU_ROLE_SOURCE_SYN_ACK);
}
