/* zeek.h: Zeek's conn_state and history, by Zeek's own rules.
 * Kept apart from our verdicts on purpose: Zeek has its own roles, its own seven states, and no
 * sequence check on FIN and RST. Rules: Zeek's TCP analyzer and base/protocols/conn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_ZEEK_H
#define SU_ENGINE_ZEEK_H

#include "segment.h"
#include "view.h"

enum { SU_ZEEK_HISTORY_OCTETS = 10 }; /* as many letters stand in the connection itself */

struct su_conn;
struct su_step;

/** What Zeek knows of one side; its names for it are in the comments. */
struct su_zeek_side {
    uint32_t start_seq, last_seq, ack_seq; /* StartSeq, LastSeq, AckSeq */
    uint8_t state, before;                 /* state, prev_state */
    uint8_t seen;                          /* letters already written for this side */
    bool sent_fin;                         /* FIN_cnt > 0 */
};

/** ... of one that sent a FIN or RST: relative to start_seq, valid once its letter was written. */
struct su_zeek_ending {
    uint32_t last_fin, last_rst; /* hist_last_FIN, hist_last_RST */
};

/** ... of one that did something out of the ordinary. */
struct su_zeek_odd {
    uint32_t last_syn;                    /* hist_last_SYN: 0 unless SYNs differ */
    uint32_t rexmits;                     /* rxmt_cnt */
    uint16_t zero_windows, bad_checksums; /* win0_cnt, chk_cnt */
};

/** Take in one segment. Returns whether history or a state changed. */
bool su_zeek_apply(const struct su_step *step);

/** Note a segment with a bad checksum, which Zeek ignores but for one letter. */
void su_zeek_bad_checksum(const struct su_step *step);

/** conn_state as known so far. */
enum su_conn_state su_zeek_conn_state(const struct su_conn *conn);

/** The history so far, NUL-terminated; what is behind the NUL is zero, too. */
void su_zeek_history(const struct su_conn *conn, char history[SU_HISTORY_OCTETS]);

#endif
