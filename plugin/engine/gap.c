/* gap.c: what the segments of one direction look like, and what made their sender pause.
 * Keeps its own sequence numbers: those of su_conn are already past the segment when it comes here.
 * Neither knows roles nor exchanges.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gap.h"

#include "seq.h"

#define NS_PER_MS INT64_C(1000000)

/* Half a round trip, within these limits: what comes later was not reordered but sent again. */
#define REORDER_MIN_NS (3 * NS_PER_MS)
#define REORDER_MAX_NS (2 * SU_NS_PER_S)
#define RTO_NS         (200 * NS_PER_MS) /* Linux' and most others' smallest RTO; RFC 6298: 1 s */
#define COPY_NS        NS_PER_MS
#define ACK_CLOCK_NS   (2 * NS_PER_MS)
#define FINE_WRAP_NS   (3600 * SU_NS_PER_S) /* fine ticks wrap after 73 minutes, coarse ones ... */
#define COARSE_WRAP_NS (15 * SU_NS_PER_S)   /* ... after 17 seconds */

enum {
    FINE_SHIFT = 10,   /* a fine tick is 1.024 us */
    COARSE_SHIFT = 18, /* a coarse tick is 262 us */
    FULL_MIN = 512,    /* no path has smaller full segments, but many writes are smaller */
    FULL_GUESS = 1460,
    TIMESTAMP_OCTETS = 12,
    FAR = 1 << 30
};

/* su_gap.bits */
enum {
    STARTED = 1u << 0,
    FULL_HINTED = 1u << 1,     /* full comes from the MSS ... */
    FULL_UNADJUSTED = 1u << 2, /* ... and may still have to lose the room for timestamps */
    LAST_SHORT = 1u << 3,      /* the newest payload was no multiple of the full size */
    LIMITED = 1u << 4,         /* after it, the peer's window had no room for a full segment */
    PROBED = 1u << 5,          /* a window probe showed the octet at nxt */
    REPEATED = 1u << 6,        /* a retransmission came in the gap under way */
    ACKED = 1u << 7,           /* una grew in it, last at acked_tick */
    ACK_CLOCKS = 1u << 8,      /* and that ACK was no turn of a conversation */
    TURNED = 1u << 9,          /* the peer has sent new payload in it */
    HOLE_OLD = 1u << 10        /* the hole is older than a reordering lasts */
};

/* A segment while it is judged: nothing of its direction has been changed yet. */
struct reading {
    const struct su_gap_step *step;
    const struct su_gap *gap; /* the sender's direction */
    int64_t gap_ns;           /* SU_TIME_NONE: its side's first payload */
    int64_t reorder_ns;       /* what is older was not reordered but sent again */
    uint32_t begin, end;      /* of its payload */
    enum su_payload_kind kind;
};

static uint32_t fine_tick(int64_t ns)
{
    return (uint32_t)((uint64_t)ns >> FINE_SHIFT);
}

static uint16_t coarse_tick(int64_t ns)
{
    return (uint16_t)((uint64_t)ns >> COARSE_SHIFT);
}

/* Time since a coarse tick; only for what is known to be younger than COARSE_WRAP_NS. */
static int64_t since_coarse(int64_t now_ns, uint16_t tick)
{
    return (int64_t)(uint16_t)(coarse_tick(now_ns) - tick) << COARSE_SHIFT;
}

static int64_t reorder_span(int64_t rtt_ns)
{
    int64_t half = rtt_ns / 2;

    if (half < REORDER_MIN_NS)
        return REORDER_MIN_NS;
    return half > REORDER_MAX_NS ? REORDER_MAX_NS : half;
}

static bool has_hole(const struct su_gap *gap)
{
    return gap->hole_lo != gap->hole_hi;
}

void su_gap_init(struct su_gap *gap, uint16_t mss)
{
    gap->last_ns = SU_TIME_NONE;
    gap->full = mss;
    if (mss > 0)
        gap->bits = FULL_HINTED | FULL_UNADJUSTED;
}

/* ---- the numbers before the first payload ---- */

