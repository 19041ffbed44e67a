/* test_gap.c: flags and causes of gaps, case by case in every mode of timed.h; their statistics.
 * Row times are microseconds after the handshake. Its round trip is 20.1 ms unless a case says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parts.h"
#include "timed.h"

enum {
    HOLE = SU_GAP_SEQ_HOLE,
    RETRANS = SU_GAP_RETRANS,
    OOO = SU_GAP_OUT_OF_ORDER,
    SHORT = SU_GAP_LAST_PACKET_SHORT,
    IPID = SU_GAP_IPID_GAP,
    WINDOW = SU_GAP_WINDOW_LIMITED,
    ACKW = SU_GAP_ACK_WAIT,
    RTO = SU_GAP_RTO_LIKE,
    IDLE = SU_GAP_APP_IDLE,
    DELACK = SU_GAP_DELAYED_ACK,
    CERTAIN = SU_GAP_CERTAIN,
    ANY = SU_TIMED_ANY
};

#define BECAUSE(name) .cause = SU_GAP_CAUSE_##name

/* clang-format off */

/* Eight bare ACKs of the server, after which it is known how it numbers its packets. */
#define TRIAL                                                                                      \
    {100, 's'}, {200, 's'}, {300, 's'}, {400, 's'}, {500, 's'}, {600, 's'}, {700, 's'}, {800, 's'}

/* The first payload, for only then is there anything to keep the trial in. */
#define REQUEST {50, 'c', .len = 10}

/* The capture was made at the server. */
#define NEAR .syn_rtt_us = 100, .ack_rtt_us = 20000

static const struct su_timed_case cases[] = {
{ .name = "back to back: no flag, no cause",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1010, 's', .len = 1448 },
    { 1020, 's', .len = 1448 },
  } },

{ .name = "the segment before was short",
  .rows = {
    { 1000, 's', .len = 700 },
    { 5000, 's', .len = 1448, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 9000, 's', .len = 1448 },
  } },

{ .name = "several segments handed over as one are full",
  .rows = {
    { 1000, 's', .len = 5 * 1448 },
    { 1100, 's', .len = 2 * 1448 },
    { 1200, 's', .len = 5 * 1448 + 1 },
    { 1300, 's', .len = 1448, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
  } },

{ .name = "full size from the MSS less the timestamps", .mss = 1460,
  .rows = {
    { 1000, 's', .len = 1448, .tsval = 7 },
    { 1100, 's', .len = 1460, .tsval = 7 },
    { 1200, 's', .len = 1448, .tsval = 7, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
  } },

{ .name = "full size not known: learnt from what is repeated", .mss = 1,
  .rows = {
    { 1000, 's', .len = 1388 },
    { 1100, 's', .len = 1388 },
    { 1200, 's', .len = 1388 },
    { 1300, 's', .len = 700 },
    { 1400, 's', .len = 1388, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 1500, 's', .len = 2776 },
    { 1600, 's', .len = 1388 },
  } },

{ .name = "full size learnt too large is corrected by its divisor", .mss = 1,
  .rows = {
    { 1000, 's', .len = 2896 },
    { 1100, 's', .len = 2896 },
    { 1200, 's', .len = 1448 },
    { 1300, 's', .len = 1448, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 1400, 's', .len = 1448 },
    { 1500, 's', .len = 2896 },
    { 1600, 's', .len = 1448 },
  } },

{ .name = "a tunnel makes full segments smaller than the MSS",
  .rows = {
    { 1000, 's', .len = 1400 },
    { 1100, 's', .len = 1400, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 1200, 's', .len = 1400 },
    { 1300, 's', .len = 1400 },
  } },

{ .name = "repeated small writes are no full size", .mss = 1,
  .rows = {
    { 1000, 's', .len = 36 },
    { 1100, 's', .len = 36 },
    { 1200, 's', .len = 40 },
    { 1300, 's', .len = 36 },
  } },

{ .name = "idle: everything was acknowledged",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 501000, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "idle for a turn: a short end of the last response is no cause",
  .rows = {
    { 1000, 'c', .len = 50 },
    { 21000, 's', .len = 200 },
    { 21100, 'c' },
    { 3000000, 'c', .len = 50, .want = IDLE, BECAUSE(APP_IDLE) },
    { 3020000, 's', .len = 200, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "not idle: something is in flight",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 501000, 's', .len = 1448 },
  } },

{ .name = "ACK clock: a bare ACK lets it go on", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1001, 's', .len = 1448 },
    { 1002, 's', .len = 1448 },
    { 41000, 'c', .ack = 1449 },
    { 41100, 's', .len = 1448, .want = ACKW, BECAUSE(ACK_WAIT) },
    { 41200, 's', .len = 1448 },
  } },

{ .name = "Nagle: the ACK of all lets it go on", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 61000, 'c', .want = DELACK, BECAUSE(DELAYED_ACK) },
    { 61050, 's', .len = 200, .want = ACKW | IDLE, BECAUSE(ACK_WAIT) },
  } },

{ .name = "an ACK three milliseconds before was not what it waited for", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 31000, 'c' },
    { 34000, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "nor an ACK that came at once, on a fast network", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 2000, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "nor a request that acknowledges the last response", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 41000, 'c', .len = 20 },
    { 41100, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "nor an ACK repeated without progress", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 2000, 'c' },
    { 3000, 's', .len = 1448, .want = ANY },
    { 42900, 'c', .ack = 1449 },
    { 43000, 's', .len = 1448 },
  } },

