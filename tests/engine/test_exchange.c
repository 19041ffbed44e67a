/* test_exchange.c: turns of a conversation, case by case, each in every mode of timed.h.
 * Row times are microseconds after the handshake; 1 is the first octet of payload.
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

#include "timed.h"

enum {
    GREETING = SU_EXCHANGE_GREETING,
    UNANSWERED = SU_EXCHANGE_UNANSWERED,
    OVERLAP = SU_EXCHANGE_OVERLAP,
    REXMT = SU_EXCHANGE_REXMT,
    TLS = SU_EXCHANGE_TLS,
    TLS_HANDSHAKE = SU_EXCHANGE_TLS | SU_EXCHANGE_TLS_HANDSHAKE,
    BARE = SU_EXCHANGE_BARE_ACK
};

/* Words for causes, short enough for the table. */
#define CAUSE(name) SU_GAP_CAUSE_##name
#define SHORT       SU_GAP_CAUSE_LAST_PACKET_SHORT

/* clang-format off */
static const struct su_timed_case cases[] = {
{ .name = "single GET, acknowledged by a bare ACK",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's' },
    { 71000, 's', .len = 1448 },
    { 71100, 's', .len = 1448 },
    { 71200, 'c' },
    { 91000, 's', .len = 500 },
    { 91050, 'c' },
  },
  .exchanges = {{ 1, BARE, 1000, 1000, 21000, 71000, 91000, 100, 3396, 19900, CAUSE(ACK_WAIT) }} },

{ .name = "single GET, the response acknowledges it",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 22000, 's', .len = 300 },
    { 22050, 'c' },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 22000, 22000, 22000, 100, 300 }} },

{ .name = "request in three segments",
  .rows = {
    { 1000, 'c', .len = 1448 },
    { 1100, 'c', .len = 1448 },
    { 21000, 's', .ack = 1449 },
    { 21100, 'c', .len = 10 },
    { 41000, 's' },
    { 50000, 's', .len = 20 },
  },
  .exchanges = {{ 1, BARE, 1000, 21100, 41000, 50000, 50000, 2906, 20 }} },

{ .name = "three GETs, one after the other",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 30000, 's', .len = 1000 },
    { 30100, 'c' },
    { 100000, 'c', .len = 110 },
    { 120000, 's' },
    { 140000, 's', .len = 1000 },
    { 140100, 'c' },
    { 200000, 'c', .len = 120 },
    { 230000, 's', .len = 10 },
    { 231000, 's', .len = 10 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 30000, 30000, 30000, 100, 1000 },
    { 2, BARE, 100000, 100000, 120000, 140000, 140000, 110, 1000 },
    { 3, 0, 200000, 200000, 230000, 230000, 231000, 120, 20, 1000, SHORT },
  } },

{ .name = "the next request carries the ACK of the response",
  .rows = {
    { 1000, 'c', .len = 5 },
    { 21000, 's', .len = 5 },
    { 22000, 'c', .len = 5 },
    { 42000, 's', .len = 5 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 5, 5 },
    { 2, 0, 22000, 22000, 42000, 42000, 42000, 5, 5 },
  } },

{ .name = "pipelining before any response is one request",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 1500, 'c', .len = 100 },
    { 2000, 'c', .len = 100 },
    { 22000, 's', .len = 700, .ack = 301 },
    { 23000, 's', .len = 800 },
  },
  .exchanges = {{ 1, 0, 1000, 2000, 22000, 22000, 23000, 300, 1500, 1000, SHORT }} },

{ .name = "pipelining while the response flows: overlap, no new exchange",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21500, 'c', .len = 100 },
    { 22000, 's', .len = 1448, .ack = 101 },
    { 42000, 's', .len = 300 },
    { 43000, 'c' },
  },
  .exchanges = {{ 1, OVERLAP, 1000, 1000, 21000, 21000, 42000, 200, 3196, 20000, 0 }} },