/* Where the payload began, as far as it can be told now that su_conn has taken the segment in. */
static uint32_t first_number(const struct su_gap_step *step, uint32_t begin, uint32_t end)
{
    const struct su_side *from = step->from;
    uint32_t past = end + ((step->seg->flags & SU_FIN) != 0);
    bool acked = (from->flags & SU_SIDE_ACKED) && from->snd_una == begin + 1;
    int32_t off = su_seq_diff(begin, from->iss + 1);

    if ((from->flags & SU_SIDE_ISS) && off >= -1 && off < FAR)
        return from->iss + 1;
    if ((from->flags & SU_SIDE_SEQ) && from->snd_nxt != past)
        return from->snd_nxt; /* its peer has acknowledged more: old payload */
    if ((from->flags & SU_SIDE_HOLE) && step->odd->hole_hi == begin)
        return step->odd->hole_lo;
    return acked && end == begin + 1 ? end : begin; /* end: a keep-alive */
}

static void start(const struct su_gap_step *step, uint32_t begin, uint32_t end)
{
    struct su_gap *gap = step->snd;

    gap->nxt = first_number(step, begin, end);
    gap->una = step->from->flags & SU_SIDE_ACKED ? step->from->snd_una : gap->nxt;
    gap->mark[0] = gap->mark[1] = gap->nxt;
    gap->mark_tick = coarse_tick(step->now_ns);
    if ((gap->bits & FULL_UNADJUSTED) && step->seg->tsval != 0 && gap->full > TIMESTAMP_OCTETS)
        gap->full = (uint16_t)(gap->full - TIMESTAMP_OCTETS);
    gap->bits &= (uint16_t)~FULL_UNADJUSTED;
    gap->bits |= STARTED;
}

/* ---- the packet ---- */

/* Same IP ID as the side's newest packet, within a millisecond: no host is that fast. */
static bool is_copy(const struct su_gap_step *step)
{
    return su_ip_id_is_same(&step->snd->ip_id, step->seg->ip_id) &&
           since_coarse(step->now_ns, step->snd->seen_tick) < COPY_NS;
}

/* A segment that the network card cuts into several takes as many IP IDs. */
static uint8_t packets_of(const struct su_gap *gap, uint32_t octets)
{
    uint32_t packets = gap->full == 0 || octets == 0 ? 1 : (octets - 1) / gap->full + 1;

    return packets > UINT8_MAX ? UINT8_MAX : (uint8_t)packets;
}

static void note_packet(const struct su_gap_step *step)
{
    struct su_gap *gap = step->snd;
    const struct su_segment *seg = step->seg;
    bool copy = is_copy(step);

    gap->seen_tick = coarse_tick(step->now_ns);
    if (seg->tsval != 0 && (gap->tsval == 0 || su_seq_after(seg->tsval, gap->tsval)))
        gap->tsval = seg->tsval;
    if (!copy)
        su_ip_id_note(&gap->ip_id, seg->ip_id, packets_of(gap, seg->payload_octets));
}

/* ---- what kind of payload ---- */

/* One octet below what the peer expects, all of it acknowledged: a keep-alive. One octet at the
 * edge of a closed window: a probe. */
static bool is_probe(const struct reading *reading)
{
    const struct su_gap_step *step = reading->step;
    const struct su_gap *gap = reading->gap;
    bool acked =
        (step->from->flags & SU_SIDE_ACKED) && !su_seq_after(gap->nxt, step->from->snd_una);
    bool closed = (step->seg->flags & SU_ACK) && step->to->window_closed;

    if (reading->end != reading->begin + 1 || (step->seg->flags & (SU_SYN | SU_FIN)))
        return false;
    return (reading->end == gap->nxt && acked) || (reading->begin == gap->nxt && closed);
}

static bool fills_hole(const struct su_gap *gap, uint32_t begin, uint32_t end)
{
    return has_hole(gap) && su_seq_before(begin, gap->hole_hi) && su_seq_after(end, gap->hole_lo);
}

/* The sequence numbers of a long loss in the capture may have left ours far behind. */
static bool is_beyond(const struct reading *reading)
{
    int32_t off = su_seq_diff(reading->end, reading->gap->nxt);
    uint32_t past = reading->end + ((reading->step->seg->flags & SU_FIN) != 0);

    if (off < -FAR)
        return reading->step->from->snd_nxt == past;
    return off > 0;
}

