/* expect.c: see expect.h. One row of a table for each key.
 * Words are compared with '-' and ' ' read as '_', and "" as "none".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/words.h"

enum kind {
    KIND_STATE_C,
    KIND_STATE_S,
    KIND_WORD, /* uint8_t index into words */
    KIND_BOOL,
    KIND_COUNT,     /* uint32_t, the same however often the capture holds a segment */
    KIND_EVENTS,    /* uint32_t, may count both copies of a doubled segment */
    KIND_OCTET,     /* uint8_t number */
    KIND_FRAME,     /* uint32_t, in segments and errors fed */
    KIND_PACKETS_C, /* not asked when segments are doubled */
    KIND_PACKETS_S,
    KIND_OCTETS_C,
    KIND_OCTETS_S,
    KIND_RETRANSMITS_C,
    KIND_RETRANSMITS_S,
    KIND_REORDERED_C,
    KIND_REORDERED_S,
    KIND_TIME, /* int64_t span, in microseconds */
    KIND_HISTORY,
    KIND_CLIENT,
    KIND_CONNS,
    KIND_LAST_CONN,
    KIND_CONN
};

struct su_expect_key {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *const *words;
    size_t count;
};

#define STATE(name, kind)                                                                          \
    {                                                                                              \
        name, kind, 0, su_state_words, SU_STATE_COUNT                                              \
    }
#define OTHER(name, kind)                                                                          \
    {                                                                                              \
        name, kind, 0, NULL, 0                                                                     \
    }
#define MEMBER(name, kind, member)                                                                 \
    {                                                                                              \
        name, kind, offsetof(struct su_view, member), NULL, 0                                      \
    }
#define WORD(name, member, array)                                                                  \
    {                                                                                              \
        name, KIND_WORD, offsetof(struct su_view, member), array,                                  \
            sizeof(array) / sizeof((array)[0])                                                     \
    }

static const struct su_expect_key keys[] = {
    STATE("c", KIND_STATE_C),
    STATE("s", KIND_STATE_S),
    WORD("handshake", handshake, su_handshake_words),
    WORD("close", close, su_close_words),
    WORD("by", close_by, su_role_words),
    WORD("rst_by", rst_by, su_role_words),
    WORD("rst_class", rst_class, su_rst_class_words),
    WORD("conn_state", conn_state, su_conn_state_words),
    WORD("role_source", role_source, su_role_source_words),
    WORD("outcome", outcome, su_outcome_words),
    WORD("owing", linger_owing, su_role_words),
    MEMBER("linger", KIND_BOOL, linger),
    MEMBER("one_sided", KIND_BOOL, one_sided),
    MEMBER("ambiguous", KIND_BOOL, rtt_ambiguous),
    MEMBER("tw_assassinated", KIND_BOOL, tw_assassinated),
    MEMBER("data_after_fin", KIND_BOOL, data_after_fin),
    MEMBER("data_after_close", KIND_BOOL, data_after_close),
    MEMBER("fin_moved", KIND_BOOL, fin_moved),
    MEMBER("bogus_flags", KIND_BOOL, bogus_flags),
    MEMBER("dup_syn", KIND_COUNT, dup_syn),
    MEMBER("dup_synack", KIND_COUNT, dup_synack),
    MEMBER("dup_fin", KIND_COUNT, dup_fin),
    MEMBER("rst_invalid", KIND_EVENTS, rst_invalid),
    MEMBER("rst_ignored", KIND_EVENTS, rst_ignored),
    MEMBER("fin_invalid", KIND_EVENTS, fin_invalid),
    MEMBER("icmp_stale", KIND_EVENTS, icmp_stale),
    MEMBER("icmp_errors", KIND_EVENTS, icmp_errors),
    MEMBER("bad_checksum", KIND_EVENTS, bad_checksum),
    MEMBER("syn_challenged", KIND_EVENTS, syn_challenged),
    MEMBER("icmp_type", KIND_OCTET, icmp_type),
    MEMBER("icmp_code", KIND_OCTET, icmp_code),
    MEMBER("first_frame", KIND_FRAME, first_frame),
    MEMBER("last_frame", KIND_FRAME, last_frame),
    MEMBER("syn_frame", KIND_FRAME, syn_frame),
    MEMBER("synack_frame", KIND_FRAME, synack_frame),
    MEMBER("ack_frame", KIND_FRAME, ack_frame),
    MEMBER("fin_frame", KIND_FRAME, fin_frame),
    MEMBER("rst_frame", KIND_FRAME, rst_frame),
    MEMBER("icmp_frame", KIND_FRAME, icmp_frame),
    OTHER("c_packets", KIND_PACKETS_C),
    OTHER("s_packets", KIND_PACKETS_S),
    OTHER("c_octets", KIND_OCTETS_C),
    OTHER("s_octets", KIND_OCTETS_S),
    OTHER("c_retransmits", KIND_RETRANSMITS_C),
    OTHER("s_retransmits", KIND_RETRANSMITS_S),
    OTHER("c_reordered", KIND_REORDERED_C),
    OTHER("s_reordered", KIND_REORDERED_S),
    MEMBER("duration_us", KIND_TIME, duration_ns),
    MEMBER("syn_rtt_us", KIND_TIME, syn_rtt_ns),
    MEMBER("ack_rtt_us", KIND_TIME, ack_rtt_ns),
    MEMBER("handshake_us", KIND_TIME, handshake_ns),
    MEMBER("linger_us", KIND_TIME, linger_ns),
    OTHER("history", KIND_HISTORY),
    OTHER("client", KIND_CLIENT),
    OTHER("conns", KIND_CONNS),
    OTHER("last_conn", KIND_LAST_CONN),
    OTHER("conn", KIND_CONN),
};