{ .name = "payload that acknowledges a part is an ACK clock, too", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1001, 's', .len = 1448 },
    { 41000, 'c', .len = 20, .ack = 1449 },
    { 41100, 's', .len = 1448, .want = ACKW, BECAUSE(ACK_WAIT) },
  } },

{ .name = "ACK clock seen from afar: the ACK needs a round trip to show",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1001, 's', .len = 1448 },
    { 1010, 'c' },
    { 21500, 's', .len = 1448, .want = ACKW | IDLE, BECAUSE(ACK_WAIT) },
    { 21501, 's', .len = 1448 },
    { 21510, 'c' },
    { 61510, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "between the bursts of a congestion window, seen from afar",
  .syn_rtt_us = 100000, .ack_rtt_us = 100,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 30000, 's', .len = 1448 },
    { 30050, 'c' },
    { 101000, 's', .len = 1448, .want = ACKW, BECAUSE(ACK_WAIT) },
  } },

{ .name = "a shorter pause there: the sender has got no ACK yet, nor is it idle",
  .syn_rtt_us = 100000, .ack_rtt_us = 100,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 30000, 's', .len = 1448 },
    { 30050, 'c' },
    { 60000, 's', .len = 1448 },
  } },

{ .name = "and a longer one, whose ACK came too late to explain it",
  .syn_rtt_us = 100000, .ack_rtt_us = 100,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 150000, 'c' },
    { 160000, 's', .len = 1448 },
  } },

{ .name = "window: no room when the gap began",
  .rows = {
    { 1000, 's', .len = 44 * 1448 },
    { 101000, 'c' },
    { 121000, 's', .len = 1448, .want = WINDOW | ACKW | IDLE, BECAUSE(WINDOW_LIMITED) },
    { 121010, 's', .len = 1448 },
  } },

{ .name = "a segment that ends where the window does is not short",
  .rows = {
    { 1000, 's', .len = 62552 },
    { 1100, 's', .len = 1448, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 101000, 'c' },
    { 121000, 's', .len = 63000, .want = WINDOW | ACKW | IDLE, BECAUSE(WINDOW_LIMITED) },
    { 121010, 's', .len = 1000, .want = WINDOW | SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 221000, 'c' },
    { 241000, 's', .len = 1448, .want = WINDOW | ACKW | IDLE, BECAUSE(WINDOW_LIMITED) },
  } },

{ .name = "zero window, probed, opened again",
  .rows = {
    { 1000, 'c', .len = 10 },
    { 21000, 's', .len = 1448 },
    { 21100, 's', .len = 62552 },
    { 21200, 'c', .closed = true },
    { 221200, 's', .keepalive = true },
    { 221300, 'c', .closed = true },
    { 721200, 's', .len = 1 },
    { 721300, 'c', .ack = 64001, .closed = true },
    { 1721300, 'c', .ack = 64001 },
    { 1741300, 's', .len = 1448, .seq = 64001, .want = WINDOW | IDLE, BECAUSE(WINDOW_LIMITED) },
  } },

{ .name = "a window probe whose octet was taken leaves no hole",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c', .closed = true },
    { 201000, 's', .len = 1 },
    { 201100, 'c' },
    { 221100, 's', .len = 1448, .want = ACKW | IDLE, BECAUSE(ACK_WAIT) },
  } },

{ .name = "hole and repair after a round trip: a retransmission",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 's', .len = 1448, .lost = true },
    { 1200, 's', .len = 1448, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 1300, 'c', .ack = 1449 },
    { 21400, 's', .len = 1448, .seq = 1449, .want = RETRANS | ACKW, BECAUSE(RETRANS) },
    { 21500, 's', .len = 1448 },
  } },

{ .name = "hole filled at once: out of order, certainly since the IP ID is older",
  .rows = {
    REQUEST, TRIAL,
    { 1000, 's', .len = 1448, .want = ANY },
    { 1200, 's', .len = 1448, .seq = 2897, .id = 31020, .want = HOLE | IPID, BECAUSE(SEQ_HOLE) },
    { 1300, 's', .len = 1448, .seq = 1449, .id = 31019, .want = OOO | CERTAIN,
      BECAUSE(OUT_OF_ORDER) },
  } },

{ .name = "out of order, certainly since the timestamp is older", .ids = SU_TIMED_ZERO, .mss = 1460,
  .rows = {
    { 1000, 's', .len = 1448, .tsval = 500 },
    { 1200, 's', .len = 1448, .tsval = 502, .seq = 2897, .want = ANY },
    { 1300, 's', .len = 1448, .tsval = 501, .seq = 1449, .want = ANY },
    { 1400, 's', .len = 1448, .tsval = 504, .seq = 5793, .want = ANY },
    { 31400, 's', .len = 1448, .tsval = 503, .seq = 4345, .want = OOO | CERTAIN,
      BECAUSE(OUT_OF_ORDER) },
  } },

{ .name = "out of order, no more known", .ids = SU_TIMED_RANDOM,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1200, 's', .len = 1448, .seq = 2897, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 1300, 's', .len = 1448, .seq = 1449, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 1400, 's', .len = 1448 },
  } },

{ .name = "the limit between the two is half the round trip",
  .syn_rtt_us = 40000, .ack_rtt_us = 60000, .ids = SU_TIMED_RANDOM,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1200, 's', .len = 1448, .seq = 2897, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 45000, 's', .len = 1448, .seq = 1449, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 46000, 's', .len = 1448, .seq = 5793, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 97000, 's', .len = 1448, .seq = 4345, .want = RETRANS, BECAUSE(RETRANS) },
  } },