{ .name = "after an overlap the next clean turn is an exchange again",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21500, 'c', .len = 100 },
    { 22000, 's', .len = 1448, .ack = 101 },
    { 42000, 's', .len = 300 },
    { 43000, 'c' },
    { 60000, 'c', .len = 50 },
    { 80000, 's', .len = 60 },
  },
  .exchanges = {
    { 1, OVERLAP, 1000, 1000, 21000, 21000, 42000, 200, 3196, 20000, 0 },
    { 2, 0, 60000, 60000, 80000, 80000, 80000, 50, 60 },
  } },

{ .name = "the server had the next request when it went on",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21500, 'c', .len = 100 },
    { 41500, 's', .len = 1448, .ack = 201 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 1448 },
    { 2, 0, 21500, 21500, 41500, 41500, 41500, 100, 1448 },
  } },

{ .name = "the next request in several segments, acknowledged in part",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 10 },
    { 30000, 'c', .len = 1448 },
    { 30100, 'c', .len = 1448 },
    { 50000, 's', .ack = 1549 },
    { 50100, 'c', .len = 100 },
    { 70000, 's' },
    { 75000, 's', .len = 10 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 10 },
    { 2, BARE, 30000, 50100, 70000, 75000, 75000, 2996, 10 },
  } },

{ .name = "greeting, as in SMTP",
  .rows = {
    { 30000, 's', .len = 80 },
    { 30100, 'c' },
    { 31000, 'c', .len = 20 },
    { 51000, 's', .len = 200 },
    { 52000, 'c', .len = 30 },
    { 72000, 's' },
    { 80000, 's', .len = 8 },
  },
  .exchanges = {
    { 0, GREETING, 0, 0, 0, 30000, 30000, 0, 80 },
    { 1, 0, 31000, 31000, 51000, 51000, 51000, 20, 200 },
    { 2, BARE, 52000, 52000, 72000, 80000, 80000, 30, 8 },
  } },

{ .name = "greeting in several segments with a pause",
  .rows = {
    { 30000, 's', .len = 80 },
    { 530000, 's', .len = 80 },
    { 531000, 'c', .len = 20 },
    { 551000, 's', .len = 9 },
  },
  .exchanges = {
    { 0, GREETING, 0, 0, 0, 30000, 530000, 0, 160, 500000, SHORT },
    { 1, 0, 531000, 531000, 551000, 551000, 551000, 20, 9 },
  } },

{ .name = "both sides greet at once, as in SSH",
  .rows = {
    { 1000, 'c', .len = 21 },
    { 5000, 's', .len = 21, .ack = 1 },
    { 5100, 'c', .len = 1000 },
    { 25000, 's', .len = 1100 },
  },
  .exchanges = {
    { 1, OVERLAP, 1000, 1000, 25000, 5000, 5000, 21, 21 },
    { 2, 0, 5100, 5100, 25000, 25000, 25000, 1000, 1100 },
  } },

{ .name = "a greeting that crosses the first request",
  .rows = {
    { 1000, 's', .len = 21 },
    { 1100, 'c', .len = 21 },
    { 1200, 's', .len = 30, .ack = 1 },
    { 21200, 's' },
    { 30000, 'c', .len = 9 },
    { 50000, 's', .len = 9 },
  },
  .exchanges = {
    { 0, GREETING | OVERLAP, 0, 0, 0, 1000, 1200, 21, 51, 200, SHORT },
    { 1, 0, 30000, 30000, 50000, 50000, 50000, 9, 9 },
  } },

{ .name = "interleaved bare ACKs change nothing",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 1100, 'c' },
    { 20000, 's' },
    { 20001, 's' },
    { 20100, 'c' },
    { 30000, 's', .len = 9 },
    { 30100, 's' },
    { 30200, 'c' },
  },
  .exchanges = {{ 1, BARE, 1000, 1000, 20000, 30000, 30000, 100, 9 }} },

