/* words.h: every verdict the engine can give, and the word users see for it.
 * The words are stable: they are filter values, JSON values and column texts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_WORDS_H
#define SU_ENGINE_WORDS_H

/* State of one socket: RFC 9293 section 3.3.2, spelled as Linux and netstat do. */
enum su_state {
    SU_STATE_UNKNOWN = 0, /* nothing seen that would tell */
    SU_STATE_LISTEN,
    SU_STATE_SYN_SENT,
    SU_STATE_SYN_RECV,
    SU_STATE_ESTABLISHED,
    SU_STATE_FIN_WAIT1,
    SU_STATE_FIN_WAIT2,
    SU_STATE_CLOSE_WAIT,
    SU_STATE_CLOSING,
    SU_STATE_LAST_ACK,
    SU_STATE_TIME_WAIT,
    SU_STATE_CLOSE,
    SU_STATE_COUNT
};

enum su_role {
    SU_ROLE_NONE = 0,
    SU_ROLE_CLIENT,
    SU_ROLE_SERVER,
    SU_ROLE_BOTH, /* simultaneous close: "both" closed */
    SU_ROLE_COUNT
};

/* On what evidence the roles rest; a higher rank replaces a lower one. */
enum su_role_source {
    SU_ROLE_SOURCE_NONE = 0,
    SU_ROLE_SOURCE_FIRST_PACKET,   /* equal ports: whoever spoke first */
    SU_ROLE_SOURCE_LOWER_PORT,     /* the lower port is the server */
    SU_ROLE_SOURCE_EPHEMERAL_PORT, /* one port >= 32768, the other below */
    SU_ROLE_SOURCE_PORT_LIST,      /* exactly one port is a server port */
    SU_ROLE_SOURCE_SYN_ACK,        /* the sender of a SYN-ACK is the server */
    SU_ROLE_SOURCE_SYN,            /* the sender of the first SYN is the client */
    SU_ROLE_SOURCE_USER,           /* preference role:port */
    SU_ROLE_SOURCE_COUNT
};

enum su_handshake {
    SU_HANDSHAKE_NONE = 0, /* not a TCP connection */
    SU_HANDSHAKE_COMPLETE_SIMUL,
    SU_HANDSHAKE_COMPLETE_TFO,
    SU_HANDSHAKE_COMPLETE,
    SU_HANDSHAKE_INFERRED,
    SU_HANDSHAKE_REFUSED,
    SU_HANDSHAKE_RESET_CLIENT,
    SU_HANDSHAKE_ABORTED_CLIENT,
    SU_HANDSHAKE_NO_ACK,
    SU_HANDSHAKE_ICMP_HARD,
    SU_HANDSHAKE_ICMP_SOFT,
    SU_HANDSHAKE_STALE_SYNACK,
    SU_HANDSHAKE_CHALLENGED,
    SU_HANDSHAKE_TIMEOUT,
    SU_HANDSHAKE_PENDING,
    SU_HANDSHAKE_UNSOLICITED,
    SU_HANDSHAKE_MIDSTREAM,
    SU_HANDSHAKE_COUNT
};

enum su_close {
    SU_CLOSE_NONE = 0,
    SU_CLOSE_HALF,
    SU_CLOSE_FIN,
    SU_CLOSE_FIN_SIMUL,
    SU_CLOSE_FIN_UNACKED,
    SU_CLOSE_RST,
    SU_CLOSE_FIN_RST_SELF,
    SU_CLOSE_FIN_RST_PEER,
    SU_CLOSE_SUPERSEDED,
    SU_CLOSE_NA, /* never established: there was nothing to close */
    SU_CLOSE_COUNT
};

/* How far an accepted RST can be believed (RFC 5961 section 3.2). */
enum su_rst_class {
    SU_RST_CLASS_NONE = 0,
    SU_RST_CLASS_EXACT,
    SU_RST_CLASS_WEAK,       /* inside the window, and nobody contradicted it */
    SU_RST_CLASS_UNVERIFIED, /* nothing known to hold it against */
    SU_RST_CLASS_COUNT
};

/* What became of the connection: exactly one applies. The first six add up to
 * Total; the others never were established. */
enum su_outcome {
    SU_OUTCOME_OPEN = 0,
    SU_OUTCOME_LINGER,
    SU_OUTCOME_CLOSED,
    SU_OUTCOME_ABORTED,
    SU_OUTCOME_SUPERSEDED,
    SU_OUTCOME_UNJUDGED, /* one direction only: no honest word on its closing */
    SU_OUTCOME_FAILED,
    SU_OUTCOME_PENDING,
    SU_OUTCOME_UNSOLICITED,
    SU_OUTCOME_COUNT
};

/* Zeek's conn_state (semantics of Zeek's base/protocols/conn). */
enum su_conn_state {
    SU_CONN_STATE_NONE = 0,
    SU_CONN_STATE_S0,
    SU_CONN_STATE_S1,
    SU_CONN_STATE_SF,
    SU_CONN_STATE_REJ,
    SU_CONN_STATE_S2,
    SU_CONN_STATE_S3,
    SU_CONN_STATE_RSTO,
    SU_CONN_STATE_RSTR,
    SU_CONN_STATE_RSTOS0,
    SU_CONN_STATE_RSTRH,
    SU_CONN_STATE_SH,
    SU_CONN_STATE_SHR,
    SU_CONN_STATE_OTH,
    SU_CONN_STATE_COUNT
};

/* What made a sender pause. Each but the first is one more than the number of its flag's bit, see
 * gap.h. RTO_LIKE never is one, for RETRANS comes before it. */
enum su_gap_cause {
    SU_GAP_CAUSE_NONE = 0,
    SU_GAP_CAUSE_SEQ_HOLE,
    SU_GAP_CAUSE_RETRANS,
    SU_GAP_CAUSE_OUT_OF_ORDER,
    SU_GAP_CAUSE_LAST_PACKET_SHORT,
    SU_GAP_CAUSE_IPID_GAP,
    SU_GAP_CAUSE_WINDOW_LIMITED,
    SU_GAP_CAUSE_ACK_WAIT,
    SU_GAP_CAUSE_RTO_LIKE,
    SU_GAP_CAUSE_APP_IDLE,
    SU_GAP_CAUSE_DELAYED_ACK,
    SU_GAP_CAUSE_COUNT
};

/* The users' words; "" for "none of them applies". Arrays are indexed by the enums above. */
extern const char *const su_state_words[SU_STATE_COUNT];
extern const char *const su_role_words[SU_ROLE_COUNT];
extern const char *const su_role_source_words[SU_ROLE_SOURCE_COUNT];
extern const char *const su_handshake_words[SU_HANDSHAKE_COUNT];
extern const char *const su_close_words[SU_CLOSE_COUNT];
extern const char *const su_rst_class_words[SU_RST_CLASS_COUNT];
extern const char *const su_outcome_words[SU_OUTCOME_COUNT];
extern const char *const su_conn_state_words[SU_CONN_STATE_COUNT];
extern const char *const su_gap_cause_words[SU_GAP_CAUSE_COUNT]; /* as in tools before us */

#endif