{ .name = "and three milliseconds on a fast network",
  .syn_rtt_us = 100, .ack_rtt_us = 100, .ids = SU_TIMED_RANDOM,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1200, 's', .len = 1448, .seq = 2897, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 3700, 's', .len = 1448, .seq = 1449, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 4000, 's', .len = 1448, .seq = 5793, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 7100, 's', .len = 1448, .seq = 4345, .want = RETRANS, BECAUSE(RETRANS) },
  } },

{ .name = "fast retransmission in a busy flow is told by the age of the hole",
  .rows = {
    { 1000, 's', .len = 1448, .lost = true },
    { 1100, 's', .len = 1448, .want = HOLE },
    { 6000, 's', .len = 1448 },
    { 11000, 's', .len = 1448 },
    { 16000, 's', .len = 1448 },
    { 21000, 's', .len = 1448 },
    { 22000, 's', .len = 1448, .seq = 1, .want = RETRANS, BECAUSE(RETRANS) },
    { 26000, 's', .len = 1448 },
  } },

{ .name = "fast retransmission of what was seen, in a busy flow",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 6000, 's', .len = 1448 },
    { 11000, 's', .len = 1448 },
    { 16000, 's', .len = 1448 },
    { 21000, 's', .len = 1448 },
    { 26000, 's', .len = 1448 },
    { 27000, 's', .len = 1448, .seq = 1, .want = RETRANS, BECAUSE(RETRANS) },
    { 28000, 's', .len = 1448, .seq = 5793 + 1448 },
  } },

{ .name = "fast retransmission after two reordering spans, no sooner marked",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 10000, 's', .len = 1448 },
    { 14000, 's', .len = 1448 },
    { 21000, 's', .len = 1448 },
    { 30000, 's', .len = 1448 },
    { 31000, 's', .len = 1448, .seq = 1449, .want = RETRANS, BECAUSE(RETRANS) },
    { 31100, 's', .len = 1448, .seq = 5793 },
  } },

{ .name = "a hole stays old for as long as it stays",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1200, 's', .len = 1448, .seq = 2897, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 9200, 's', .len = 1448 },
    { 17200, 's', .len = 1448 },
    { 17203, 's', .len = 1448 },
    { 17180600, 's', .len = 1448 },
    { 17181400, 's', .len = 1448, .seq = 1449, .want = RETRANS, BECAUSE(RETRANS) },
  } },

{ .name = "a hole is filled from both ends, and then there is none",
  .ids = SU_TIMED_RANDOM,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 's', .len = 1448, .seq = 5793, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 1200, 's', .len = 1448, .seq = 4345, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 1300, 's', .len = 1448, .seq = 1449, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 1400, 's', .len = 1448, .seq = 4345 },
    { 1500, 's', .len = 1448, .seq = 1449 },
    { 1600, 's', .len = 1448, .seq = 2897, .want = OOO, BECAUSE(OUT_OF_ORDER) },
    { 1700, 's', .len = 1448, .seq = 2897 },
    { 1800, 's', .len = 1448 },
  } },

{ .name = "a copy is young, however old the marks are",
  .ids = SU_TIMED_RANDOM,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 6000, 's', .len = 1448 },
    { 12000, 's', .len = 1448 },
    { 12300, 's', .len = 1448 },
    { 18000, 's', .len = 1448 },
    { 23000, 's', .len = 1448 },
    { 24500, 's', .len = 1448, .seq = 5793 + 1448 },
    { 24600, 's', .len = 1448, .seq = 5793 },
    { 24800, 's', .len = 1448, .seq = 1449, .want = RETRANS, BECAUSE(RETRANS) },
  } },

{ .name = "no round trip is known: the SYN is missing",
  .own_handshake = true,
  .rows = {
    { 100, 's', .flags = "SA", .ack = 1 },
    { 200, 'c', .seq = 1, .ack = 1 },
    { 1000, 's', .len = 1448, .seq = 1, .ack = 1 },
    { 1100, 's', .len = 1448, .seq = 2897, .ack = 1, .want = HOLE, BECAUSE(SEQ_HOLE) },
    { 4500, 's', .len = 1448, .seq = 1449, .ack = 1, .want = RETRANS, BECAUSE(RETRANS) },
  } },

{ .name = "flight that grows is no ACK clock", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 21000, 'c' },
    { 21100, 's', .len = 14480, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "below the threshold a delayed ACK explains nothing", .threshold_ns = 100000000,
  .rows = {
    { 1000, 's', .len = 100 },
    { 41000, 'c', .want = DELACK },
  } },

{ .name = "a delayed ACK is none after a retransmission",
  .rows = {
    { 1000, 's', .len = 100 },
    { 180000, 's', .len = 100, .seq = 1, .want = RETRANS, BECAUSE(RETRANS) },
    { 201000, 'c' },
  } },

{ .name = "a capture that begins with a keep-alive", .midstream = true,
  .rows = {
    { 1000, 'c', .ack = 501 },
    { 2000, 's', .len = 1, .seq = 500 },
    { 2100, 'c', .ack = 501 },
    { 3000, 's', .len = 1448, .seq = 501 },
    { 3001, 's', .len = 1448 },
  } },

{ .name = "a capture that begins with old payload", .midstream = true,
  .rows = {
    { 1000, 'c', .ack = 5001 },
    { 2000, 's', .len = 1000, .seq = 3001, .want = RETRANS },
    { 3000, 's', .len = 1448, .seq = 5001 },
  } },

{ .name = "the network's copy a millisecond later is nothing",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 2100, 's', .len = 1448, .seq = 1 },
    { 3000, 's', .len = 1448 },
  } },