{ .name = "retransmitted request: the first transmission counts",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 301000, 'c', .len = 100, .seq = 1 },
    { 321000, 's' },
    { 330000, 's', .len = 9 },
  },
  .exchanges = {{ 1, BARE | REXMT, 1000, 1000, 321000, 330000, 330000, 100, 9 }} },

{ .name = "retransmitted end of the response, unacknowledged: the last delivery counts",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21100, 's', .len = 10 },
    { 271100, 's', .len = 10, .seq = 1449 },
    { 271200, 'c' },
  },
  .exchanges = {{ 1, REXMT, 1000, 1000, 21000, 21000, 271100, 100, 1458, 100, 0 }} },

{ .name = "retransmitted end of the response, acknowledged before: needless",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21100, 's', .len = 10 },
    { 21200, 'c' },
    { 271100, 's', .len = 10, .seq = 1449 },
    { 271200, 'c' },
  },
  .exchanges = {{ 1, REXMT, 1000, 1000, 21000, 21000, 21100, 100, 1458, 100, 0 }} },

{ .name = "lost before us and sent again: the response ends with the repair",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21100, 's', .len = 1448, .lost = true },
    { 21200, 's', .len = 1448 },
    { 21300, 'c', .ack = 1449 },
    { 61300, 's', .len = 1448, .seq = 1449 },
    { 61400, 'c' },
  },
  .exchanges = {{ 1, REXMT, 1000, 1000, 21000, 21000, 61300, 100, 4344, 40100, CAUSE(RETRANS) }} },

{ .name = "reordered response: no retransmission",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 1448 },
    { 21200, 's', .len = 1448, .seq = 2897 },
    { 21300, 's', .len = 1448, .seq = 1449 },
    { 21400, 'c' },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 21000, 21000, 21300, 100, 4344, 200, CAUSE(SEQ_HOLE) }} },

{ .name = "reordered request",
  .rows = {
    { 1000, 'c', .len = 100, .seq = 101 },
    { 1500, 'c', .len = 100, .seq = 1 },
    { 21500, 's', .len = 9 },
  },
  .exchanges = {{ 1, 0, 1000, 1500, 21500, 21500, 21500, 200, 9 }} },

{ .name = "a late copy of old response payload after the next request",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 30000, 'c', .len = 100 },
    { 41000, 's', .len = 100, .seq = 1, .ack = 201 },
    { 50000, 's', .len = 100 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, 0, 30000, 30000, 41000, 50000, 50000, 100, 100 },
  } },

{ .name = "keep-alive between two exchanges is no request",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 45021100, 'c', .len = 1, .seq = 100 },
    { 45041100, 's' },
    { 90021100, 'c', .seq = 100 },
    { 90041100, 's' },
    { 95000000, 'c', .len = 100 },
    { 95020000, 's', .len = 100 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, 0, 95000000, 95000000, 95020000, 95020000, 95020000, 100, 100 },
  } },

{ .name = "keep-alive before the first request",
  .rows = {
    { 45000000, 'c', .len = 1, .keepalive = true },
    { 45020000, 's' },
    { 46000000, 'c', .len = 100 },
    { 46020000, 's', .len = 100 },
  },
  .exchanges = {{ 1, 0, 46000000, 46000000, 46020000, 46020000, 46020000, 100, 100 }} },

{ .name = "TLS: handshake turns, then data",
  .rows = {
    { 1000, 'c', .len = 517, .head = 22 },
    { 21000, 's', .len = 1448, .head = 22 },
    { 21100, 's', .len = 1448 },
    { 21200, 'c' },
    { 22000, 'c', .len = 64, .head = 20 },
    { 42000, 's', .len = 255, .head = 22 },
    { 42100, 'c' },
    { 43000, 'c', .len = 200, .head = 23 },
    { 63000, 's', .len = 1448, .head = 23 },
  },
  .exchanges = {
    { 1, TLS_HANDSHAKE, 1000, 1000, 21000, 21000, 21100, 517, 2896, 100, 0 },
    { 2, TLS_HANDSHAKE, 22000, 22000, 42000, 42000, 42000, 64, 255 },
    { 3, TLS, 43000, 43000, 63000, 63000, 63000, 200, 1448 },
  } },

