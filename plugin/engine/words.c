/* words.c: the users' words for the engine's verdicts.
 * States are spelled as netstat spells them; the others are filter values and must never change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "words.h"

const char *const su_state_words[SU_STATE_COUNT] = {
    [SU_STATE_UNKNOWN] = "UNKNOWN",         [SU_STATE_LISTEN] = "LISTEN",
    [SU_STATE_SYN_SENT] = "SYN_SENT",       [SU_STATE_SYN_RECV] = "SYN_RECV",
    [SU_STATE_ESTABLISHED] = "ESTABLISHED", [SU_STATE_FIN_WAIT1] = "FIN_WAIT1",
    [SU_STATE_FIN_WAIT2] = "FIN_WAIT2",     [SU_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
    [SU_STATE_CLOSING] = "CLOSING",         [SU_STATE_LAST_ACK] = "LAST_ACK",
    [SU_STATE_TIME_WAIT] = "TIME_WAIT",     [SU_STATE_CLOSE] = "CLOSE",
};

const char *const su_role_words[SU_ROLE_COUNT] = {
    [SU_ROLE_NONE] = "",
    [SU_ROLE_CLIENT] = "client",
    [SU_ROLE_SERVER] = "server",
    [SU_ROLE_BOTH] = "both",
};

const char *const su_role_source_words[SU_ROLE_SOURCE_COUNT] = {
    [SU_ROLE_SOURCE_NONE] = "",
    [SU_ROLE_SOURCE_FIRST_PACKET] = "first packet",
    [SU_ROLE_SOURCE_LOWER_PORT] = "lower port",
    [SU_ROLE_SOURCE_EPHEMERAL_PORT] = "ephemeral port",
    [SU_ROLE_SOURCE_PORT_LIST] = "port list",
    [SU_ROLE_SOURCE_SYN_ACK] = "syn-ack",
    [SU_ROLE_SOURCE_SYN] = "syn",
    [SU_ROLE_SOURCE_USER] = "user",
};

const char *const su_handshake_words[SU_HANDSHAKE_COUNT] = {
    [SU_HANDSHAKE_NONE] = "",
    [SU_HANDSHAKE_COMPLETE_SIMUL] = "complete_simul",
    [SU_HANDSHAKE_COMPLETE_TFO] = "complete_tfo",
    [SU_HANDSHAKE_COMPLETE] = "complete",
    [SU_HANDSHAKE_INFERRED] = "inferred",
    [SU_HANDSHAKE_REFUSED] = "refused",
    [SU_HANDSHAKE_RESET_CLIENT] = "reset_client",
    [SU_HANDSHAKE_ABORTED_CLIENT] = "aborted_client",
    [SU_HANDSHAKE_NO_ACK] = "no_ack",
    [SU_HANDSHAKE_ICMP_HARD] = "icmp_hard",
    [SU_HANDSHAKE_ICMP_SOFT] = "icmp_soft",
    [SU_HANDSHAKE_STALE_SYNACK] = "stale_synack",
    [SU_HANDSHAKE_CHALLENGED] = "challenged",
    [SU_HANDSHAKE_TIMEOUT] = "timeout",
    [SU_HANDSHAKE_PENDING] = "pending",
    [SU_HANDSHAKE_UNSOLICITED] = "unsolicited",
    [SU_HANDSHAKE_MIDSTREAM] = "midstream",
};

const char *const su_close_words[SU_CLOSE_COUNT] = {
    [SU_CLOSE_NONE] = "none",
    [SU_CLOSE_HALF] = "half",
    [SU_CLOSE_FIN] = "fin",
    [SU_CLOSE_FIN_SIMUL] = "fin_simul",
    [SU_CLOSE_FIN_UNACKED] = "fin_unacked",
    [SU_CLOSE_RST] = "rst",
    [SU_CLOSE_FIN_RST_SELF] = "fin_rst_self",
    [SU_CLOSE_FIN_RST_PEER] = "fin_rst_peer",
    [SU_CLOSE_SUPERSEDED] = "superseded",
    [SU_CLOSE_NA] = "na",
};

const char *const su_rst_class_words[SU_RST_CLASS_COUNT] = {
    [SU_RST_CLASS_NONE] = "",
    [SU_RST_CLASS_EXACT] = "exact",
    [SU_RST_CLASS_WEAK] = "weak",
    [SU_RST_CLASS_UNVERIFIED] = "unverified",
};

const char *const su_outcome_words[SU_OUTCOME_COUNT] = {
    [SU_OUTCOME_OPEN] = "open",
    [SU_OUTCOME_LINGER] = "linger",
    [SU_OUTCOME_CLOSED] = "closed",
    [SU_OUTCOME_ABORTED] = "aborted",
    [SU_OUTCOME_SUPERSEDED] = "superseded",
    [SU_OUTCOME_UNJUDGED] = "unjudged",
    [SU_OUTCOME_FAILED] = "failed",
    [SU_OUTCOME_PENDING] = "pending",
    [SU_OUTCOME_UNSOLICITED] = "unsolicited",
};

const char *const su_conn_state_words[SU_CONN_STATE_COUNT] = {
    [SU_CONN_STATE_NONE] = "",       [SU_CONN_STATE_S0] = "S0",
    [SU_CONN_STATE_S1] = "S1",       [SU_CONN_STATE_SF] = "SF",
    [SU_CONN_STATE_REJ] = "REJ",     [SU_CONN_STATE_S2] = "S2",
    [SU_CONN_STATE_S3] = "S3",       [SU_CONN_STATE_RSTO] = "RSTO",
    [SU_CONN_STATE_RSTR] = "RSTR",   [SU_CONN_STATE_RSTOS0] = "RSTOS0",
    [SU_CONN_STATE_RSTRH] = "RSTRH", [SU_CONN_STATE_SH] = "SH",
    [SU_CONN_STATE_SHR] = "SHR",     [SU_CONN_STATE_OTH] = "OTH",
};

const char *const su_gap_cause_words[SU_GAP_CAUSE_COUNT] = {
    [SU_GAP_CAUSE_NONE] = "",
    [SU_GAP_CAUSE_SEQ_HOLE] = "SEQ_HOLE",
    [SU_GAP_CAUSE_RETRANS] = "RETRANS",
    [SU_GAP_CAUSE_OUT_OF_ORDER] = "OUT_OF_ORDER",
    [SU_GAP_CAUSE_LAST_PACKET_SHORT] = "LAST_PACKET_SHORT",
    [SU_GAP_CAUSE_IPID_GAP] = "IPID_GAP",
    [SU_GAP_CAUSE_WINDOW_LIMITED] = "WINDOW_LIMITED",
    [SU_GAP_CAUSE_ACK_WAIT] = "ACK_WAIT",
    [SU_GAP_CAUSE_RTO_LIKE] = "RTO_LIKE",
    [SU_GAP_CAUSE_APP_IDLE] = "APP_IDLE",
    [SU_GAP_CAUSE_DELAYED_ACK] = "DELAYED_ACK",
};