{ .name = "the capture's copy of a retransmission is none",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 301000, 's', .len = 1448, .seq = 1, .id = 31009, .want = RETRANS | RTO, BECAUSE(RETRANS) },
    { 301005, 's', .len = 1448, .seq = 1, .id = 31009 },
  } },

{ .name = "timeout: it looks like an RTO from 200 ms on",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 191000, 's', .len = 1448, .seq = 1, .want = RETRANS, BECAUSE(RETRANS) },
    { 301000, 's', .len = 1448, .seq = 1, .want = RETRANS | RTO, BECAUSE(RETRANS) },
    { 901000, 's', .len = 1448, .seq = 1, .want = RETRANS | RTO, BECAUSE(RETRANS) },
  } },

{ .name = "the new payload after a timeout waited for the retransmission, not for its ACK", NEAR,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 301000, 's', .len = 1448, .seq = 1, .want = RETRANS | RTO, BECAUSE(RETRANS) },
    { 321000, 'c' },
    { 321100, 's', .len = 1448, .want = ACKW | IDLE, BECAUSE(RETRANS) },
    { 421100, 's', .len = 1448 },
  } },

{ .name = "but not long after",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 301000, 's', .len = 1448, .seq = 1, .want = RETRANS | RTO, BECAUSE(RETRANS) },
    { 321000, 'c' },
    { 9321100, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "counting sender: other packets in between",
  .rows = {
    REQUEST, TRIAL,
    { 1000, 's', .len = 1448, .id = 31013, .want = ANY },
    { 1100, 's', .len = 1448, .id = 31014 },
    { 9000, 's', .len = 1448, .id = 31018, .want = IPID, BECAUSE(IPID_GAP) },
  } },

{ .name = "counting sender: its own bare ACKs are no other packets",
  .rows = {
    REQUEST, TRIAL,
    { 1000, 's', .len = 1448 },
    { 1100, 's' },
    { 1200, 's' },
    { 9000, 's', .len = 1448 },
  } },

{ .name = "counting sender: a segment cut by the card takes several numbers",
  .rows = {
    REQUEST, TRIAL,
    { 1000, 's', .len = 4 * 1448, .id = 31009, .want = ANY },
    { 1100, 's', .len = 1448, .id = 31013 },
    { 1200, 's', .len = 1448, .id = 31014 },
  } },

{ .name = "sender with random IP IDs", .ids = SU_TIMED_RANDOM,
  .rows = { REQUEST, TRIAL, { 1000, 's', .len = 1448 }, { 9000, 's', .len = 1448 } } },

{ .name = "sender without IP IDs", .ids = SU_TIMED_ZERO,
  .rows = { REQUEST, TRIAL, { 1000, 's', .len = 1448 }, { 9000, 's', .len = 1448 } } },

{ .name = "sender whose IP ID never changes", .ids = SU_TIMED_CONSTANT,
  .rows = { REQUEST, TRIAL, { 1000, 's', .len = 1448 }, { 9000, 's', .len = 1448 } } },

{ .name = "too few segments to know the IP ID",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 's', .len = 1448, .id = 31300 },
    { 1200, 's', .len = 1448, .id = 31301 },
  } },

{ .name = "delayed ACK of the 40 ms kind, seen by the sender of the data",
  .syn_rtt_us = 20000, .ack_rtt_us = 100,
  .rows = {
    { 1000, 'c', .len = 100 },
    { 61200, 's', .want = DELACK, BECAUSE(DELAYED_ACK) },
  } },

{ .name = "delayed ACK of the 200 ms kind",
  .rows = {
    { 1000, 's', .len = 100 },
    { 201100, 'c', .want = DELACK, BECAUSE(DELAYED_ACK) },
  } },

{ .name = "an ACK after a round trip is not delayed",
  .syn_rtt_us = 50000, .ack_rtt_us = 100,
  .rows = {
    { 1000, 'c', .len = 100 },
    { 51200, 's' },
  } },

{ .name = "nor is one with payload, one of a part, or one that comes again",
  .rows = {
    { 1000, 's', .len = 100 },
    { 1001, 's', .len = 100, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
    { 41000, 'c', .ack = 101 },
    { 41200, 'c', .len = 9 },
    { 81200, 'c' },
  } },

{ .name = "keep-alive with and without its octet",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 7201100, 's', .len = 1, .keepalive = true },
    { 7201200, 'c' },
    { 14401200, 's', .keepalive = true },
    { 14401300, 'c' },
    { 15000000, 's', .len = 1448, .want = IDLE, BECAUSE(APP_IDLE) },
  } },

{ .name = "one octet sent again is no keep-alive while it is not acknowledged",
  .rows = {
    { 1000, 's', .len = 1 },
    { 301000, 's', .len = 1, .seq = 1, .want = RETRANS | RTO, BECAUSE(RETRANS) },
  } },

{ .name = "a FIN alone ends no gap, one with payload does",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 501000, 's', .len = 1448, .flags = "FA", .want = IDLE, BECAUSE(APP_IDLE) },
    { 502000, 'c', .flags = "FA" },
    { 503000, 's' },
  } },

{ .name = "below the threshold there are flags and no cause", .threshold_ns = 1000000,
  .rows = {
    { 1000, 's', .len = 100 },
    { 1900, 's', .len = 100, .want = SHORT },
    { 2900, 's', .len = 100, .want = SHORT, BECAUSE(LAST_PACKET_SHORT) },
  } },

{ .name = "the first payload ends no gap", .midstream = true,
  .rows = { { 1000, 's', .len = 100 }, { 2000, 'c', .len = 100 } } },

