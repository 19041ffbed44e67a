/* endpoint.c: THE transition table.
 * RFC 9293 section 3.3.2 as seen by somebody on the path. The sender of a segment moves when the
 * segment is seen; the receiver moves when a segment of its own proves it. Two exceptions, because
 * no reply exists: an accepted RST, and the ACK that ends LAST_ACK or SYN_RECV.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"

/* clang-format off */
#define NO SU_STATE_UNKNOWN
#define LI SU_STATE_LISTEN
#define SS SU_STATE_SYN_SENT
#define SR SU_STATE_SYN_RECV
#define ES SU_STATE_ESTABLISHED
#define F1 SU_STATE_FIN_WAIT1
#define F2 SU_STATE_FIN_WAIT2
#define CW SU_STATE_CLOSE_WAIT
#define CG SU_STATE_CLOSING
#define LA SU_STATE_LAST_ACK
#define TW SU_STATE_TIME_WAIT
#define CL SU_STATE_CLOSE

const uint8_t su_transitions[SU_EVENT_COUNT][SU_STATE_COUNT] = {
/* from:                            NO  LI  SS  SR  ES  F1  F2  CW  CG  LA  TW  CL */
[SU_EVENT_TX_SYN]               = { SS, SS, SS, SR, ES, F1, F2, CW, CG, LA, TW, SS },
/* CL->SS: an ICMP error seemed to end connect(), but Linux only noted it while the socket was in
 * use; the next SYN proves that the attempt lives. A SYN after a real end is a new connection. */
[SU_EVENT_RX_SYN]               = { LI, LI, SS, SR, ES, F1, F2, CW, CG, LA, TW, CL },
[SU_EVENT_TX_SYNACK]            = { SR, SR, SR, SR, ES, F1, F2, CW, CG, LA, TW, SR },
/* SS->SR: simultaneous open, RFC 9293 figure 7. ES stays: captured behind its own ACK.
 * CL->SR: ICMP spoke of a lost attempt that lives. */
[SU_EVENT_TX_SYNACK_AGAIN]      = { SR, SR, SR, SR, SR, F1, F2, CW, CG, LA, TW, SR },
/* ES->SR: ESTABLISHED was assumed from the client's ACK, which did not get there, or was not
 * taken: deferred accept, accept queue full. */
[SU_EVENT_RX_SYNACK_ALONE]      = { SS, SS, SS, SR, ES, F1, F2, CW, CG, LA, TW, CL },
[SU_EVENT_RX_SYNACK_REVIVES]    = { NO, LI, SS, SR, ES, F1, F2, CW, CG, LA, TW, SS },
[SU_EVENT_TX_ACK_OF_SYN]        = { ES, ES, ES, SR, ES, F1, F2, CW, CG, LA, TW, CL },
[SU_EVENT_RX_ACK_OF_SYN]        = { ES, ES, SS, ES, ES, F1, F2, CW, CG, LA, TW, CL },
/* SS stays: the client has yet to show that it saw the SYN-ACK. SR->ES is assumed. */
[SU_EVENT_TX_TALK]              = { ES, ES, ES, ES, ES, F1, F2, CW, CG, LA, TW, CL },
[SU_EVENT_RX_TALK]              = { ES, ES, ES, ES, ES, F1, F2, CW, CG, LA, TW, CL },
[SU_EVENT_TX_FIN]               = { F1, F1, F1, F1, F1, F1, F2, LA, CG, LA, TW, CL },
[SU_EVENT_TX_FIN_BLIND]         = { F1, F1, F1, F1, F1, F1, F2, CG, CG, LA, TW, CL },
/* CW->CG: its ACK of the peer's FIN, sent later, was captured earlier. */
[SU_EVENT_TX_FIN_AGAIN]         = { F1, F1, F1, F1, F1, F1, F1, LA, CG, LA, CG, LA },
/* F2->F1, TW->CG, CL->LA: the ACK of its FIN passed us but did not reach it. Never fed after a
 * RST, so CL here was LAST_ACK. */
[SU_EVENT_TX_ACK_OF_FIN]        = { CW, CW, CW, CW, CW, CG, TW, CW, CG, LA, TW, CL },
[SU_EVENT_RX_ACK_OF_FIN]        = { NO, LI, SS, SR, ES, F2, F2, CW, TW, CL, TW, CL },
[SU_EVENT_RX_ACK_OF_CROSSED_FIN]= { NO, LI, SS, SR, ES, TW, TW, CW, TW, CL, TW, CL },
/* F1->TW: both FINs crossed. The peer's FIN was on the wire before this ACK and arrives first,
 * so CLOSING is behind it though nobody saw it there. */
[SU_EVENT_RST]                  = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
[SU_EVENT_ICMP_GIVES_UP]        = { NO, LI, CL, CL, ES, F1, F2, CW, CG, LA, TW, CL },
/* Synchronized states never end by ICMP: RFC 5927 section 5.2. */
[SU_EVENT_EXPIRES]              = { NO, LI, SS, SR, ES, F1, CL, CW, CG, LA, CL, CL },
[SU_EVENT_REPLACED]             = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
/* One pair of addresses and ports has one pair of sockets. */
};
/* clang-format on */