static enum su_payload_kind kind_of(const struct reading *reading)
{
    if (is_probe(reading))
        return SU_PAYLOAD_PROBE;
    if (is_beyond(reading))
        return SU_PAYLOAD_NEW;
    if (is_copy(reading->step))
        return SU_PAYLOAD_COPY;
    return fills_hole(reading->gap, reading->begin, reading->end) ? SU_PAYLOAD_FILL
                                                                  : SU_PAYLOAD_REPEAT;
}

/* ---- the flags ---- */

/* Was the octet before `end` sent longer ago than a reordering lasts? Between the marks, which are
 * at least that far apart in time, as much as its place between them tells. */
static bool is_old(const struct reading *reading, uint32_t end)
{
    const struct su_gap *gap = reading->gap;
    int64_t since;

    if (reading->gap_ns >= reading->reorder_ns)
        return true; /* then so is everything sent; and else the tick below cannot have wrapped */
    if (su_seq_after(end, gap->mark[1]))
        return false;
    if (!su_seq_after(end, gap->mark[0]))
        return true;
    since = since_coarse(reading->step->now_ns, gap->mark_tick);
    return since + reading->reorder_ns * (gap->mark[1] - end) / (gap->mark[1] - gap->mark[0]) >=
           reading->reorder_ns;
}

/* The same of the newest hole. */
static bool is_old_hole(const struct reading *reading)
{
    const struct su_gap *gap = reading->gap;

    return reading->gap_ns >= reading->reorder_ns || (gap->bits & HOLE_OLD) ||
           since_coarse(reading->step->now_ns, gap->hole_tick) >= reading->reorder_ns;
}

/* Do the numbers that its sender gave it say that it was sent before what came before it? */
static bool was_overtaken(const struct reading *reading)
{
    const struct su_segment *seg = reading->step->seg;
    const struct su_gap *gap = reading->gap;

    return su_ip_id_is_older(&gap->ip_id, seg->ip_id) ||
           (seg->tsval != 0 && gap->tsval != 0 && su_seq_before(seg->tsval, gap->tsval));
}

static int64_t ack_slack(const struct reading *reading)
{
    return ACK_CLOCK_NS + reading->step->sender_rtt_ns / 8;
}

/* How long before the segment was sent the newest ACK reached its sender: what is seen here of the
 * two is apart by the way there and back. Negative: it cannot have got it. */
static int64_t ack_age(const struct reading *reading)
{
    uint32_t ticks = fine_tick(reading->step->now_ns) - reading->gap->acked_tick;

    return ((int64_t)ticks << FINE_SHIFT) - reading->step->sender_rtt_ns;
}

static bool is_idle(const struct reading *reading)
{
    const struct su_side *from = reading->step->from;
    bool acked = (from->flags & SU_SIDE_ACKED) && !su_seq_after(reading->gap->nxt, from->snd_una);
    bool recent = (reading->gap->bits & ACKED) && reading->gap_ns < FINE_WRAP_NS;

    return acked && !(recent && ack_age(reading) < -ack_slack(reading));
}

/* The other side had its turn since: what the last segment looked like explains nothing. */
static bool is_turn(const struct reading *reading)
{
    return (reading->gap->bits & TURNED) && is_idle(reading);
}

static bool is_seq_hole(const struct reading *reading)
{
    int32_t skipped = su_seq_diff(reading->begin, reading->gap->nxt);

    if (skipped == 1 && (reading->gap->bits & PROBED))
        return false; /* the window probe's octet was taken */
    return skipped > 0 || skipped < -FAR;
}

static bool is_retrans(const struct reading *reading)
{
    if (reading->kind == SU_PAYLOAD_FILL)
        return !was_overtaken(reading) && is_old_hole(reading);
    return is_old(reading, reading->end);
}

static bool is_out_of_order(const struct reading *reading)
{
    return !is_retrans(reading);
}

static bool is_rto_like(const struct reading *reading)
{
    return reading->gap_ns >= RTO_NS && is_retrans(reading);
}

static bool is_after_short(const struct reading *reading)
{
    return (reading->gap->bits & LAST_SHORT) && !is_turn(reading);
}

static bool is_ip_id_gap(const struct reading *reading)
{
    return su_ip_id_skips(&reading->gap->ip_id, reading->step->seg->ip_id) && !is_turn(reading);
}

static bool is_window_limited(const struct reading *reading)
{
    return reading->gap->bits & LIMITED;
}