const struct su_expect_key *su_expect_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    }
    return NULL;
}

bool su_expect_selects(const struct su_expect_key *key)
{
    return key->kind == KIND_CONN;
}

const char *su_expect_name(const struct su_expect_key *key)
{
    return key->name;
}

/* A user's word as it is written in a script. */
static void spell(char *out, size_t size, const char *word)
{
    snprintf(out, size, "%s", word && word[0] ? word : "none");
    for (char *p = out; *p; p++) {
        if (*p == ' ' || *p == '-')
            *p = '_';
    }
}

static bool same(const char *text, const char *value, size_t length)
{
    return strlen(text) == length && memcmp(text, value, length) == 0;
}

static bool is_number(const char *value, size_t length)
{
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
    }
    return true;
}

bool su_expect_valid(const struct su_expect_key *key, const char *value, size_t length)
{
    char word[64];

    if (key->kind == KIND_HISTORY)
        return length > 0;
    if (key->kind == KIND_CLIENT)
        return same("c", value, length) || same("s", value, length);
    if (key->kind == KIND_BOOL)
        return same("0", value, length) || same("1", value, length);
    if (!key->words)
        return is_number(value, length) || (key->kind == KIND_TIME && same("none", value, length));
    for (size_t i = 0; i < key->count; i++) {
        spell(word, sizeof(word), key->words[i]);
        if (same(word, value, length))
            return true;
    }
    return false;
}

static const struct su_view_side *side_of(const struct su_expect_context *context, bool host_s)
{
    return host_s == context->client_is_s ? &context->view.client : &context->view.server;
}