{ .name = "a capture that begins in the middle knows no hole before", .midstream = true,
  .rows = {
    { 1000, 's', .len = 1448, .seq = 70001 },
    { 1100, 's', .len = 1448 },
    { 1200, 'c', .ack = 72897 },
  } },

{ .name = "but one that its peer's ACK showed", .midstream = true,
  .rows = {
    { 1000, 'c', .ack = 1001 },
    { 1100, 's', .len = 1448, .seq = 2001, .want = HOLE },
  } },

{ .name = "the first payload of a side was lost",
  .rows = {
    { 1000, 's', .len = 1448, .lost = true },
    { 1100, 's', .len = 1448, .want = HOLE },
    { 1200, 's', .len = 1448 },
  } },

{ .name = "a segment that is partly old is new",
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 301000, 's', .len = 2896, .seq = 1, .want = IDLE, BECAUSE(APP_IDLE) },
  } },
};
/* clang-format on */

static unsigned compare(const struct su_timed_case *test, enum su_timed_mode mode)
{
    static struct su_timed_run run;
    unsigned wrong = 0;

    su_timed_play(test, mode, &run);
    for (unsigned i = 0; i < SU_TIMED_ROWS && test->rows[i].from; i++) {
        const struct su_timed_row *row = &test->rows[i];
        const struct su_moment *got = &run.moments[i];
        if (row->want == ANY || row->lost || (got->flags == row->want && got->cause == row->cause))
            continue;
        print_error("%s [%s]: row %u: want %03x %s, got %03x %s\n", test->name,
                    su_timed_mode_words[mode], i, row->want, su_gap_cause_words[row->cause],
                    got->flags, su_gap_cause_words[got->cause]);
        wrong++;
    }
    return wrong;
}

static void test_cases(void **state)
{
    enum su_timed_mode mode = (enum su_timed_mode)(uintptr_t)*state;
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool own_ids = false;
        for (unsigned j = 0; j < SU_TIMED_ROWS; j++)
            own_ids |= cases[i].rows[j].id != 0;
        if (mode != SU_TIMED_WRAP || !own_ids)
            wrong += compare(&cases[i], mode);
    }
    assert_int_equal(wrong, 0);
}

/* ---- statistics ---- */

/* clang-format off */
static const struct su_timed_case one_of_each = {
    .rows = {
        {1000, 'c', .len = 10},
        {21000, 's', .len = 1448},                /* its first: no gap */
        {22000, 's', .len = 1448},                /* 1 ms */
        {22500, 's', .len = 1448, .seq = 1449},   /* a copy */
        {24000, 's', .len = 1448},                /* 2 ms */
        {24100, 'c'},
        {324000, 's', .len = 1448},               /* 300 ms */
        {700000, 's', .len = 1448, .seq = 4345},  /* again */
        {724000, 's', .len = 1448},               /* 400 ms */
        {800000, 's', .flags = "FA"},
    },
};
/* clang-format on */

static void test_statistics(void **state)
{
    static struct su_timed_run run;
    (void)state;

    for (unsigned mode = 0; mode < SU_TIMED_MODES; mode++) {
        su_timed_play(&one_of_each, (enum su_timed_mode)mode, &run);
        const struct su_gap *gap = su_timed_gap(&run, 's');
        assert_int_equal(gap->count, 4);
        assert_int_equal(gap->sum_ns, 703000000);
        assert_int_equal(gap->max_ns, 400000000);
        assert_int_equal(run.frame_ns[gap->max_frame], run.start_ns + 724000000);
        assert_int_equal(su_gap_p95(gap), 400000000);
        assert_int_equal(su_timed_gap(&run, 'c')->count, 0);
        assert_int_equal(su_timed_gap(&run, 'c')->max_frame, 0);
        assert_int_equal(su_gap_p95(su_timed_gap(&run, 'c')), SU_TIME_NONE);
    }
}

static void test_threshold(void **state)
{
    static struct su_timed_run run;
    struct su_timed_case test = one_of_each;
    (void)state;

    test.threshold_ns = 2000000;
    su_timed_play(&test, SU_TIMED_PLAIN, &run);
    assert_int_equal(su_timed_gap(&run, 's')->count, 3);
    assert_int_equal(su_timed_gap(&run, 's')->sum_ns, 702000000);
    assert_int_equal(run.exchanges[0].max_gap_ns, 400000000);
}

/* clang-format off */