{ .name = "the next request, retransmitted before the server has it",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 30000, 'c', .len = 60 },
    { 30100, 'c', .len = 40 },
    { 330000, 'c', .len = 60, .seq = 101 },
    { 350000, 's', .len = 9 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, REXMT, 30000, 30100, 350000, 350000, 350000, 100, 9 },
  } },

{ .name = "the last request, retransmitted behind the next",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 30000, 'c', .len = 60 },
    { 330000, 'c', .len = 100, .seq = 1 },
    { 350000, 's', .len = 9 },
  },
  .exchanges = {
    { 1, REXMT, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, 0, 30000, 30000, 350000, 350000, 350000, 60, 9 },
  } },

{ .name = "neither 19 nor 24 is the type of a TLS record",
  .rows = {
    { 1000, 'c', .len = 50, .head = 19 },
    { 21000, 's', .len = 50, .head = 24 },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 21000, 21000, 21000, 50, 50 }} },

{ .name = "STARTTLS: the greeting is no TLS",
  .rows = {
    { 1000, 's', .len = 20, .head = 50 },
    { 2000, 'c', .len = 10, .head = 83 },
    { 22000, 's', .len = 10, .head = 50 },
    { 23000, 'c', .len = 300, .head = 22 },
    { 43000, 's', .len = 900, .head = 22 },
  },
  .exchanges = {
    { 0, GREETING, 0, 0, 0, 1000, 1000, 0, 20 },
    { 1, 0, 2000, 2000, 22000, 22000, 22000, 10, 10 },
    { 2, TLS_HANDSHAKE, 23000, 23000, 43000, 43000, 43000, 300, 900 },
  } },

{ .name = "the server closes without an answer",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .flags = "FA" },
    { 21100, 'c', .flags = "FA" },
    { 41100, 's' },
  },
  .exchanges = {{ 1, UNANSWERED | BARE, 1000, 1000, 21000, 0, 0, 100, 0 }} },

{ .name = "the server resets the request",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .flags = "RA" },
  },
  .exchanges = {{ 1, UNANSWERED, 1000, 1000, 0, 0, 0, 100, 0 }} },

{ .name = "the client gives up",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's' },
    { 5000000, 'c', .flags = "RA" },
  },
  .exchanges = {{ 1, UNANSWERED | BARE, 1000, 1000, 21000, 0, 0, 100, 0 }} },

{ .name = "reset after the response",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 22000, 'c', .flags = "RA" },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 }} },

{ .name = "second request reset: it was the server that had closed",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 60000000, 'c', .len = 100 },
    { 60020000, 's', .flags = "R" },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, UNANSWERED, 60000000, 60000000, 0, 0, 0, 100, 0 },
  } },

{ .name = "a second request nobody acknowledged before the capture ended",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 60000000, 'c', .len = 100 },
    { 60000100, 'c', .len = 50 },
  },
  .exchanges = {
    { 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 },
    { 2, 0, 60000000, 60000100, 0, 0, 0, 150, 0 },
  } },

{ .name = "half close by the client: the response still comes",
  .rows = {
    { 1000, 'c', .len = 100, .flags = "FA" },
    { 21000, 's' },
    { 51000, 's', .len = 100 },
    { 51100, 's', .len = 100, .flags = "FA" },
    { 51200, 'c' },
  },
  .exchanges = {{ 1, BARE, 1000, 1000, 21000, 51000, 51100, 100, 200, 100, SHORT }} },

{ .name = "a FIN alone is no payload",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 's', .len = 100 },
    { 21100, 'c' },
    { 30000, 'c', .flags = "FA" },
    { 50000, 's', .flags = "FA" },
    { 50100, 'c' },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 21000, 21000, 21000, 100, 100 }} },