static uint64_t number_of(const struct su_expect_key *key, const struct su_expect_context *context)
{
    const void *member = (const char *)&context->view + key->offset;

    switch (key->kind) {
    case KIND_BOOL:
        return *(const bool *)member;
    case KIND_OCTET:
        return *(const uint8_t *)member;
    case KIND_COUNT:
    case KIND_EVENTS:
        return *(const uint32_t *)member;
    case KIND_FRAME: /* doubled: frames 1 and 2 are the first segment */
        return (*(const uint32_t *)member + context->doubled) >> context->doubled;
    case KIND_PACKETS_C:
    case KIND_PACKETS_S:
        return side_of(context, key->kind == KIND_PACKETS_S)->packets;
    case KIND_OCTETS_C:
    case KIND_OCTETS_S:
        return side_of(context, key->kind == KIND_OCTETS_S)->octets;
    case KIND_RETRANSMITS_C:
    case KIND_RETRANSMITS_S:
        return side_of(context, key->kind == KIND_RETRANSMITS_S)->retransmits;
    case KIND_REORDERED_C:
    case KIND_REORDERED_S:
        return side_of(context, key->kind == KIND_REORDERED_S)->reordered;
    case KIND_CONNS:
        return context->conns;
    case KIND_LAST_CONN:
        return context->last_conn;
    case KIND_CONN:
        return context->conn;
    case KIND_STATE_C:
    case KIND_STATE_S:
    case KIND_WORD:
    case KIND_TIME:
    case KIND_HISTORY:
    case KIND_CLIENT:
        break;
    }
    return 0;
}

static const char *word_of(const struct su_expect_key *key, const struct su_expect_context *context)
{
    size_t index = *((const uint8_t *)&context->view + key->offset);

    if (key->kind != KIND_WORD)
        index = side_of(context, key->kind == KIND_STATE_S)->state;
    return index < key->count ? key->words[index] : "out of range";
}

/* A second copy of a data segment is a T in Zeek's history, by Zeek's own rules. */
static void history_of(const struct su_expect_context *context, char *out, size_t size)
{
    size_t used = 0;

    for (const char *p = context->view.history; *p && used + 1 < size; p++) {
        if (!context->doubled || (*p != 'T' && *p != 't'))
            out[used++] = *p;
    }
    out[used] = '\0';
    if (used == 0)
        snprintf(out, size, "none");
}

static void found(const struct su_expect_key *key, const struct su_expect_context *context,
                  char *out, size_t size)
{
    int64_t span;

    if (key->words) {
        spell(out, size, word_of(key, context));
    } else if (key->kind == KIND_HISTORY) {
        history_of(context, out, size);
    } else if (key->kind == KIND_CLIENT) {
        snprintf(out, size, "%s", context->client_is_s ? "s" : "c");
    } else if (key->kind == KIND_TIME) {
        memcpy(&span, (const char *)&context->view + key->offset, sizeof(span));
        if (span == SU_TIME_NONE)
            snprintf(out, size, "none");
        else
            snprintf(out, size, "%" PRId64, span / 1000);
    } else {
        snprintf(out, size, "%" PRIu64, number_of(key, context));
    }
}

/* Some facts are facts of the capture file, not of the connection: they differ when every segment
 * is in it twice. */
static bool excused(const struct su_expect_key *key, const struct su_expect_context *context,
                    const char *value)
{
    if (!context->doubled)
        return false;
    if (key->kind >= KIND_PACKETS_C && key->kind <= KIND_REORDERED_S)
        return true;
    if (key->kind != KIND_EVENTS)
        return false;
    uint64_t want = strtoull(value, NULL, 10);
    uint64_t got = number_of(key, context);
    return want > 0 && got >= want && got <= 2 * want;
}

static bool matches(const struct su_expect_key *key, const struct su_expect_context *context,
                    const char *value, size_t length)
{
    char got[64];
    char want[64];

    found(key, context, got, sizeof(got));
    snprintf(want, sizeof(want), "%.*s", (int)length, value);
    if (key->kind == KIND_HISTORY && context->doubled) {
        char *to = want;
        for (const char *p = want; *p; p++) {
            if (*p != 'T' && *p != 't')
                *to++ = *p;
        }
        *to = '\0';
    }
    return strcmp(got, want) == 0 || excused(key, context, want);
}

bool su_expect_holds(const struct su_expect_key *key, const char *value,
                     const struct su_expect_context *context, struct su_text *got)
{
    char text[64];

    for (const char *p = value;; p++) {
        size_t length = strcspn(p, "|");
        if (matches(key, context, p, length))
            return true;
        p += length;
        if (!*p)
            break;
    }
    found(key, context, text, sizeof(text));
    su_text_add(got, "%s", text);
    return false;
}