/* What the fields show: time since the last packet, since the same side's payload, byte number. */
static const struct su_timed_case talk = {
    .rows = {
        {1000, 'c', .len = 100},
        {21000, 's'},
        {31000, 's', .len = 1448},
        {31500, 's', .len = 1448, .seq = 2897},
        {31700, 's', .len = 1448, .seq = 1449},
        {31800, 'c'},
        {41000, 'c', .len = 50},
        {41100, 'c', .len = 50},
        {61000, 's', .len = 700},
        {62000, 's', .len = 1448, .seq = 1}, /* of the first response */
        {62100, 'c'},
        {90000, 'c', .len = 60},
        {90100, 'c', .len = 40},
        {90200, 'c', .len = 60, .seq = 201}, /* of a request still to be believed */
        {90300, 'c', .len = 50, .seq = 101}, /* of the second request */
    },
};
static const struct {
    int64_t gap_us, same_us; /* -1: none */
    uint64_t offset;
    uint32_t exchange;
    uint8_t kind;
} talk_moments[] = {
    {1000, -1, 100, 1, SU_PAYLOAD_NEW},     {20000, -1, 0, SU_EXCHANGE_NONE, SU_PAYLOAD_NONE},
    {10000, -1, 1448, 1, SU_PAYLOAD_NEW},   {500, 500, 4344, 1, SU_PAYLOAD_NEW},
    {200, 200, 2896, 1, SU_PAYLOAD_FILL},   {100, -1, 0, SU_EXCHANGE_NONE, SU_PAYLOAD_NONE},
    {9200, 40000, 50, 2, SU_PAYLOAD_NEW},   {100, 100, 100, 2, SU_PAYLOAD_NEW},
    {19900, 29300, 700, 2, SU_PAYLOAD_NEW},
    {1000, 1000, 0, SU_EXCHANGE_NONE, SU_PAYLOAD_REPEAT},
    {100, -1, 0, SU_EXCHANGE_NONE, SU_PAYLOAD_NONE},
    {27900, 48900, 60, 3, SU_PAYLOAD_NEW},
    {100, 100, 100, 3, SU_PAYLOAD_NEW},
    {100, 100, 60, 3, SU_PAYLOAD_REPEAT},
    {100, 200, 50, 2, SU_PAYLOAD_REPEAT},
};
/* clang-format on */

static void test_moments(void **state)
{
    static struct su_timed_run run;
    (void)state;

    su_timed_play(&talk, SU_TIMED_PLAIN, &run);
    for (unsigned i = 0; i < sizeof(talk_moments) / sizeof(talk_moments[0]); i++) {
        const struct su_moment *got = &run.moments[i];
        int64_t same = talk_moments[i].same_us < 0 ? SU_TIME_NONE : talk_moments[i].same_us * 1000;
        assert_int_equal(got->gap_ns, talk_moments[i].gap_us * 1000);
        assert_int_equal(got->same_side_ns, same);
        assert_int_equal(got->offset, talk_moments[i].offset);
        assert_int_equal(got->exchange, talk_moments[i].exchange);
        assert_int_equal(got->kind, talk_moments[i].kind);
    }
}

static void test_ip_id_modes(void **state)
{
    static const struct {
        enum su_timed_ids ids;
        enum su_ip_id_mode mode;
    } want[] = {
        {SU_TIMED_COUNTING, SU_IP_ID_COUNTING},
        {SU_TIMED_ZERO,     SU_IP_ID_ZERO    },
        {SU_TIMED_CONSTANT, SU_IP_ID_CONSTANT},
        {SU_TIMED_RANDOM,   SU_IP_ID_RANDOM  },
    };
    static struct su_timed_run run;
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        struct su_timed_case test = {.ids = want[i].ids};
        test.rows[0] = (struct su_timed_row){.us = 1, .from = 'c', .len = 1};
        for (int32_t j = 1; j < 9; j++)
            test.rows[j] = (struct su_timed_row){.us = j * 2000, .from = 's'};
        su_timed_play(&test, SU_TIMED_PLAIN, &run);
        assert_int_equal(su_ip_id_mode(&su_timed_gap(&run, 's')->ip_id), want[i].mode);
        assert_int_equal(su_ip_id_mode(&su_timed_gap(&run, 'c')->ip_id), SU_IP_ID_UNKNOWN);
    }
}

/* A connection that is fed by hand. */
struct feeder {
    struct su_conn conn;
    struct su_timing timing;
    struct su_policy policy;
    struct su_exchange exchange;
    struct su_moment moment;
    unsigned exchanges, ended;
};

static struct su_exchange *new_exchange(void *user)
{
    struct feeder *feeder = user;

    feeder->exchanges++;
    return &feeder->exchange;
}

static void finished(void *user, struct su_exchange *exchange)
{
    struct feeder *feeder = user;

    assert_ptr_equal(exchange, &feeder->exchange);
    feeder->ended++;
}

static void start(struct feeder *feeder)
{
    memset(feeder, 0, sizeof(*feeder));
    feeder->policy.strict_rst = true;
    su_conn_init(&feeder->conn, (const uint16_t[2]){40000, 80});
    su_timing_init(&feeder->timing, 0, SU_TIME_NONE);
}

static void feed(struct feeder *feeder, const struct su_segment *seg)
{
    const struct su_timing_ops ops = {
        &feeder->policy, {new_exchange, finished, feeder}
    };

    su_conn_apply(&feeder->conn, seg, &feeder->policy, &su_test_parts);
    su_timing_apply(&feeder->timing, &feeder->conn, seg, &ops, &feeder->moment);
}

/* Server payload after `gap_ns`, and the client's ACK of it. */
static void send_one(struct feeder *feeder, uint32_t octets, int64_t gap_ns)
{
    struct su_segment data = {
        .time_ns = feeder->conn.last_ns + gap_ns,
        .frame = feeder->conn.last_frame + 1,
        .seq = feeder->conn.side[1].snd_nxt,
        .ack = 7,
        .payload_octets = octets,
        .flags = SU_ACK,
        .from = 1,
        .window = 500,
    };
    struct su_segment ack = {
        .time_ns = data.time_ns,
        .frame = data.frame + 1,
        .seq = 7,
        .ack = data.seq + octets,
        .flags = SU_ACK,
        .window = 500,
    };

    feed(feeder, &data);
    feed(feeder, &ack);
}

