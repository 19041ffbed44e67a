/* framelog.h: what was found out about each packet, eight octets a frame.
 * Directly indexed by frame number. A frame can hold several packets (tunnels, ICMP errors): the
 * log then has further levels, each an array of its own that exists only where it is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_FRAMELOG_H
#define SU_ADAPTER_FRAMELOG_H

#include <stdint.h>

enum {
    SU_NOTE_USED = 0x01,
    SU_NOTE_UDP = 0x02,  /* the flow number is that of a UDP flow */
    SU_NOTE_FROM = 0x04, /* sent by side 1 */
    SU_NOTE_ICMP = 0x08  /* the packet is quoted in an ICMP error */
};

/** One packet. All-zero: nothing. */
struct su_note {
    uint32_t flow;
    uint8_t states;
    uint8_t layer; /* which packet of its frame */
    uint8_t flags; /* SU_NOTE_* */
};

struct su_note_level {
    struct su_note **pages;
    uint32_t room;
};

/** All-zero is an empty log. */
struct su_framelog {
    struct su_note_level *levels;
    uint32_t depth;
};

/** Remember a note under (frame, note.layer); replaces a former one. */
void su_framelog_put(struct su_framelog *log, uint32_t frame, struct su_note note);

/** The note of that packet, NULL if there is none. */
struct su_note *su_framelog_find(const struct su_framelog *log, uint32_t frame, uint8_t layer);

/** The frame's note number `level`, NULL if it has no more. */
struct su_note *su_framelog_at(const struct su_framelog *log, uint32_t frame, uint32_t level);

/** Free everything. */
void su_framelog_clear(struct su_framelog *log);

#endif
