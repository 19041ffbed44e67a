/* verdict.c: facts named late, by ordered rules: the first one that fits decides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "verdict.h"

/* What the handshake rules ask for, gathered once. */
enum {
    SAW_SYN = 1u << 0,
    SAW_SYNACK = 1u << 1,     /* one that fits */
    SAW_ACK = 1u << 2,        /* the client acknowledged the server's SYN */
    SAW_SERVER_ACK = 1u << 3, /* the server acknowledged the client's SYN */
    SAW_OVERDUE = 1u << 4,    /* syn_timeout has passed since the first SYN */
};

struct handshake_rule {
    uint32_t facts; /* all of these facts ... */
    uint8_t saw;    /* ... and all of this was seen */
    uint8_t result;
};

static const struct handshake_rule handshake_rules[] = {
    {SU_FACT_SYN_BOTH,                     SAW_ACK | SAW_SERVER_ACK,       SU_HANDSHAKE_COMPLETE_SIMUL},
    {SU_FACT_SYN_DATA | SU_FACT_TFO_TAKEN, SAW_SYN | SAW_SYNACK | SAW_ACK,
     SU_HANDSHAKE_COMPLETE_TFO                                                                        },
    {0,                                    SAW_SYN | SAW_SYNACK | SAW_ACK, SU_HANDSHAKE_COMPLETE      },
    {SU_FACT_PROGRESS,                     0,                              SU_HANDSHAKE_INFERRED      },
    {0,                                    SAW_SYNACK | SAW_ACK,           SU_HANDSHAKE_INFERRED      },
    {SU_FACT_REFUSED,                      0,                              SU_HANDSHAKE_REFUSED       },
    {SU_FACT_CLIENT_RST,                   SAW_SYN | SAW_SYNACK,           SU_HANDSHAKE_RESET_CLIENT  },
    {SU_FACT_CLIENT_ABORT,                 0,                              SU_HANDSHAKE_ABORTED_CLIENT},
    {0,                                    SAW_SYN | SAW_SYNACK,           SU_HANDSHAKE_NO_ACK        },
    {SU_FACT_SYNACK_ALONE,                 0,                              SU_HANDSHAKE_UNSOLICITED   },
    {SU_FACT_ICMP_HARD,                    0,                              SU_HANDSHAKE_ICMP_HARD     },
    {SU_FACT_ICMP_SOFT,                    0,                              SU_HANDSHAKE_ICMP_SOFT     },
    {SU_FACT_SYNACK_STALE,                 SAW_SYN,                        SU_HANDSHAKE_STALE_SYNACK  },
    {SU_FACT_CHALLENGED,                   SAW_SYN,                        SU_HANDSHAKE_CHALLENGED    },
    {0,                                    SAW_SYN | SAW_OVERDUE,          SU_HANDSHAKE_TIMEOUT       },
    {0,                                    SAW_SYN,                        SU_HANDSHAKE_PENDING       },
    {SU_FACT_REFUSAL_ALONE,                0,                              SU_HANDSHAKE_UNSOLICITED   },
    {0,                                    0,                              SU_HANDSHAKE_MIDSTREAM     },
};

/* Whose handshake it is, whatever ports or the user say of roles: the SYN's sender is the client,
 * the SYN-ACK's the server. If both did both, the one whose SYN came first. */
static uint8_t opener(const struct su_conn *conn)
{
    uint16_t flags[2] = {conn->side[0].flags, conn->side[1].flags};

    if ((flags[0] ^ flags[1]) & SU_SIDE_SYN)
        return flags[1] & SU_SIDE_SYN ? 1 : 0;
    if ((flags[0] ^ flags[1]) & SU_SIDE_SYNACK)
        return flags[0] & SU_SIDE_SYNACK ? 1 : 0;
    return conn->client;
}

static uint8_t gather(const struct su_conn *conn, const struct su_policy *policy, int64_t now_ns)
{
    const struct su_side *client = &conn->side[opener(conn)];
    const struct su_side *server = &conn->side[!opener(conn)];
    int64_t syn_ns = su_conn_when(conn, SU_WHEN_FIRST_SYN);
    uint8_t saw = 0;

    if (client->flags & SU_SIDE_SYN)
        saw |= SAW_SYN;
    if (server->flags & SU_SIDE_SYNACK)
        saw |= SAW_SYNACK;
    if (server->flags & SU_SIDE_SYN_ACKED)
        saw |= SAW_ACK;
    if (client->flags & SU_SIDE_SYN_ACKED)
        saw |= SAW_SERVER_ACK;
    if (syn_ns != SU_TIME_NONE && now_ns - syn_ns >= policy->syn_timeout_ns)
        saw |= SAW_OVERDUE;
    return saw;
}

