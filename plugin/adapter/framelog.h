/* framelog.h: what was found out about each packet, eight octets a frame, and four more where there
 * is something to say of time.
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
    SU_NOTE_UDP = 0x02,    /* the flow number is that of a UDP flow */
    SU_NOTE_FROM = 0x04,   /* sent by side 1 */
    SU_NOTE_ICMP = 0x08,   /* the packet is quoted in an ICMP error */
    SU_NOTE_SPAN = 0x10,   /* the note has a word, which is a span of time ... */
    SU_NOTE_MOMENT = 0x20, /* ... or the number of a moment */
    SU_NOTE_WORD = SU_NOTE_SPAN | SU_NOTE_MOMENT
};

/** One packet. All-zero: nothing. */
struct su_note {
    uint32_t flow;
    uint8_t states;
    uint8_t layer;  /* which packet of its frame */
    uint8_t flags;  /* SU_NOTE_* */
    uint8_t events; /* as in struct su_frame_record */
};

struct su_note_level {
    struct su_note **pages;
    uint32_t **words; /* by page; NULL: none of its notes has a word */
    uint32_t room;
};

/** All-zero is an empty log. */
struct su_framelog {
    struct su_note_level *levels;
    uint32_t depth;
};

/** Remember a note under (frame, note.layer); replaces a former one. `word` is kept if the note has
 *  one. */
void su_framelog_put(struct su_framelog *log, uint32_t frame, struct su_note note, uint32_t word);

/** The word of a note that has one. */
uint32_t su_framelog_word(const struct su_framelog *log, uint32_t frame, uint8_t layer);

/** The note of that packet, NULL if there is none. */
struct su_note *su_framelog_find(const struct su_framelog *log, uint32_t frame, uint8_t layer);

/** The frame's note number `level`, NULL if it has no more. */
struct su_note *su_framelog_at(const struct su_framelog *log, uint32_t frame, uint32_t level);

/** Free everything. */
void su_framelog_clear(struct su_framelog *log);

#endif