static void test_past_4_gib(void **state)
{
    const uint32_t octets = 65000;
    const uint64_t segments = 140000; /* more than 2 * 4 GiB */
    struct feeder feeder;
    struct su_exchange open[2];
    (void)state;

    start(&feeder);
    for (uint64_t i = 0; i < segments; i++) {
        send_one(&feeder, octets, 1000);
        assert_int_equal(feeder.timing.turns.open->rsp_octets, (i + 1) * octets);
    }
    assert_int_equal(su_timing_peek(&feeder.timing, &feeder.conn, open), 1);
    assert_int_equal(open[0].rsp_octets, segments * octets);
    assert_int_equal(open[0].flags, SU_EXCHANGE_GREETING);
    assert_int_equal(feeder.timing.gap[1].count, segments - 1);
    assert_int_equal(feeder.timing.gap[1].sum_ns, (int64_t)(segments - 1) * 1000);
    assert_int_equal(feeder.exchanges, 1);
}

/* A capture that misses more than half of the number space goes on counting. */
static void test_long_loss(void **state)
{
    struct feeder feeder;
    (void)state;

    start(&feeder);
    send_one(&feeder, 1000, 1000000);
    for (unsigned i = 0; i < 3; i++) { /* known only by the ACKs, each within reach of the last */
        const struct su_segment ack = {.time_ns = feeder.conn.last_ns + 1,
                                       .frame = feeder.conn.last_frame + 1,
                                       .seq = 7,
                                       .ack = feeder.conn.side[1].snd_una + 1000000000,
                                       .flags = SU_ACK,
                                       .window = 500};
        feed(&feeder, &ack);
    }
    feeder.conn.side[1].snd_nxt = feeder.conn.side[1].snd_una; /* where send_one() goes on */
    send_one(&feeder, 1000, 1000000);
    assert_int_equal(feeder.timing.turns.open->rsp_octets, UINT64_C(3000002000));
    send_one(&feeder, 1000, 1000000);
    assert_int_equal(feeder.timing.turns.open->rsp_octets, UINT64_C(3000003000));
    assert_int_equal(feeder.moment.exchange, SU_EXCHANGE_NONE); /* of the ACK */
}

/* 95 % short gaps, 5 % long ones, alternating in a pattern that a fixed stride would fall for. */
static void test_p95(void **state)
{
    static const struct {
        unsigned every; /* one in so many is long */
        unsigned count;
        int64_t low_ns, high_ns; /* where p95 must be */
    } table[] = {
        {2,    16,     400000000, 400000000},
        {2,    100,    268435456, 400000000},
        {2,    20000,  268435456, 400000000},
        {4,    20000,  268435456, 400000000},
        {64,   20000,  65536,     131072   },
        {128,  100000, 65536,     131072   },
        {1000, 500,    65536,     100000   },
    };
    struct feeder feeder;
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        start(&feeder);
        send_one(&feeder, 100, 1);
        for (unsigned j = 1; j <= table[i].count; j++)
            send_one(&feeder, 100, j % table[i].every ? 100000 : 400000000);
        int64_t p95 = su_gap_p95(&feeder.timing.gap[1]);
        assert_int_equal(feeder.timing.gap[1].count, table[i].count);
        assert_true(p95 >= table[i].low_ns && p95 <= table[i].high_ns);
    }
}

/* Few spans are all counted; many of one length are halved now and then, and never get lost. */
static void test_histogram(void **state)
{
    static const int64_t spans[] = {0, 1, 16383, 16384, 1000000, 4000000000, INT64_MAX};
    static const int64_t p95[] = {1, 1, 16383, 16384, 1000000, 4000000000, INT64_MAX};
    (void)state;

    for (unsigned i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        struct su_histogram histogram = {0};
        unsigned total = 0;
        for (uint32_t j = 1; j <= 100; j++)
            su_histogram_add(&histogram, spans[i], j);
        for (unsigned j = 0; j < SU_HISTOGRAM_BUCKETS; j++)
            total += histogram.counters[j];
        assert_int_equal(total, 100);
        assert_true(su_histogram_p95(&histogram, p95[i]) <= p95[i]);
        assert_true(su_histogram_p95(&histogram, p95[i]) >= p95[i] / 2);
        for (uint32_t j = 101; j <= 3000000; j++)
            su_histogram_add(&histogram, spans[i], j);
        assert_true(histogram.shift >= 13 && histogram.shift <= 15);
        assert_true(su_histogram_p95(&histogram, p95[i]) <= p95[i]);
        assert_true(su_histogram_p95(&histogram, p95[i]) >= p95[i] / 2);
    }
}

static void test_clock(void **state)
{
    static const int64_t times[] = {1000, 500, 2000, -5000, INT64_C(1) << 62, 0};
    struct feeder feeder;
    (void)state;

    start(&feeder);
    for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const struct su_segment seg = {.time_ns = times[i],
                                       .frame = i + 1,
                                       .seq = 100 + 10 * i,
                                       .ack = 7,
                                       .payload_octets = 10,
                                       .flags = SU_ACK,
                                       .from = 1};
        feed(&feeder, &seg);
        assert_true(i == 0 || (feeder.moment.gap_ns >= 0 && feeder.moment.same_side_ns >= 0));
    }
    assert_int_equal(feeder.timing.gap[1].count, 5);
    assert_int_equal(feeder.timing.gap[1].sum_ns, (INT64_C(1) << 62) - 1000);
}

/* Without a place to keep exchanges there are none, and nothing else changes. */
static struct su_exchange *no_exchange(void *user)
{
    (void)user;
    return NULL;
}

