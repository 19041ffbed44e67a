/* test_zeek.c: Zeek's conn_state and history by themselves, without our own verdicts. Every value
 * of conn_state must come out of some row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/step.h"
#include "engine/words.h"

#include "parts.h"

/* Segments as "c:FLAGS[/length]", host c on port 40000, host s on port 80; numbers follow. */
static const struct row {
    const char *segments;
    enum su_conn_state state;
    const char *history;
} rows[] = {
  /* 1. the responder has reset */
    {"c:S s:RA",                    SU_CONN_STATE_REJ,    "Sr"    },
    {"c:S s:SA c:A c:R s:R",        SU_CONN_STATE_REJ,    "ShARr" },
    {"c:S s:SA c:A c:A/9 c:R s:R",  SU_CONN_STATE_RSTR,   "ShADRr"},
    {"c:S s:SA c:A s:RA",           SU_CONN_STATE_RSTR,   "ShAr"  },
    {"c:S s:SA c:A c:FA s:RA",      SU_CONN_STATE_RSTR,   "ShAFr" },
    {"c:A/9 s:A/9 s:RA",            SU_CONN_STATE_RSTRH,  "Ddr"   },
    {"s:RA",                        SU_CONN_STATE_RSTRH,  "^r"    },
 /* 2. the originator has */
    {"c:S c:R",                     SU_CONN_STATE_RSTOS0, "SR"    },
    {"c:S s:A c:R",                 SU_CONN_STATE_RSTOS0, "SaR"   },
    {"c:S c:F c:R",                 SU_CONN_STATE_OTH,    "SFR"   },
    {"c:R",                         SU_CONN_STATE_OTH,    "R"     },
    {"c:A/9 c:RA",                  SU_CONN_STATE_OTH,    "DR"    },
    {"c:S s:SA c:R",                SU_CONN_STATE_RSTO,   "ShR"   },
    {"c:S s:SA c:A c:FA c:RA",      SU_CONN_STATE_RSTO,   "ShAFR" },
 /* 3. to 5. closed */
    {"c:S s:SA c:A c:FA s:FA",      SU_CONN_STATE_SF,     "ShAFf" },
    {"c:S s:SA c:A s:FA c:FA s:A",  SU_CONN_STATE_SF,     "ShAfFa"},
    {"c:A/9 c:FA s:FA",             SU_CONN_STATE_SF,     "DFf"   },
    {"c:S s:SA c:A s:FA s:RA c:FA", SU_CONN_STATE_SF,     "ShAfrF"},
    {"c:S s:SA c:A c:FA s:FA s:R",  SU_CONN_STATE_SF,     "ShAFfr"},
    {"c:S c:A c:FA",                SU_CONN_STATE_SH,     "SAF"   },
    {"c:S s:SA c:A c:FA s:A",       SU_CONN_STATE_S2,     "ShAFa" },
    {"s:SA s:A s:FA",               SU_CONN_STATE_SHR,    "^haf"  },
    {"c:S s:SA c:A s:FA",           SU_CONN_STATE_S3,     "ShAf"  },
 /* 6. to 8. */
    {"c:S",                         SU_CONN_STATE_S0,     "S"     },
    {"c:S c:S c:S",                 SU_CONN_STATE_S0,     "S"     },
    {"c:S c:A c:A/9",               SU_CONN_STATE_S0,     "SAD"   },
    {"c:S s:A",                     SU_CONN_STATE_S0,     "Sa"    },
    {"c:S s:SA",                    SU_CONN_STATE_S1,     "Sh"    },
    {"c:S s:S",                     SU_CONN_STATE_S1,     "Ss"    },
    {"c:S s:SA c:A c:A/9 s:A/9",    SU_CONN_STATE_S1,     "ShADd" },
    {"s:SA",                        SU_CONN_STATE_OTH,    "^h"    },
    {"s:SA c:A",                    SU_CONN_STATE_S1,     "^hA"   },
    {"c:A/9 s:A",                   SU_CONN_STATE_OTH,    "Da"    },
    {"s:A/9 c:A",                   SU_CONN_STATE_OTH,    "^dA"   },
 /* letters */
    {"c:SF",                        SU_CONN_STATE_SH,     "Q"     },
    {"c:S s:SA c:A c:FRA",          SU_CONN_STATE_RSTO,   "ShAI"  },
    {"c:S s:SA c:A c:FA/9",         SU_CONN_STATE_S2,     "ShAF"  },
    {"c:S s:SA c:A c:FA c:FA",      SU_CONN_STATE_S2,     "ShAFF" }, /* another FIN number */
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct bench {
    struct su_conn conn;
    uint32_t nxt[2];
    int64_t time_ns;
};

static uint8_t flags_of(const char *letters, size_t length)
{
    static const char names[] = "FSRPA"; /* bits 0 to 4 of the header's octet */
    uint8_t flags = 0;

    for (size_t i = 0; i < length; i++)
        flags |= (uint8_t)(1u << (strchr(names, letters[i]) - names));
    return flags;
}

static struct su_step step_of(struct bench *bench, const struct su_segment *segment)
{
    return (struct su_step){
        .conn = &bench->conn,
        .snd = &bench->conn.side[segment->from],
        .rcv = &bench->conn.side[!segment->from],
        .seg = segment,
        .parts = &su_test_parts,
        .from = segment->from,
    };
}

static void feed(struct bench *bench, const char *word)
{
    const char *slash = strchr(word, '/');
    uint8_t from = word[0] == 's';
    struct su_segment segment = {.from = from, .window = 60000};

    segment.flags = flags_of(word + 2, slash ? (size_t)(slash - word) - 2 : strlen(word) - 2);
    segment.payload_octets = slash ? (uint32_t)strtoul(slash + 1, NULL, 10) : 0;
    segment.time_ns = bench->time_ns += 1000000;
    segment.seq = segment.flags & SU_SYN ? bench->nxt[from] - 1 : bench->nxt[from];
    segment.ack = segment.flags & SU_ACK ? bench->nxt[!from] : 0;
    bench->nxt[from] += segment.payload_octets + ((segment.flags & SU_FIN) != 0);
    struct su_step step = step_of(bench, &segment);
    su_zeek_apply(&step);
}

static void play(struct bench *bench, const char *segments, uint32_t first)
{
    char copy[128];
    char *rest = NULL;

    memset(bench, 0, sizeof(*bench));
    bench->conn.port[0] = 40000;
    bench->conn.port[1] = 80;
    bench->nxt[0] = first;
    bench->nxt[1] = first + 77777777;
    snprintf(copy, sizeof(copy), "%s", segments);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        feed(bench, word);
}

static enum su_conn_state state_of(const struct bench *bench)
{
    return su_zeek_conn_state(&bench->conn);
}

/* As text; until the next call. */
static const char *history_of(const struct bench *bench)
{
    static char history[SU_HISTORY_OCTETS];

    su_zeek_history(&bench->conn, history);
    return history;
}

static void check_rows(uint32_t first)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct bench bench;
        play(&bench, rows[i].segments, first);
        if (state_of(&bench) != rows[i].state || strcmp(history_of(&bench), rows[i].history) != 0)
            fail_msg("%s: %s %s, not %s %s", rows[i].segments,
                     su_conn_state_words[state_of(&bench)], history_of(&bench),
                     su_conn_state_words[rows[i].state], rows[i].history);
    }
}

