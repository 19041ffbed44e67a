/* timed.h: plays a table of timed segments through su_conn and su_timing, for the tests of both.
 * Does what the adapter does. Two hosts fill in what a row leaves out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_TIMED_H
#define SU_TESTS_TIMED_H

#include "engine/timing.h"

enum { SU_TIMED_ROWS = 64, SU_TIMED_EXCHANGES = 24 };

/* Expected flags of a row that is not looked at. */
#define SU_TIMED_ANY 0x8000

/** One segment. Zero means: what a healthy host would send. */
struct su_timed_row {
    int32_t us;        /* time after the handshake, or after the begin of the capture */
    char from;         /* 'c' or 's' */
    const char *flags; /* "A" if NULL; letters S A F R */
    uint32_t len;      /* payload */
    uint32_t seq, ack; /* relative: 1 is the first octet of payload */
    uint32_t tsval;
    uint16_t id;    /* IP ID; if 0, its host counts */
    uint8_t head;   /* type of the TLS record that the payload begins with */
    bool lost;      /* sent, and not captured */
    bool closed;    /* offers no window */
    bool bad;       /* has a bad checksum */
    bool keepalive; /* begins one octet below the next */
    bool far;       /* has numbers of another connection */
    uint16_t win;   /* offers this window, in units of 128 octets */
    uint16_t want;  /* flags it must have, all of them, or SU_TIMED_ANY */
    uint8_t cause;  /* looked at unless want is SU_TIMED_ANY */
};

/** What an exchange must be. Times are those of the rows, 0 means none. */
struct su_timed_exchange {
    uint32_t number;
    uint16_t flags;
    int32_t req_first, req_last, req_acked, rsp_first, rsp_last;
    uint64_t req_octets, rsp_octets;
    int32_t max_gap;
    uint8_t cause;
};

enum su_timed_ids { SU_TIMED_COUNTING = 0, SU_TIMED_ZERO, SU_TIMED_CONSTANT, SU_TIMED_RANDOM };

struct su_timed_case {
    const char *name;
    int32_t syn_rtt_us, ack_rtt_us; /* 20 ms and 100 us if both are 0 */
    bool midstream;                 /* no handshake was captured */
    bool own_handshake;             /* it is in the rows */
    bool not_doubled;               /* makes no sense with every segment twice */
    uint16_t mss;                   /* 1448 if 0; 1: not known */
    int64_t threshold_ns;
    enum su_timed_ids ids;
    struct su_timed_row rows[SU_TIMED_ROWS];
    struct su_timed_exchange exchanges[SU_TIMED_EXCHANGES]; /* ends with one without times */
};

enum su_timed_mode {
    SU_TIMED_PLAIN = 0,
    SU_TIMED_WRAP,    /* sequence numbers and IP IDs wrap early */
    SU_TIMED_SWAPPED, /* the client is side 1 */
    SU_TIMED_DOUBLED, /* the capture holds every segment twice */
    SU_TIMED_MODES
};

extern const char *const su_timed_mode_words[SU_TIMED_MODES];

/** What came of it. */
struct su_timed_run {
    struct su_conn conn;
    struct su_timing timing;
    struct su_policy policy;
    struct su_moment moments[SU_TIMED_ROWS];          /* by row, of the first of two copies */
    struct su_exchange exchanges[SU_TIMED_EXCHANGES]; /* the finished ones, then those peeked at */
    unsigned finished, count;
    uint8_t client;
    bool timed;
    int64_t start_ns; /* what row times count from */
    /* private */
    struct su_exchange pool[SU_TIMED_EXCHANGES];
    unsigned pooled;
    int64_t frame_ns[4 * SU_TIMED_ROWS];
    uint32_t frames;
    uint32_t isn[2], next[2];
    uint16_t id[2];
};

/** Plays the whole case. */
void su_timed_play(const struct su_timed_case *test, enum su_timed_mode mode,
                   struct su_timed_run *run);

/** The direction of 'c' or 's'. */
const struct su_gap *su_timed_gap(const struct su_timed_run *run, char from);

#endif