static void test_no_exchanges_wanted(void **state)
{
    struct feeder feeder;
    const struct su_timing_ops ops = {
        &feeder.policy, {no_exchange, finished, &feeder}
    };
    (void)state;

    start(&feeder);
    for (uint32_t i = 0; i < 20; i++) {
        const struct su_segment seg = {.time_ns = i * 1000,
                                       .frame = i + 1,
                                       .seq = 100 + 10 * (i / 2),
                                       .ack = 110 + 10 * (i / 2),
                                       .payload_octets = 10,
                                       .flags = SU_ACK,
                                       .from = i & 1};
        su_conn_apply(&feeder.conn, &seg, &feeder.policy, &su_test_parts);
        su_timing_apply(&feeder.timing, &feeder.conn, &seg, &ops, &feeder.moment);
        assert_int_equal(feeder.moment.exchange, SU_EXCHANGE_NONE);
    }
    assert_int_equal(feeder.ended, 0);
    assert_int_equal(feeder.timing.gap[0].count, 9);
}

/* ---- anything at all ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return *seed >> 8;
}

static struct su_segment random_segment(uint32_t *seed, uint32_t frame)
{
    static const uint32_t near[] = {0, 1, 2, 1448, 0xFFFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000};
    static const uint8_t flags[] = {
        SU_ACK, SU_ACK,          SU_ACK, SU_ACK, SU_ACK | SU_FIN, SU_SYN, SU_SYN | SU_ACK,
        SU_RST, SU_RST | SU_ACK, 0,      0xFF};
    uint32_t wild = next_random(seed);
    int64_t back_ns = next_random(seed) % 7 ? 0 : 99999999;

    return (struct su_segment){
        .time_ns = (int64_t)frame * 1000 + next_random(seed) - back_ns,
        .frame = frame,
        .seq = next_random(seed) % 16 * 1448 + near[wild % (wild % 50 ? 5 : 8)],
        .ack = next_random(seed) % 16 * 1448 + near[next_random(seed) % (wild % 50 ? 5 : 8)],
        .payload_octets = wild % 3 ? next_random(seed) % (wild % 100 ? 3000 : 0xFFFFFF) : 0,
        .window = (uint16_t)(next_random(seed) % 4 ? next_random(seed) : 0),
        .ip_id = (uint16_t)(wild % 5 ? frame : next_random(seed)),
        .flags = flags[wild % (wild % 20 ? 5 : sizeof(flags))],
        .from = (uint8_t)(next_random(seed) & 1),
        .wscale = (uint8_t)next_random(seed),
        .checksum = (uint8_t)(next_random(seed) % 3),
        .tsval = wild % 4 ? frame : next_random(seed),
        .payload_head = {(uint8_t)(19 + wild % 6), 3},
    };
}

static void check_moment(const struct su_moment *moment)
{
    assert_true(moment->gap_ns == SU_TIME_NONE || moment->gap_ns >= 0);
    assert_true(moment->same_side_ns == SU_TIME_NONE || moment->same_side_ns >= 0);
    assert_true(moment->cause < SU_GAP_CAUSE_COUNT);
    assert_true((moment->exchange == SU_EXCHANGE_NONE) == (moment->offset == 0));
}

static void check_gap(const struct su_gap *gap)
{
    assert_true(gap->sum_ns >= gap->max_ns);
    assert_true((gap->count == 0) == (gap->max_frame == 0));
    assert_true(gap->count == 0 ? su_gap_p95(gap) == SU_TIME_NONE : su_gap_p95(gap) <= gap->max_ns);
}

static void check_exchange(const struct su_exchange *exchange)
{
    int64_t spans[] = {
        su_exchange_request_spread(exchange),  su_exchange_start_latency(exchange),
        su_exchange_finish_latency(exchange),  su_exchange_server_think(exchange),
        su_exchange_response_spread(exchange),
    };
    bool greets = exchange->flags & SU_EXCHANGE_GREETING;

    for (unsigned i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
        assert_true(spans[i] == SU_TIME_NONE || spans[i] >= 0);
    assert_true((exchange->number == 0) == greets);
    assert_true((exchange->req_first_frame == 0) == (exchange->req_first_ns == SU_TIME_NONE));
    assert_true((exchange->rsp_first_frame == 0) == (exchange->rsp_first_ns == SU_TIME_NONE));
    assert_true((exchange->rsp_octets == 0) == (exchange->rsp_first_frame == 0));
    assert_true(exchange->req_octets > 0 || greets);
}

static void test_anything(void **state)
{
    uint32_t seed = 20260101;
    (void)state;

    for (unsigned round = 0; round < 4000; round++) {
        struct feeder feeder;
        struct su_exchange open[2];
        start(&feeder);
        feeder.policy.checksum = (enum su_checksum_policy)(round % 3);
        feeder.policy.gap_threshold_ns = round % 5 ? 0 : 1000000;
        for (uint32_t frame = 1; frame <= 120; frame++) {
            struct su_segment seg = random_segment(&seed, frame);
            feed(&feeder, &seg);
            check_moment(&feeder.moment);
            unsigned count = su_timing_peek(&feeder.timing, &feeder.conn, open);
            for (unsigned i = 0; i < count; i++)
                check_exchange(&open[i]);
        }
        check_gap(&feeder.timing.gap[0]);
        check_gap(&feeder.timing.gap[1]);
        assert_true(feeder.exchanges - feeder.ended <= 1u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"cases/plain",   test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_PLAIN  },
        {"cases/wrap",    test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_WRAP   },
        {"cases/swapped", test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_SWAPPED},
        {"cases/doubled", test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_DOUBLED},
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_ip_id_modes),
        cmocka_unit_test(test_past_4_gib),
        cmocka_unit_test(test_long_loss),
        cmocka_unit_test(test_p95),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_no_exchanges_wanted),
        cmocka_unit_test(test_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
