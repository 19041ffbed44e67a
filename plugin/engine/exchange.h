/* exchange.h: requests and their responses on one connection, told apart by whose turn it is.
 * A model of turns, not of a protocol: new payload of the client after payload of the server begins
 * the next exchange. Most callers want timing.h instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_EXCHANGE_H
#define SU_ENGINE_EXCHANGE_H

#include "gap.h"

/** Number of no exchange. */
#define SU_EXCHANGE_NONE UINT32_MAX

/* su_exchange.flags */
enum {
    SU_EXCHANGE_GREETING = 1u << 0,   /* number 0: the server spoke first; it has no request */
    SU_EXCHANGE_UNANSWERED = 1u << 1, /* the connection ended before any response */
    SU_EXCHANGE_OVERLAP = 1u << 2,    /* the sides talked at the same time: times are about both */
    SU_EXCHANGE_REXMT = 1u << 3,      /* something of it was retransmitted */
    SU_EXCHANGE_TLS = 1u << 4,        /* request or response begins with a TLS record */
    SU_EXCHANGE_TLS_HANDSHAKE = 1u << 5, /* and its first record is no application data */
    SU_EXCHANGE_BARE_ACK = 1u << 6       /* the server acknowledged the request without payload */
};

/** One request and its response. Times are nanoseconds since the epoch, never going backwards, and
 *  SU_TIME_NONE where nothing happened yet; frames 0 then. Spans: see the functions below. */
struct su_exchange {
    int64_t req_first_ns; /* first transmission of the request's first octet */
    int64_t req_last_ns;  /* first transmission of its last octet; what came after the response
                             began (OVERLAP) counts in req_octets only */
    int64_t req_acked_ns; /* first ACK of all of it */
    int64_t rsp_first_ns;
    int64_t rsp_last_ns; /* last delivery of its last octet so far */
    int64_t max_gap_ns;  /* longest gap within the response; valid if max_gap_frame is not 0 */
    uint64_t req_octets; /* as the sequence numbers tell, repeated ones counted once */
    uint64_t rsp_octets;
    uint32_t number; /* counts from 1 up in each connection; 0 is the greeting */
    uint32_t req_first_frame, req_last_frame;
    uint32_t rsp_first_frame, rsp_last_frame;
    uint32_t max_gap_frame; /* frame that ended that gap */
    uint16_t flags;         /* SU_EXCHANGE_* */
    uint8_t max_gap_cause;  /* enum su_gap_cause */
};

/** Where exchanges are kept and who is told of them. */
struct su_exchange_sink {
    /** Memory for an exchange that begins. It must stay where it is, and is in the engine's hands
     *  until finished(), or for good if still open as the capture ends. NULL: not wanted. */
    struct su_exchange *(*new_exchange)(void *user);
    /** It will not change any more. Called in order of their numbers. */
    void (*finished)(void *user, struct su_exchange *exchange);
    void *user;
};

/** Whose turn it is: the state of one connection. All zero is a valid start. */
struct su_turns {
    struct su_exchange *open; /* owned by the sink; NULL: none */
    int64_t next_first_ns;    /* client payload after server payload: a next request? ... */
    uint32_t next_octets;     /* ... and 0 if there is none */
    uint32_t next_first_frame, next_last_frame;
    uint32_t number;     /* of the newest exchange */
    uint16_t next_flags; /* SU_EXCHANGE_* */
    uint8_t client;      /* side, as it was when the first exchange began */
    bool begun;          /* there has been an exchange */
};

/** One segment on its way, after su_conn_apply() and su_gap_apply() have taken it in. */
struct su_turn_step {
    struct su_turns *turns;
    const struct su_conn *conn;
    const struct su_gap *gaps; /* of both sides */
    const struct su_segment *seg;
    const struct su_gap_result *gap; /* what su_gap_apply() said of it */
    const struct su_exchange_sink *sink;
    int64_t now_ns;
};

/** Where a segment's payload lies. */
struct su_turn_place {
    uint64_t offset; /* end of its payload, octets since the response or request began */
    uint32_t number; /* of the exchange, or SU_EXCHANGE_NONE */
};

/** Take in one segment. */
void su_turns_apply(const struct su_turn_step *step, struct su_turn_place *place);

/** Copies of the exchanges that are not finished, at most two: the open one, and a request that the
 *  server has not acknowledged yet. Returns how many; 0 for a connection captured on one side. */
unsigned su_turns_peek(const struct su_turns *turns, const struct su_conn *conn,
                       const struct su_gap gaps[2], struct su_exchange out[2]);

/* Spans, in nanoseconds; SU_TIME_NONE if an end is missing. */

/** First to last octet of the request. */
int64_t su_exchange_request_spread(const struct su_exchange *exchange);
/** Begin of the request to begin of the response. */
int64_t su_exchange_start_latency(const struct su_exchange *exchange);
/** Begin of the request to end of the response. */
int64_t su_exchange_finish_latency(const struct su_exchange *exchange);
/** End of the request to begin of the response: network and server. */
int64_t su_exchange_service_time(const struct su_exchange *exchange);
/** The same without the network, which a bare ACK of the request shows. If the response itself was
 *  the ACK nothing can be taken off, and this is the service time. */
int64_t su_exchange_server_think(const struct su_exchange *exchange);
/** First to last octet of the response. */
int64_t su_exchange_response_spread(const struct su_exchange *exchange);
/** End of this response to begin of the next request. */
int64_t su_exchange_client_think(const struct su_exchange *exchange,
                                 const struct su_exchange *next);

#endif
