/* view.h: one connection as a flat, read-only snapshot.
 * This is all that reports, fields and exports ever see of a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_VIEW_H
#define SU_ENGINE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"
#include "words.h"

#define SU_HISTORY_OCTETS 29 /* longer ones are cut */

enum su_protocol { SU_PROTOCOL_TCP = 0, SU_PROTOCOL_UDP };

/** One of the two sockets. */
struct su_view_side {
    const uint8_t *address; /* 4 or 16 octets, network order; owned by whoever filled it in */
    uint64_t octets;        /* payload octets sent, repeated ones included */
    uint32_t packets;       /* packets sent */
    uint32_t retransmits;   /* segments that carried nothing new */
    uint32_t reordered;     /* segments that came late and filled a hole */
    uint16_t port;
    uint8_t state; /* enum su_state */
};

/** A connection, or a UDP conversation, as known at one moment. Times are nanoseconds;
 *  SU_TIME_NONE means unknown. Frame numbers are 0 where there is no such frame. */
struct su_view {
    struct su_view_side client;
    struct su_view_side server;

    int64_t start_ns; /* since the epoch */
    int64_t end_ns;   /* since the epoch: the last packet */
    int64_t duration_ns;
    int64_t syn_rtt_ns;      /* last SYN before the SYN-ACK, to the first SYN-ACK */
    int64_t ack_rtt_ns;      /* first SYN-ACK to the first ACK of it */
    int64_t handshake_ns;    /* first SYN to the first ACK of the SYN-ACK */
    int64_t linger_since_ns; /* since the epoch: the first FIN of a lingering connection */
    int64_t linger_ns;       /* how long it has lingered by now */
    int64_t gap_ns;          /* longest time between packets with new payload, of either side */

    uint32_t stream;
    uint32_t gap_frame; /* that ended the longest gap; 0: there was none */
    uint32_t long_gaps; /* such times that are not below the threshold */
    uint32_t first_frame, last_frame;
    uint32_t syn_frame, synack_frame, ack_frame, fin_frame, rst_frame, icmp_frame;
    uint32_t dup_syn, dup_synack; /* repeated SYN, SYN-ACK */
    uint32_t dup_fin;
    uint32_t rst_invalid;    /* RSTs no receiver would have accepted */
    uint32_t rst_ignored;    /* RSTs that were plausible, yet the connection lived on */
    uint32_t fin_invalid;    /* FINs outside of what the peer offered */
    uint32_t icmp_stale;     /* ICMP errors that do not fit the connection */
    uint32_t icmp_errors;    /* ICMP errors that do */
    uint32_t bad_checksum;   /* control segments disbelieved for their checksum */
    uint32_t syn_challenged; /* SYNs on a live connection that led to nothing */

    uint8_t protocol;             /* enum su_protocol */
    uint8_t ip_version;           /* 4 or 6 */
    uint8_t role_source;          /* enum su_role_source */
    uint8_t handshake;            /* enum su_handshake */
    uint8_t close;                /* enum su_close */
    uint8_t close_by;             /* enum su_role */
    uint8_t rst_by;               /* enum su_role */
    uint8_t rst_class;            /* enum su_rst_class */
    uint8_t outcome;              /* enum su_outcome */
    uint8_t linger_owing;         /* enum su_role: the side whose FIN is missing */
    uint8_t conn_state;           /* enum su_conn_state */
    uint8_t gap_by;               /* enum su_role: who ended the longest gap */
    uint8_t gap_cause;            /* enum su_gap_cause: of the longest gap */
    uint8_t icmp_type, icmp_code; /* of the last ICMP error that fits; valid if icmp_errors > 0 */

    bool linger;
    bool gaps_known;      /* gaps were measured; so of what follows on them nothing is missing */
    bool one_sided;       /* only one direction was captured */
    bool rtt_ambiguous;   /* a SYN or SYN-ACK was repeated: Karn, RFC 6298 section 3 */
    bool tw_assassinated; /* RST after a complete close, RFC 1337 */
    bool data_after_fin;
    bool
        data_after_close; /* RST in answer to data sent to a closed socket, RFC 9293 section 3.6.1 */
    bool fin_moved;
    bool bogus_flags; /* SYN or RST together with FIN, or SYN with RST */

    char history[SU_HISTORY_OCTETS]; /* Zeek's history, NUL-terminated */

    /* Open connections right after this one opened, itself included; 0: it never did. So the most
     * that was open at once is the largest of these numbers. */
    uint32_t open;         /* in all */
    uint32_t client_open;  /* of the client's host, as a client */
    uint32_t server_open;  /* of the server's host, as a server */
    uint32_t service_open; /* of the server's address and port */
};

#endif
