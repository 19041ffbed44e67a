/* endpoint.h: the TCP state of one socket, as an observer on the path can know it.
 * What happens to a socket is an event; the table in endpoint.c says what each event does to each
 * state. Events are derived in conn.c, rst.c and handshake.c; nobody else assigns a state.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_ENDPOINT_H
#define SU_ENGINE_ENDPOINT_H

#include <stdint.h>

#include "words.h"

/* TX: the socket itself was seen to do it. RX: its peer did, and this follows for the socket. */
enum su_event {
    SU_EVENT_TX_SYN = 0,        /* sends a SYN, for the first time or again */
    SU_EVENT_RX_SYN,            /* is sent a SYN: somebody expects it to listen */
    SU_EVENT_TX_SYNACK,         /* answers a SYN */
    SU_EVENT_TX_SYNACK_AGAIN,   /* repeats that answer, and nothing proves that it got an ACK */
    SU_EVENT_RX_SYNACK_ALONE,   /* is sent a SYN-ACK though its SYN was not captured */
    SU_EVENT_RX_SYNACK_REVIVES, /* is sent a valid SYN-ACK after an ICMP error seemed to end it */
    SU_EVENT_TX_ACK_OF_SYN,     /* acknowledges the peer's SYN */
    SU_EVENT_RX_ACK_OF_SYN,     /* its own SYN is acknowledged */
    SU_EVENT_TX_TALK,           /* sends what only a synchronized socket sends */
    SU_EVENT_RX_TALK,           /* its peer talks to it as to a synchronized socket */
    SU_EVENT_TX_FIN,            /* sends its first FIN */
    SU_EVENT_TX_FIN_BLIND,      /* sends a FIN that shows it has not seen its peer's */
    SU_EVENT_TX_FIN_AGAIN,      /* repeats its FIN: it knows of no ACK for it */
    SU_EVENT_TX_ACK_OF_FIN,     /* acknowledges the peer's FIN */
    SU_EVENT_RX_ACK_OF_FIN,     /* its own FIN is acknowledged */
    SU_EVENT_RX_ACK_OF_CROSSED_FIN, /* the same, by a peer whose own FIN crossed it */
    SU_EVENT_RST,                   /* an accepted RST, by either end */
    SU_EVENT_ICMP_GIVES_UP,         /* an ICMP error ends its attempt */
    SU_EVENT_EXPIRES,               /* its TIME_WAIT or orphaned FIN_WAIT2 is over */
    SU_EVENT_REPLACED,              /* another connection uses the same pair of sockets */
    SU_EVENT_COUNT
};

/** The transition table: su_transitions[event][state now] is the state after it. */
extern const uint8_t su_transitions[SU_EVENT_COUNT][SU_STATE_COUNT];

#endif