enum su_handshake su_verdict_handshake(const struct su_conn *conn, const struct su_policy *policy,
                                       int64_t now_ns)
{
    uint8_t saw = gather(conn, policy, now_ns);
    const struct handshake_rule *rule = handshake_rules;

    while ((conn->facts & rule->facts) != rule->facts || (saw & rule->saw) != rule->saw)
        rule++; /* the last rule asks for nothing */
    return (enum su_handshake)rule->result;
}

bool su_handshake_is_success(enum su_handshake handshake)
{
    static const bool success[SU_HANDSHAKE_COUNT] = {
        [SU_HANDSHAKE_COMPLETE_SIMUL] = true, [SU_HANDSHAKE_COMPLETE_TFO] = true,
        [SU_HANDSHAKE_COMPLETE] = true,       [SU_HANDSHAKE_INFERRED] = true,
        [SU_HANDSHAKE_MIDSTREAM] = true,
    };

    return success[handshake];
}

static enum su_close close_by_rst(const struct su_conn *conn)
{
    if (!(conn->facts & SU_FACT_FIN))
        return SU_CLOSE_RST;
    return conn->rst_from == conn->first_fin ? SU_CLOSE_FIN_RST_SELF : SU_CLOSE_FIN_RST_PEER;
}

enum su_close su_verdict_close(const struct su_conn *conn, enum su_handshake handshake)
{
    uint16_t both = conn->side[0].flags & conn->side[1].flags;
    bool crossed = conn->facts & SU_FACT_FINS_CROSSED;

    if (!su_handshake_is_success(handshake))
        return SU_CLOSE_NA;
    if (conn->facts & SU_FACT_RST)
        return close_by_rst(conn);
    if (both & SU_SIDE_FIN_ACKED)
        return crossed ? SU_CLOSE_FIN_SIMUL : SU_CLOSE_FIN;
    if (conn->facts & SU_FACT_SUPERSEDED)
        return SU_CLOSE_SUPERSEDED;
    if (both & SU_SIDE_FIN)
        return SU_CLOSE_FIN_UNACKED;
    return conn->facts & SU_FACT_FIN ? SU_CLOSE_HALF : SU_CLOSE_NONE;
}

bool su_verdict_is_one_sided(const struct su_conn *conn)
{
    return conn->side[0].packets == 0 || conn->side[1].packets == 0;
}

enum su_outcome su_verdict_outcome(enum su_handshake handshake, enum su_close close, bool one_sided)
{
    static const uint8_t of_close[SU_CLOSE_COUNT] = {
        [SU_CLOSE_NONE] = SU_OUTCOME_OPEN,
        [SU_CLOSE_HALF] = SU_OUTCOME_LINGER,
        [SU_CLOSE_FIN] = SU_OUTCOME_CLOSED,
        [SU_CLOSE_FIN_SIMUL] = SU_OUTCOME_CLOSED,
        [SU_CLOSE_FIN_UNACKED] = SU_OUTCOME_LINGER,
        [SU_CLOSE_RST] = SU_OUTCOME_ABORTED,
        [SU_CLOSE_FIN_RST_SELF] = SU_OUTCOME_ABORTED,
        [SU_CLOSE_FIN_RST_PEER] = SU_OUTCOME_ABORTED,
        [SU_CLOSE_SUPERSEDED] = SU_OUTCOME_SUPERSEDED,
    };
    static const uint8_t of_failure[SU_HANDSHAKE_COUNT] = {
        [SU_HANDSHAKE_REFUSED] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_RESET_CLIENT] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_ABORTED_CLIENT] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_ICMP_HARD] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_ICMP_SOFT] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_TIMEOUT] = SU_OUTCOME_FAILED,
        [SU_HANDSHAKE_NO_ACK] = SU_OUTCOME_PENDING,
        [SU_HANDSHAKE_STALE_SYNACK] = SU_OUTCOME_PENDING,
        [SU_HANDSHAKE_CHALLENGED] = SU_OUTCOME_PENDING,
        [SU_HANDSHAKE_PENDING] = SU_OUTCOME_PENDING,
        [SU_HANDSHAKE_UNSOLICITED] = SU_OUTCOME_UNSOLICITED,
    };

    if (!su_handshake_is_success(handshake))
        return (enum su_outcome)of_failure[handshake];
    if (one_sided && of_close[close] == SU_OUTCOME_LINGER)
        return SU_OUTCOME_UNJUDGED;
    return (enum su_outcome)of_close[close];
}
