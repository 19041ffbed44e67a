/* moments.c: the two tables behind moments.h.
 * Nearly all gaps are shorter than four seconds, and nearly all exchanges shorter than 4 GiB: what
 * is not, has its long values in the second table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "moments.h"

#define BRIEF_NONE UINT32_MAX /* SU_TIME_NONE */

enum { NO_EXCHANGE = SU_MOMENT_AHEAD_MAX + 1 };

struct brief {
    uint32_t gap_ns; /* or the number of its wide values */
    uint32_t same_side_ns;
    uint32_t offset;
    uint32_t exchange;
    unsigned flags : 12;
    unsigned cause : 4;
    unsigned kind : 3;
    unsigned ahead : 2;
    unsigned wide : 1;
};

struct wide {
    int64_t gap_ns, same_side_ns;
    uint64_t offset;
};

_Static_assert(sizeof(struct brief) == 20, "one for each packet with payload");
_Static_assert((unsigned)SU_GAP_LONG < 1u << 12 && (unsigned)SU_GAP_CAUSE_COUNT <= 1u << 4 &&
                   (unsigned)SU_PAYLOAD_PROBE < 1u << 3 && (unsigned)NO_EXCHANGE < 1u << 2,
               "they fit");

void su_moments_init(struct su_moments *moments)
{
    moments->brief.octets = sizeof(struct brief);
    moments->wide.octets = sizeof(struct wide);
}

void su_moments_clear(struct su_moments *moments)
{
    su_pool_clear(&moments->brief);
    su_pool_clear(&moments->wide);
}

static bool is_short(int64_t ns)
{
    return ns == SU_TIME_NONE || (ns >= 0 && ns < (int64_t)BRIEF_NONE);
}

static uint32_t shorten(int64_t ns)
{
    return ns == SU_TIME_NONE ? BRIEF_NONE : (uint32_t)ns;
}

static int64_t lengthen(uint32_t ns)
{
    return ns == BRIEF_NONE ? SU_TIME_NONE : ns;
}

static bool fits(const struct su_moment *moment)
{
    return is_short(moment->gap_ns) && is_short(moment->same_side_ns) &&
           moment->offset <= UINT32_MAX;
}

static uint32_t add_wide(struct su_moments *moments, const struct su_moment *moment)
{
    struct wide *wide = su_pool_new(&moments->wide);

    *wide = (struct wide){moment->gap_ns, moment->same_side_ns, moment->offset};
    return moments->wide.count - 1;
}

uint32_t su_moments_add(struct su_moments *moments, const struct su_moment_note *note)
{
    const struct su_moment *moment = &note->moment;
    struct brief *brief = su_pool_new(&moments->brief);

    *brief = (struct brief){
        .gap_ns = shorten(moment->gap_ns),
        .same_side_ns = shorten(moment->same_side_ns),
        .offset = (uint32_t)moment->offset,
        .exchange = note->exchange,
        .flags = moment->flags,
        .cause = moment->cause,
        .kind = moment->kind,
        .ahead = moment->exchange > SU_MOMENT_AHEAD_MAX ? (unsigned)NO_EXCHANGE : moment->exchange,
        .wide = !fits(moment),
    };
    if (brief->wide)
        brief->gap_ns = add_wide(moments, moment);
    return moments->brief.count - 1;
}

void su_moments_get(const struct su_moments *moments, uint32_t number, struct su_moment_note *note)
{
    const struct brief *brief = su_pool_at(&moments->brief, number);
    struct su_moment *moment = &note->moment;

    note->exchange = brief->exchange;
    *moment = (struct su_moment){
        .gap_ns = lengthen(brief->gap_ns),
        .same_side_ns = lengthen(brief->same_side_ns),
        .offset = brief->offset,
        .exchange = brief->ahead == NO_EXCHANGE ? SU_EXCHANGE_NONE : brief->ahead,
        .flags = (uint16_t)brief->flags,
        .cause = (uint8_t)brief->cause,
        .kind = (uint8_t)brief->kind,
    };
    if (brief->wide) {
        const struct wide *wide = su_pool_at(&moments->wide, brief->gap_ns);

        moment->gap_ns = wide->gap_ns;
        moment->same_side_ns = wide->same_side_ns;
        moment->offset = wide->offset;
    }
}