/* Did an ACK reach the sender just before it sent this? Either the newest one, and this follows it
 * more closely than it followed the segment before; or, if that is still under way, an earlier one:
 * a pause of about a round trip, as between the bursts of a congestion window. */
static bool follows_ack(const struct reading *reading)
{
    int64_t age = ack_age(reading);
    int64_t slack = ack_slack(reading);
    int64_t rtt = reading->step->sender_rtt_ns;

    if (age >= -slack)
        return age <= slack && age * 2 <= reading->gap_ns;
    return reading->gap_ns >= rtt / 2 && reading->gap_ns <= rtt + slack;
}

static bool is_ack_wait(const struct reading *reading)
{
    const struct su_gap *gap = reading->gap;
    int64_t slack = 2 * (gap->full ? gap->full : FULL_GUESS) + 1024; /* flight_kib is rounded */
    int64_t flight = su_seq_diff(reading->end, reading->step->from->snd_una);
    bool grown = flight > ((int64_t)gap->flight_kib << 10) + slack && gap->flight_kib < UINT16_MAX;

    if ((gap->bits & (ACKED | ACK_CLOCKS)) != (ACKED | ACK_CLOCKS) ||
        reading->gap_ns >= FINE_WRAP_NS)
        return false;
    return !grown && follows_ack(reading);
}

/* The rules, one line each: for which kinds of payload, and whether the flag speaks of a gap, which
 * the first payload of a side does not end. */
static uint16_t judge(const struct reading *reading)
{
    enum {
        NEW = 1u << SU_PAYLOAD_NEW,
        FILL = 1u << SU_PAYLOAD_FILL,
        REPEAT = 1u << SU_PAYLOAD_REPEAT
    };
    static const struct {
        uint16_t flag;
        uint8_t kinds;
        bool of_gap;
        bool (*holds)(const struct reading *reading);
    } rules[] = {
        {SU_GAP_SEQ_HOLE,          NEW,           false, is_seq_hole      },
        {SU_GAP_RETRANS,           FILL | REPEAT, false, is_retrans       },
        {SU_GAP_OUT_OF_ORDER,      FILL,          false, is_out_of_order  },
        {SU_GAP_CERTAIN,           FILL,          false, was_overtaken    },
        {SU_GAP_RTO_LIKE,          FILL | REPEAT, true,  is_rto_like      },
        {SU_GAP_LAST_PACKET_SHORT, NEW | FILL,    true,  is_after_short   },
        {SU_GAP_IPID_GAP,          NEW | FILL,    true,  is_ip_id_gap     },
        {SU_GAP_WINDOW_LIMITED,    NEW | FILL,    true,  is_window_limited},
        {SU_GAP_ACK_WAIT,          NEW | FILL,    true,  is_ack_wait      },
        {SU_GAP_APP_IDLE,          NEW | FILL,    true,  is_idle          },
    };
    uint16_t flags = 0;

    for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        bool asked = (rules[i].kinds >> reading->kind) & 1 &&
                     (!rules[i].of_gap || reading->gap_ns != SU_TIME_NONE);
        if (asked && rules[i].holds(reading))
            flags |= rules[i].flag;
    }
    return flags;
}

static uint8_t first_of(uint16_t flags)
{
    for (unsigned cause = SU_GAP_CAUSE_NONE + 1; cause < SU_GAP_CAUSE_COUNT; cause++) {
        if (flags & 1u << (cause - 1))
            return (uint8_t)cause;
    }
    return SU_GAP_CAUSE_NONE;
}

/* New payload that soon follows the retransmission it waited for: the loss made the gap. */
static bool waited_for_repeat(const struct reading *reading)
{
    const struct su_gap *gap = reading->gap;
    bool news = reading->kind == SU_PAYLOAD_NEW || reading->kind == SU_PAYLOAD_FILL;

    return news && (gap->bits & REPEATED) && reading->gap_ns < COARSE_WRAP_NS &&
           since_coarse(reading->step->now_ns, gap->repeat_tick) * 2 <= reading->gap_ns;
}

static uint8_t cause_of(const struct reading *reading, uint16_t flags)
{
    if (reading->gap_ns == SU_TIME_NONE || reading->gap_ns < reading->step->threshold_ns)
        return SU_GAP_CAUSE_NONE;
    return first_of(waited_for_repeat(reading) ? flags | SU_GAP_RETRANS : flags);
}

