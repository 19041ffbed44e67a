/* ipid.h: how a sender numbers its IPv4 packets, as far as its segments of one connection tell.
 * RFC 6864 lets it do as it likes; some count, and then a skipped number is a packet to elsewhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_IPID_H
#define SU_ENGINE_IPID_H

#include <stdbool.h>
#include <stdint.h>

enum su_ip_id_mode {
    SU_IP_ID_UNKNOWN = 0, /* fewer than 8 segments seen */
    SU_IP_ID_COUNTING,
    SU_IP_ID_ZERO, /* also: IPv6 */
    SU_IP_ID_CONSTANT,
    SU_IP_ID_RANDOM
};

/** One sender. All zero is a valid start. */
struct su_ip_id {
    uint16_t newest;
    uint8_t trial;   /* private: segments of the trial, and what they ruled out */
    uint8_t packets; /* private: numbers that the newest segment takes */
};

/** How it numbers its packets. */
enum su_ip_id_mode su_ip_id_mode(const struct su_ip_id *ip_id);

/** Is this the newest number again, in a way that tells something? */
bool su_ip_id_is_same(const struct su_ip_id *ip_id, uint16_t number);

/** Does the sender count, and was this counted before the newest? */
bool su_ip_id_is_older(const struct su_ip_id *ip_id, uint16_t number);

/** Does the sender count, and has it sent something else in between? */
bool su_ip_id_skips(const struct su_ip_id *ip_id, uint16_t number);

/** Take in a segment's number. `packets`: as how many packets it went over the wire, at least 1. */
void su_ip_id_note(struct su_ip_id *ip_id, uint16_t number, uint8_t packets);

#endif
