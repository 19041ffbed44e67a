/* script.h: a .seq file as a list of steps: what two hosts send, and what must be known of it then.
 * Owns the language; who has which sequence number is hosts.h, who feeds the engine player.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One step a line; '#' begins a comment. Settings:
 *   ports c=40000 s=80        the hosts' ports; these are the defaults
 *   ip 6                      IPv6: no IP IDs
 *   self                      one socket talking to itself: only host c
 *   policy syn_timeout=3 time_wait=60 fin_timeout=0 strict_rst=1 icmp=1 role=auto
 *          checksum=control server_ports=1-1023,8080     (these are the defaults, but for 8080)
 *   nodouble, noswap, nowrap  leave out a way of playing; a comment must give the reason
 * Steps:
 *   c FLAGS [options]         host c sends; FLAGS of S A F R P U, or '-' for none
 *   icmp 3/1 of c [seq= t=]   an ICMP error quotes the last segment of c; icmp6 for ICMPv6
 *   now +5s                   time passes
 *   expect key=value ...      must hold now; a|b accepts both, key!=value refuses (see expect.c)
 * Options of a segment:
 *   len=100                   payload
 *   seq= ack= isn=            +N or -N: off what would be automatic; N: as it stands;
 *                             @isn @nxt @fin @old @ack, each with +N or -N: see hosts.h
 *                             isn= begins a new incarnation of the host, off its old ISN
 *   t=+40s, t=5s              after the step before (default +1ms); after the start
 *   win=0 ws=7 ws=none|unknown ipid=7 badsum nosum
 *   drop                      sent and received, but not captured
 *   lost                      sent and captured, but not received
 *   forged                    captured, but neither host knows of it
 *   dup                       a mirror port's second copy of the host's last segment
 *   tfo                       this SYN's data is accepted (RFC 7413)
 *   new                       answers the peer's last SYN, not the connection there is
 */
#ifndef SU_TESTS_ENGINE_SCRIPT_H
#define SU_TESTS_ENGINE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/segment.h"
#include "text.h"

enum { SU_HOST_C = 0, SU_HOST_S = 1 };

/** The ways in which a script is played. */
enum su_script_mode {
    SU_MODE_PLAIN = 0,
    SU_MODE_WRAP,       /* the ISNs are the last numbers before 0 */
    SU_MODE_WRAP_LATER, /* ... some way before, so that data or FIN wrap */
    SU_MODE_SWAPPED,    /* side 0 and side 1 of the pair exchanged */
    SU_MODE_DOUBLED,    /* every segment captured twice, as by a mirror port */
    SU_MODE_COUNT
};

extern const char *const su_script_mode_words[SU_MODE_COUNT];

/** What a number of a segment is counted from. */
enum su_ref {
    SU_REF_AUTO = 0,
    SU_REF_RAW,
    SU_REF_ISN,
    SU_REF_NXT,
    SU_REF_FIN,
    SU_REF_OLD,
    SU_REF_ACK
};

struct su_number {
    enum su_ref ref;
    int64_t offset;
};

struct su_step_segment {
    struct su_number seq, ack, isn;
    uint32_t len;
    int32_t ip_id; /* -1: automatic */
    uint16_t window;
    uint8_t host, flags, wscale, checksum;
    bool begins; /* isn= was given */
    bool drop, lost, forged, dup, tfo, adopt;
};

struct su_step_icmp {
    struct su_number seq;
    uint8_t host, type, code;
    bool v6;
};

/** One `key=value` of an expect line. */
struct su_demand {
    const struct su_expect_key *key;
    char *value; /* owned */
    bool negate;
};

struct su_step_expect {
    struct su_demand *demands; /* owned */
    size_t count;
};

enum su_step_kind { SU_STEP_SEGMENT, SU_STEP_ICMP, SU_STEP_NOW, SU_STEP_EXPECT };

struct su_step {
    enum su_step_kind kind;
    unsigned line;
    int64_t time_ns;
    bool time_absolute;
    union {
        struct su_step_segment segment;
        struct su_step_icmp icmp;
        struct su_step_expect expect;
    };
};

struct su_script {
    char *name;            /* for messages; owned */
    struct su_step *steps; /* owned */
    size_t count;
    struct su_policy policy;
    uint16_t port[2]; /* of host c and host s */
    bool v6, self;
    bool skip[SU_MODE_COUNT];
};

/** Parse `source`; complaints go to `errors` as "name:line: text". NULL if there were any. */
struct su_script *su_script_parse(const char *name, const char *source, struct su_text *errors);

/** The same from a file. */
struct su_script *su_script_load(const char *path, struct su_text *errors);

void su_script_free(struct su_script *script);

#endif