/* ---- statistics ---- */

static void count_gap(struct su_gap *gap, int64_t ns, uint32_t frame)
{
    if (gap->count == 0 || ns > gap->max_ns) {
        gap->max_ns = ns;
        gap->max_frame = frame;
    }
    if (gap->count < UINT32_MAX)
        gap->count++;
    gap->sum_ns = ns > INT64_MAX - gap->sum_ns ? INT64_MAX : gap->sum_ns + ns;
    su_histogram_add(&gap->histogram, ns, gap->count);
}

int64_t su_gap_p95(const struct su_gap *gap)
{
    return gap->count == 0 ? SU_TIME_NONE : su_histogram_p95(&gap->histogram, gap->max_ns);
}

/* ---- taking the segment in ---- */

/* The largest payload seen repeatedly. Network cards hand over several segments as one, so a
 * multiple of the full size is no new full size, and a divisor of it is a better one. */
static void learn_full(struct su_gap *gap, uint32_t octets)
{
    bool hinted = gap->bits & FULL_HINTED;
    uint16_t size = (uint16_t)octets;

    if (octets > UINT16_MAX || size < FULL_MIN)
        return;
    if (gap->full != 0 && size % gap->full == 0) {
        gap->bits &= (uint16_t)~FULL_HINTED;
        return;
    }
    if (size < gap->full && gap->full % size != 0 && !(hinted && size > gap->full / 2))
        return;
    if (size != gap->candidate) {
        gap->candidate = size;
        return;
    }
    gap->full = size;
    gap->bits &= (uint16_t)~FULL_HINTED;
}

/* After a pause all that was sent is old. Else mark[1] becomes mark[0] when it is old enough. */
static void move_marks(struct su_gap *gap, const struct reading *reading)
{
    int64_t now_ns = reading->step->now_ns;
    bool paused = reading->gap_ns == SU_TIME_NONE || reading->gap_ns >= reading->reorder_ns;

    if (!paused && since_coarse(now_ns, gap->mark_tick) < reading->reorder_ns)
        return;
    gap->mark[0] = paused ? gap->nxt : gap->mark[1];
    gap->mark[1] = gap->nxt;
    gap->mark_tick = coarse_tick(now_ns);
}

static void shrink_hole(struct su_gap *gap, uint32_t begin, uint32_t end)
{
    if (!fills_hole(gap, begin, end))
        return;
    if (!su_seq_after(begin, gap->hole_lo))
        gap->hole_lo = su_seq_before(end, gap->hole_hi) ? end : gap->hole_hi;
    else
        gap->hole_hi = begin;
}

static void advance(struct su_gap *gap, const struct reading *reading, struct su_gap_result *result)
{
    if (is_old_hole(reading))
        gap->bits |= HOLE_OLD; /* noted while the tick still tells */
    shrink_hole(gap, reading->begin, reading->end);
    if (result->flags & SU_GAP_SEQ_HOLE) {
        gap->hole_lo = gap->nxt;
        gap->hole_hi = reading->begin;
        gap->hole_tick = coarse_tick(reading->step->now_ns);
        gap->bits &= (uint16_t)~HOLE_OLD;
    }
    if (reading->kind == SU_PAYLOAD_NEW) {
        result->fresh = reading->end - gap->nxt;
        gap->nxt = reading->end;
    }
}

/* A new gap begins: note what may later explain it. */
static void begin_gap(struct su_gap *gap, const struct reading *reading)
{
    const struct su_side *from = reading->step->from;
    uint32_t octets = reading->end - reading->begin;
    uint32_t unit = gap->full ? gap->full : octets;
    uint32_t flight = su_seq_after(gap->nxt, gap->una) ? gap->nxt - gap->una : 0;

    gap->bits &=
        (uint16_t) ~(LAST_SHORT | LIMITED | PROBED | REPEATED | ACKED | ACK_CLOCKS | TURNED);
    if ((from->flags & SU_SIDE_EDGE) && su_seq_after(gap->nxt + unit, from->edge))
        gap->bits |= LIMITED;
    /* One that ends where the window does was cut there. */
    if (gap->full != 0 && octets % gap->full != 0 &&
        !((gap->bits & LIMITED) && gap->nxt == from->edge))
        gap->bits |= LAST_SHORT;
    gap->flight_kib = flight >> 10 > UINT16_MAX ? UINT16_MAX : (uint16_t)(flight >> 10);
    gap->last_ns = reading->step->now_ns;
}