static void test_rows(void **state)
{
    (void)state;
    check_rows(1000);
}

static void test_rows_with_wrapping_numbers(void **state)
{
    static const uint32_t firsts[] = {0, 1, 0xFFFFFFFF, 0xFFFFFFFB, UINT32_C(0) - 77777777};

    (void)state;
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
        check_rows(firsts[i]);
}

static void test_every_value_is_shown(void **state)
{
    bool shown[SU_CONN_STATE_COUNT] = {[SU_CONN_STATE_NONE] = true};

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        shown[rows[i].state] = true;
    for (int i = 0; i < SU_CONN_STATE_COUNT; i++)
        assert_true(shown[i]);
}

/* The roles are Zeek's own: sides exchanged, the same words come out. */
static void test_sides_do_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char swapped[128];
        struct bench bench;
        snprintf(swapped, sizeof(swapped), "%s", rows[i].segments);
        for (char *p = swapped; *p; p++)
            *p = (char)(*p == 'c' ? 's' : *p == 's' ? 'c' : *p);
        memset(&bench, 0, sizeof(bench));
        bench.conn.port[0] = 80;
        bench.conn.port[1] = 40000;
        bench.nxt[0] = bench.nxt[1] = 5000;
        char *rest = NULL;
        for (char *w = strtok_r(swapped, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
            feed(&bench, w);
        assert_string_equal(history_of(&bench), rows[i].history);
        assert_int_equal(state_of(&bench), rows[i].state);
    }
}

/* A long life must not write beyond the end of the history. */
static void test_history_has_an_end(void **state)
{
    struct bench bench;

    (void)state;
    play(&bench, "c:S s:SA c:A", 1000);
    for (int i = 0; i < 3000; i++)
        feed(&bench, i % 2 ? "c:FA/3" : "s:FA/5");
    assert_true(strnlen(history_of(&bench), SU_HISTORY_OCTETS) < SU_HISTORY_OCTETS);
    assert_memory_equal(history_of(&bench), "ShAfFf", 6);
}

static void test_bad_checksum(void **state)
{
    struct bench bench;

    (void)state;
    play(&bench, "c:S s:SA", 1000);
    const struct su_segment bad = {.from = 1};
    const struct su_step step = step_of(&bench, &bad);
    su_zeek_bad_checksum(&step);
    assert_string_equal(history_of(&bench), "Shc");
    assert_int_equal(state_of(&bench), SU_CONN_STATE_S1);
    for (int i = 2; i < 10; i++)
        su_zeek_bad_checksum(&step);
    assert_string_equal(history_of(&bench), "Shc");
    su_zeek_bad_checksum(&step);
    assert_string_equal(history_of(&bench), "Shcc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_with_wrapping_numbers),
        cmocka_unit_test(test_every_value_is_shown),
        cmocka_unit_test(test_sides_do_not_matter),
        cmocka_unit_test(test_history_has_an_end),
        cmocka_unit_test(test_bad_checksum),
    };

    return cmocka_run_group_tests_name("zeek", tests, NULL, NULL);
}