{ .name = "only the client was captured: no exchanges", .midstream = true,
  .rows = {
    { 1000, 'c', .len = 100 },
    { 21000, 'c', .ack = 1000 },
    { 31000, 'c', .len = 100, .ack = 1000 },
  } },

{ .name = "only the server was captured: no exchanges", .midstream = true,
  .rows = {
    { 1000, 's', .len = 100 },
    { 21000, 's', .len = 100, .ack = 300 },
  } },

{ .name = "the capture begins in the middle of a response", .midstream = true,
  .rows = {
    { 1000, 's', .len = 1448 },
    { 1100, 'c' },
    { 1200, 's', .len = 1448 },
    { 1300, 'c' },
    { 2000, 'c', .len = 100 },
    { 22000, 's', .len = 100 },
  },
  .exchanges = {
    { 0, GREETING, 0, 0, 0, 1000, 1200, 0, 2896, 200, CAUSE(ACK_WAIT) },
    { 1, 0, 2000, 2000, 22000, 22000, 22000, 100, 100 },
  } },

{ .name = "a bad checksum and another connection's segments move nothing",
  .rows = {
    { 1000, 'c', .len = 100 },
    { 2000, 'c', .len = 100, .bad = true },
    { 3000, 'c', .len = 100, .far = true },
    { 4000, 's', .len = 100, .far = true },
    { 5000, 's', .len = 100, .bad = true },
    { 21000, 's', .len = 100 },
    { 22000, 's', .len = 70, .bad = true },
    { 23000, 'c', .len = 100, .far = true },
    { 24000, 's', .len = 30 },
  },
  .exchanges = {{ 1, 0, 1000, 1000, 21000, 21000, 24000, 100, 130, 3000, SHORT }} },

{ .name = "TCP Fast Open: the request is on the SYN", .own_handshake = true, .syn_rtt_us = 20000,
  .rows = {
    { 1000, 'c', .flags = "S", .len = 100 },
    { 21000, 's', .flags = "SA" },
    { 21500, 's', .len = 200 },
    { 21600, 'c' },
  },
  .exchanges = {{ 1, BARE, 1000, 1000, 21000, 21500, 21500, 100, 200 }} },

{ .name = "TCP Fast Open refused: the request is sent again", .own_handshake = true,
  .rows = {
    { 1000, 'c', .flags = "S", .len = 100 },
    { 21000, 's', .flags = "SA", .ack = 1 },
    { 21100, 'c', .len = 100, .seq = 1 },
    { 41000, 's' },
    { 42000, 's', .len = 200 },
  },
  .exchanges = {{ 1, BARE | REXMT, 1000, 1000, 41000, 42000, 42000, 100, 200 }} },

{ .name = "nothing but a handshake", .rows = {{ 1000, 'c' }} },

{ .name = "the clock goes back: no span is negative",
  .rows = {
    { 50000, 'c', .len = 100 },
    { 20000, 's' },
    { 30000, 's', .len = 100 },
    { 60000, 's', .len = 100 },
  }, .not_doubled = true,
  .exchanges = {{ 1, BARE, 50000, 50000, 50000, 50000, 60000, 100, 200, 10000, SHORT }} },

{ .name = "a window probe is no response, and its octet counts when it comes",
  .rows = {
    { 1000, 'c', .len = 100, .closed = true },
    { 21000, 's' },
    { 221000, 's', .len = 1 },
    { 221100, 'c', .ack = 1, .closed = true },
    { 421000, 'c', .ack = 1, .win = 500 },
    { 441000, 's', .len = 700, .seq = 1 },
  },
  .exchanges = {{ 1, BARE, 1000, 1000, 21000, 441000, 441000, 100, 700 }} },
};
/* clang-format on */