static void take_new(const struct reading *reading, struct su_gap_result *result)
{
    const struct su_gap_step *step = reading->step;
    struct su_gap *gap = step->snd;

    result->counted = reading->gap_ns != SU_TIME_NONE && reading->gap_ns >= step->threshold_ns;
    if (result->counted)
        count_gap(gap, reading->gap_ns, step->seg->frame);
    move_marks(gap, reading);
    advance(gap, reading, result);
    learn_full(gap, reading->end - reading->begin);
    begin_gap(gap, reading);
    step->rcv->bits |= TURNED;
}

static void take_payload(const struct su_gap_step *step, struct su_gap_result *result)
{
    struct su_gap *gap = step->snd;
    uint32_t begin = step->seg->seq + ((step->seg->flags & SU_SYN) != 0);
    struct reading reading = {
        .step = step,
        .gap = gap,
        .begin = begin,
        .end = begin + step->seg->payload_octets,
        .reorder_ns = reorder_span(step->rtt_ns),
    };

    if (!(gap->bits & STARTED))
        start(step, reading.begin, reading.end);
    reading.gap_ns = gap->last_ns == SU_TIME_NONE ? SU_TIME_NONE : step->now_ns - gap->last_ns;
    reading.kind = kind_of(&reading);
    result->kind = (uint8_t)reading.kind;
    if (reading.kind == SU_PAYLOAD_PROBE) {
        gap->bits |= reading.begin == gap->nxt ? PROBED : 0;
        return;
    }
    result->gap_ns = reading.gap_ns;
    result->flags = judge(&reading);
    result->cause = cause_of(&reading, result->flags);
    if (reading.kind == SU_PAYLOAD_NEW || reading.kind == SU_PAYLOAD_FILL)
        take_new(&reading, result);
    if (reading.kind == SU_PAYLOAD_REPEAT && (result->flags & SU_GAP_RETRANS)) {
        gap->bits |= REPEATED;
        gap->repeat_tick = coarse_tick(step->now_ns);
    }
    result->behind = gap->nxt - reading.end;
}

/* ---- what the segment acknowledges ---- */

/* The timers of the 40 ms and of the 200 ms kind, with what timers and networks add. */
static bool is_delayed(int64_t ns)
{
    return (ns >= 36 * NS_PER_MS && ns <= 60 * NS_PER_MS) ||
           (ns >= 180 * NS_PER_MS && ns <= 240 * NS_PER_MS);
}

static void take_ack(const struct su_gap_step *step, struct su_gap_result *result)
{
    struct su_gap *gap = step->rcv;
    bool bare = step->seg->payload_octets == 0 && !(step->seg->flags & (SU_SYN | SU_FIN | SU_RST));
    uint32_t ack = step->to->snd_una;

    if (!(gap->bits & STARTED) || !(step->to->flags & SU_SIDE_ACKED) ||
        !su_seq_after(ack, gap->una))
        return;
    gap->una = ack;
    gap->acked_tick = fine_tick(step->now_ns);
    gap->bits |= ACKED;
    if (bare || su_seq_before(ack, gap->nxt))
        gap->bits |= ACK_CLOCKS;
    else
        gap->bits &= (uint16_t)~ACK_CLOCKS; /* an answer: the next word is the application's */
    if (!bare || ack != gap->nxt || gap->last_ns == SU_TIME_NONE || (gap->bits & REPEATED))
        return;
    if (!is_delayed(step->now_ns - gap->last_ns - step->sender_rtt_ns))
        return;
    result->flags |= SU_GAP_DELAYED_ACK;
    if (step->now_ns - gap->last_ns >= step->threshold_ns)
        result->cause = SU_GAP_CAUSE_DELAYED_ACK;
}

void su_gap_apply(const struct su_gap_step *step, struct su_gap_result *result)
{
    *result = (struct su_gap_result){.gap_ns = SU_TIME_NONE};
    if (step->seg->flags & SU_RST)
        return;
    if (step->seg->flags & SU_ACK)
        take_ack(step, result);
    if (step->seg->payload_octets > 0)
        take_payload(step, result);
    if (!(step->seg->flags & SU_SYN))
        note_packet(step);
}
