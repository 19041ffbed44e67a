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

/** What Zeek knows of one side; its names for it are in the comments. */
struct su_zeek_side {
    uint32_t start_seq, last_seq, ack_seq; /* StartSeq, LastSeq, AckSeq */
    uint32_t last_syn, last_fin, last_rst; /* hist_last_SYN ...: relative to start_seq */
    uint32_t rexmits;                      /* rxmt_cnt */
    uint16_t zero_windows, bad_checksums;  /* win0_cnt, chk_cnt */
    uint8_t state, before;                 /* state, prev_state */
    uint8_t seen;                          /* letters already written for this side */
    bool sent_fin;                         /* FIN_cnt > 0 */
};

struct su_zeek {
    char history[SU_HISTORY_OCTETS];
    uint8_t length;
    uint8_t orig; /* side Zeek calls the originator */
    bool started;
};

/** Take in one segment; `side` are the connection's two sides, indexed like seg->from.
 *  Returns whether history or a state changed. */
bool su_zeek_apply(struct su_zeek *zeek, struct su_zeek_side *const side[2],
                   const struct su_segment *seg, const uint16_t port[2]);

/** Note a segment with a bad checksum, which Zeek ignores but for one letter. */
void su_zeek_bad_checksum(struct su_zeek *zeek, struct su_zeek_side *side, uint8_t from);

/** conn_state as known so far. */
enum su_conn_state su_zeek_conn_state(const struct su_zeek *zeek,
                                      const struct su_zeek_side *const side[2]);

#endif