static int32_t us_of(const struct su_timed_run *run, int64_t ns)
{
    return ns == SU_TIME_NONE ? 0 : (int32_t)((ns - run->start_ns) / 1000);
}

static bool is_told_by(const struct su_timed_run *run, uint32_t frame, int64_t ns)
{
    if (ns == SU_TIME_NONE)
        return frame == 0;
    return frame > 0 && frame <= run->frames && run->frame_ns[frame] <= ns;
}

/* What any exchange must be, whatever the case. */
static bool is_sane(const struct su_timed_run *run, const struct su_exchange *got)
{
    return is_told_by(run, got->req_first_frame, got->req_first_ns) &&
           is_told_by(run, got->req_last_frame, got->req_last_ns) &&
           is_told_by(run, got->rsp_first_frame, got->rsp_first_ns) &&
           is_told_by(run, got->rsp_last_frame, got->rsp_last_ns) &&
           got->req_first_ns <= got->req_last_ns && got->rsp_first_ns <= got->rsp_last_ns &&
           got->req_octets + got->rsp_octets > 0;
}

static struct su_timed_exchange summary(const struct su_timed_run *run,
                                        const struct su_exchange *got)
{
    return (struct su_timed_exchange){
        .number = got->number,
        .flags = got->flags,
        .req_first = us_of(run, got->req_first_ns),
        .req_last = us_of(run, got->req_last_ns),
        .req_acked = us_of(run, got->req_acked_ns),
        .rsp_first = us_of(run, got->rsp_first_ns),
        .rsp_last = us_of(run, got->rsp_last_ns),
        .req_octets = got->req_octets,
        .rsp_octets = got->rsp_octets,
        .max_gap = (int32_t)(got->max_gap_ns / 1000),
        .cause = got->max_gap_cause,
    };
}

static bool is_same(const struct su_timed_exchange *a, const struct su_timed_exchange *b)
{
    return a->number == b->number && a->flags == b->flags && a->req_first == b->req_first &&
           a->req_last == b->req_last && a->req_acked == b->req_acked &&
           a->rsp_first == b->rsp_first && a->rsp_last == b->rsp_last &&
           a->req_octets == b->req_octets && a->rsp_octets == b->rsp_octets &&
           a->max_gap == b->max_gap && a->cause == b->cause;
}

static void show(const char *what, const struct su_timed_exchange *exchange)
{
    print_error("  %s #%u flags %02x req %d..%d acked %d rsp %d..%d octets %u+%u gap %d %s\n", what,
                exchange->number, exchange->flags, exchange->req_first, exchange->req_last,
                exchange->req_acked, exchange->rsp_first, exchange->rsp_last,
                (unsigned)exchange->req_octets, (unsigned)exchange->rsp_octets, exchange->max_gap,
                su_gap_cause_words[exchange->cause]);
}

static unsigned expected_count(const struct su_timed_case *test)
{
    unsigned count = 0;

    while (test->exchanges[count].req_octets + test->exchanges[count].rsp_octets > 0)
        count++;
    return count;
}

static unsigned compare(const struct su_timed_case *test, enum su_timed_mode mode)
{
    static struct su_timed_run run;
    unsigned wrong = 0;

    su_timed_play(test, mode, &run);
    if (run.count != expected_count(test)) {
        print_error("%s [%s]: %u exchanges\n", test->name, su_timed_mode_words[mode], run.count);
        wrong++;
    }
    for (unsigned i = 0; i < run.count; i++) {
        struct su_timed_exchange got = summary(&run, &run.exchanges[i]);
        if (is_same(&got, &test->exchanges[i]) && is_sane(&run, &run.exchanges[i]))
            continue;
        print_error("%s [%s]:\n", test->name, su_timed_mode_words[mode]);
        show("want", &test->exchanges[i]);
        show("got ", &got);
        wrong++;
    }
    return wrong;
}

static void test_cases(void **state)
{
    enum su_timed_mode mode = (enum su_timed_mode)(uintptr_t)*state;
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (mode != SU_TIMED_DOUBLED || !cases[i].not_doubled)
            wrong += compare(&cases[i], mode);
    }
    assert_int_equal(wrong, 0);
}

/* ---- spans ---- */

static void test_spans(void **state)
{
    /* clang-format off */
    static const struct {
        int64_t req_first, req_last, acked, rsp_first, rsp_last;
        uint16_t flags;
        int64_t request, start, finish, service, think, response;
    } table[] = {
        /* bare ACK: its way is taken off */
        {100, 130, 150, 200, 260, BARE, 30, 100, 160, 70, 50, 60},
        /* the response is the ACK: nothing can be taken off */
        {100, 130, 200, 200, 260, 0, 30, 100, 160, 70, 70, 60},
        /* the ACK came after the response had begun */
        {100, 130, 220, 200, 260, BARE, 30, 100, 160, 70, 0, 60},
        /* a greeting */
        {SU_TIME_NONE, SU_TIME_NONE, SU_TIME_NONE, 200, 260, GREETING, SU_TIME_NONE, SU_TIME_NONE,
         SU_TIME_NONE, SU_TIME_NONE, SU_TIME_NONE, 60},
        /* no response yet */
        {100, 130, 150, SU_TIME_NONE, SU_TIME_NONE, BARE, 30, SU_TIME_NONE, SU_TIME_NONE,
         SU_TIME_NONE, SU_TIME_NONE, SU_TIME_NONE},
        /* never acknowledged: the ACK was not captured */
        {100, 130, SU_TIME_NONE, 200, 260, 0, 30, 100, 160, 70, 70, 60},
    };
    /* clang-format on */
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct su_exchange exchange = {.req_first_ns = table[i].req_first,
                                             .req_last_ns = table[i].req_last,
                                             .req_acked_ns = table[i].acked,
                                             .rsp_first_ns = table[i].rsp_first,
                                             .rsp_last_ns = table[i].rsp_last,
                                             .flags = table[i].flags};
        assert_int_equal(su_exchange_request_spread(&exchange), table[i].request);
        assert_int_equal(su_exchange_start_latency(&exchange), table[i].start);
        assert_int_equal(su_exchange_finish_latency(&exchange), table[i].finish);
        assert_int_equal(su_exchange_service_time(&exchange), table[i].service);
        assert_int_equal(su_exchange_server_think(&exchange), table[i].think);
        assert_int_equal(su_exchange_response_spread(&exchange), table[i].response);
    }
}

static void test_client_think(void **state)
{
    const struct su_exchange first = {.req_first_ns = 1, .rsp_last_ns = 40};
    const struct su_exchange second = {.req_first_ns = 100, .rsp_last_ns = SU_TIME_NONE};
    const struct su_exchange third = {.req_first_ns = 300};
    (void)state;

    assert_int_equal(su_exchange_client_think(&first, &second), 60);
    assert_int_equal(su_exchange_client_think(&second, &third), SU_TIME_NONE);
}

/* Peeking changes nothing, at whatever moment. */
static void test_peek(void **state)
{
    static struct su_timed_run run;
    struct su_exchange first[2];
    struct su_exchange again[2];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        su_timed_play(&cases[i], SU_TIMED_PLAIN, &run);
        unsigned count = su_timing_peek(&run.timing, &run.conn, first);
        assert_int_equal(su_timing_peek(&run.timing, &run.conn, again), count);
        assert_memory_equal(first, again, count * sizeof(first[0]));
        assert_true(count == 0 || run.timing.turns.open != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"cases/plain",   test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_PLAIN  },
        {"cases/wrap",    test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_WRAP   },
        {"cases/swapped", test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_SWAPPED},
        {"cases/doubled", test_cases, NULL, NULL, (void *)(uintptr_t)SU_TIMED_DOUBLED},
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_client_think),
        cmocka_unit_test(test_peek),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
