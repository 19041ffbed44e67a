/* zeek.c: a second, simpler state machine, which judges as Zeek does.
 * Its results are for people and scripts that know conn.log; our own verdicts never depend on it.
 * Where Zeek is lax (no sequence check on FIN and RST, S1 without a third segment) so is this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "zeek.h"

#include <string.h>

#include "seq.h"
#include "step.h"

/* Zeek's TCP_ENDPOINT_* */
enum zeek_state {
    INACTIVE = 0, /* nothing seen of this side */
    SYN_SENT,
    SYN_ACK_SENT, /* an originator that began with a SYN-ACK */
    PARTIAL,      /* it spoke, but its SYN was not seen */
    ESTABLISHED,
    CLOSED, /* it sent a FIN */
    RESET,  /* it sent a RST */
};

/* Letters a side writes once only, or again only with another number. */
enum {
    HIST_SYN = 1,
    HIST_FIN = 2,
    HIST_RST = 4,
    HIST_DATA = 8,
    HIST_ACK = 16,
    HIST_FIN_RST = 32,
    HIST_MULTI = 64
};

enum { TOO_LARGE_SEQ_DELTA = 1048576, HISTORY_SCALE = 10 };

/* Ports on which Zeek's own analyzers expect servers: its likely_server_ports. */
static const uint16_t likely_server_ports[] = {
    21,   22,   25,   53,   79,   80,   81,   88,   110,  135,  139,  143,  389,
    443,  445,  502,  513,  514,  563,  585,  587,  614,  631,  636,  989,  990,
    992,  993,  995,  1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5060, 5222,
    5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000};

struct zeek_step {
    const struct su_step *step;
    struct su_conn *conn;
    struct su_zeek_side *snd, *rcv;
    const struct su_segment *seg;
    uint8_t from;
    uint8_t flags; /* SYN, FIN, RST, ACK */
    uint32_t end;  /* number behind the segment; a RST's payload does not count */
};

static void append(const struct su_step *step, char letter)
{
    struct su_conn *conn = step->conn;
    uint8_t at = conn->zeek_length;

    if (at + 1 >= SU_HISTORY_OCTETS)
        return;
    conn->zeek_length++;
    if (at < SU_ZEEK_HISTORY_OCTETS)
        conn->history[at] = letter;
    else
        su_step_odd(step)->history[at - SU_ZEEK_HISTORY_OCTETS] = letter;
}

/* Write a letter of the sender's. Capital letters are those of the originator. */
static void write_letter(const struct su_step *step, char letter)
{
    append(step, (char)(step->from == step->conn->zeek_orig ? letter : letter - 'A' + 'a'));
}

/* Write a letter unless this side has written it before. Was it written before? */
static bool write_once(const struct zeek_step *step, uint8_t bit, char letter)
{
    if (step->snd->seen & bit)
        return true;
    step->snd->seen |= bit;
    write_letter(step->step, letter);
    return false;
}

/* Write a letter, and again when it comes with another relative number than the last time. */
static void write_numbered(const struct zeek_step *step, uint8_t bit, char letter, bool is_same)
{
    if (write_once(step, bit, letter) && !is_same)
        write_letter(step->step, letter);
}

/* T, W and C are written at the 1st, 10th, 100th ... time. */
static bool is_scale_step(uint32_t count)
{
    while (count >= HISTORY_SCALE && count % HISTORY_SCALE == 0)
        count /= HISTORY_SCALE;
    return count == 1;
}

static void write_scaled16(const struct su_step *step, char letter, uint16_t *count)
{
    if (*count == UINT16_MAX)
        return;
    if (is_scale_step(++*count))
        write_letter(step, letter);
}

static struct su_zeek_odd *odd_of_sender(const struct su_step *step)
{
    return &su_step_side_odd(step, step->snd)->zeek;
}

static void init_side(struct su_zeek_side *side, uint32_t start, uint32_t last)
{
    side->start_seq = side->ack_seq = start;
    side->last_seq = last;
}

static void init_sender(const struct zeek_step *step)
{
    struct su_zeek_side *snd = step->snd;
    uint32_t seq = step->seg->seq;
    bool syn = step->flags & SU_SYN;
    bool again = false;

    switch ((enum zeek_state)snd->state) {
    case INACTIVE:
        if (syn)
            init_side(snd, seq, step->end);
        else
            init_side(snd, seq - 1, seq);
        return;
    case SYN_SENT:
    case SYN_ACK_SENT:
        again = syn && seq != snd->start_seq;
        break;
    case PARTIAL:
    case ESTABLISHED:
        again = syn;
        break;
    case RESET:
        again = syn && snd->before == INACTIVE;
        break;
    case CLOSED:
        break;
    }
    if (again)
        init_side(snd, seq, step->end);
}

static void write_syn(const struct zeek_step *step, uint32_t relative)
{
    uint32_t last = su_conn_odd(step->conn)->side[step->from].zeek.last_syn;
    char letter = step->flags & SU_ACK ? 'H' : 'S';

    write_numbered(step, HIST_SYN, letter, relative == last);
    if (relative != last)
        odd_of_sender(step->step)->last_syn = relative;
}

static void write_end(const struct zeek_step *step, uint8_t bit, uint32_t relative)
{
    struct su_zeek_ending *ending = &su_step_ending(step->step)->zeek[step->from];
    uint32_t *last = bit == HIST_FIN ? &ending->last_fin : &ending->last_rst;

    write_numbered(step, bit, bit == HIST_FIN ? 'F' : 'R', relative == *last);
    *last = relative;
}

static void write_flags(const struct zeek_step *step)
{
    uint32_t relative = step->seg->seq - step->snd->start_seq;
    uint32_t payload = step->seg->payload_octets;

    switch (step->flags & (SU_SYN | SU_FIN | SU_RST)) {
    case 0:
        if (payload > 0)
            write_once(step, HIST_DATA, 'D');
        else if (step->flags & SU_ACK)
            write_once(step, HIST_ACK, 'A');
        return;
    case SU_SYN:
        write_syn(step, relative);
        return;
    case SU_FIN:
        write_end(step, HIST_FIN, relative + payload);
        return;
    case SU_RST:
        write_end(step, HIST_RST, relative);
        return;
    case SU_FIN | SU_RST:
    case SU_SYN | SU_FIN | SU_RST:
        write_once(step, HIST_FIN_RST, 'I');
        return;
    default:
        write_once(step, HIST_MULTI, 'Q');
    }
}

static void note_zero_window(const struct zeek_step *step)
{
    if (step->seg->window == 0 && !(step->flags & SU_RST) && step->rcv->state != CLOSED &&
        step->snd->state != RESET)
        write_scaled16(step->step, 'W', &odd_of_sender(step->step)->zero_windows);
}

static void take_ack(struct su_zeek_side *rcv, uint32_t ack)
{
    int32_t advance = su_seq_diff(ack, rcv->ack_seq);

    if (advance <= 0 || (ack == 0 && advance > TOO_LARGE_SEQ_DELTA))
        return;
    if (su_seq_before(ack, rcv->start_seq) && rcv->ack_seq - rcv->start_seq < INT32_MAX)
        return; /* below where it began */
    rcv->ack_seq = ack;
}

static void note_ack(const struct zeek_step *step)
{
    struct su_zeek_side *rcv = step->rcv;
    uint32_t ack = step->seg->ack;

    if (!(step->flags & SU_ACK))
        return;
    if (rcv->state == INACTIVE)
        init_side(rcv, ack - 1, ack - 1);
    else if (!(step->flags & SU_RST))
        take_ack(rcv, ack);
}

/* Did it send nothing new? */
static bool take_rexmit(const struct su_step *step)
{
    struct su_zeek_odd *odd = odd_of_sender(step);

    if (odd->rexmits == UINT32_MAX || !is_scale_step(++odd->rexmits))
        return false;
    write_letter(step, 'T');
    return true;
}

static void note_seq(const struct zeek_step *step)
{
    struct su_zeek_side *snd = step->snd;
    int32_t advance = su_seq_diff(step->end, snd->last_seq);

    if ((step->flags & (SU_SYN | SU_RST)) &&
        (advance > TOO_LARGE_SEQ_DELTA || advance < -TOO_LARGE_SEQ_DELTA))
        return;
    if ((step->flags & SU_FIN) && snd->last_seq == snd->start_seq + 1) {
        snd->last_seq = step->end;
        return;
    }
    if (snd->state == RESET)
        return;
    if (advance > 0)
        snd->last_seq = step->end;
    else if (step->seg->payload_octets > 0)
        take_rexmit(step->step);
}

static void enter(struct su_zeek_side *side, enum zeek_state state)
{
    if (side->state == state)
        return;
    side->before = side->state;
    side->state = (uint8_t)state;
}

static void flip(const struct zeek_step *step)
{
    step->conn->zeek_orig = !step->conn->zeek_orig;
    append(step->step, '^');
}

static void first_syn(const struct zeek_step *step, uint32_t expected_iss)
{
    bool ack = step->flags & SU_ACK;

    if (step->from == step->conn->zeek_orig) {
        enter(step->snd, ack ? SYN_ACK_SENT : SYN_SENT);
        return;
    }
    /* SYN and SYN-ACK in the wrong order, as a capture of two interfaces may have them. */
    if (!ack && step->rcv->state == SYN_ACK_SENT && step->seg->seq == expected_iss) {
        flip(step);
        enter(step->rcv, ESTABLISHED);
    }
    if (step->rcv->state == SYN_SENT)
        enter(step->rcv, ESTABLISHED);
    enter(step->snd, ESTABLISHED);
}

static void from_inactive(const struct zeek_step *step, uint32_t expected_iss)
{
    bool eccentric_ack = step->from != step->conn->zeek_orig && step->seg->payload_octets == 0 &&
                         step->rcv->state == SYN_SENT;

    if (step->flags & SU_SYN)
        first_syn(step, expected_iss);
    if (step->flags & SU_FIN)
        enter(step->snd, CLOSED);
    if (step->flags & SU_RST)
        enter(step->snd, RESET);
    if (step->snd->state != INACTIVE || eccentric_ack)
        return;
    enter(step->snd,
          (step->flags & SU_ACK) && step->rcv->state == ESTABLISHED ? ESTABLISHED : PARTIAL);
}

static void from_established(const struct zeek_step *step)
{
    bool syn_only = (step->flags & (SU_SYN | SU_ACK)) == SU_SYN;

    if (syn_only && step->snd->state == PARTIAL && step->rcv->state == INACTIVE)
        enter(step->snd, SYN_SENT);
    if ((step->flags & SU_FIN) && !(step->flags & SU_RST)) {
        enter(step->snd, CLOSED);
        /* FIN, then RST, then the other FIN: a normal end after all. */
        if (step->rcv->state == RESET && step->rcv->before == CLOSED)
            enter(step->rcv, CLOSED);
    }
    if (step->flags & SU_RST)
        enter(step->snd, RESET);
}

static void move(const struct zeek_step *step, uint32_t expected_iss)
{
    switch ((enum zeek_state)step->snd->state) {
    case INACTIVE:
        from_inactive(step, expected_iss);
        return;
    case SYN_SENT:
    case SYN_ACK_SENT:
        if (step->flags & SU_FIN)
            enter(step->snd, CLOSED);
        if (step->flags & SU_RST)
            enter(step->snd, RESET);
        return;
    case PARTIAL:
    case ESTABLISHED:
        from_established(step);
        return;
    case CLOSED:
        if ((step->flags & SU_RST) && step->rcv->state != CLOSED)
            enter(step->snd, RESET);
        return;
    case RESET:
        return;
    }
}

static bool is_likely_server(uint16_t port)
{
    for (size_t i = 0; i < sizeof likely_server_ports / sizeof likely_server_ports[0]; i++) {
        if (likely_server_ports[i] == port)
            return true;
    }
    return false;
}

/* The first sender is the originator, unless the ports speak against it. */
static void begin(const struct zeek_step *step)
{
    uint16_t source = step->conn->port[step->from];
    uint16_t destination = step->conn->port[!step->from];

    step->conn->zeek_started = true;
    step->conn->zeek_orig = step->from;
    if ((step->flags & (SU_SYN | SU_ACK)) == SU_SYN || !is_likely_server(source))
        return;
    if (!is_likely_server(destination) || (!(step->flags & SU_SYN) && source < destination))
        flip(step);
}

/* A SYN-ACK, and then ACK or data: no stealth scan does that, so a server it was. */
static void flip_after_synack(const struct zeek_step *step)
{
    struct su_conn *conn = step->conn;

    if ((step->flags & (SU_SYN | SU_FIN | SU_RST)) || conn->zeek_length != 1 ||
        conn->history[0] != 'H')
        return;
    if (!(step->flags & SU_ACK) && step->seg->payload_octets == 0)
        return;
    conn->zeek_length = 0;
    flip(step);
    append(step->step, 'h');
}

/* What nearly all segments are: an ACK, with payload or without, that has nothing to add to the
 * history and cannot change a state. */
static bool is_usual(const struct su_step *step)
{
    const struct su_zeek_side *snd = &step->snd->zeek;
    uint8_t letter = step->seg->payload_octets > 0 ? HIST_DATA : HIST_ACK;

    return (step->seg->flags & (SU_SYN | SU_FIN | SU_RST | SU_ACK)) == SU_ACK &&
           (snd->state == ESTABLISHED || snd->state == PARTIAL) && (snd->seen & letter) &&
           step->rcv->zeek.state != INACTIVE && step->seg->window != 0 &&
           step->conn->zeek_length > 1;
}

static bool apply_usual(const struct su_step *step)
{
    struct su_zeek_side *snd = &step->snd->zeek;
    uint32_t end = step->seg->seq + step->seg->payload_octets;

    take_ack(&step->rcv->zeek, step->seg->ack);
    if (su_seq_after(end, snd->last_seq))
        snd->last_seq = end;
    else if (step->seg->payload_octets > 0)
        return take_rexmit(step);
    return false;
}

static bool apply_unusual(const struct zeek_step *step)
{
    const struct su_conn *conn = step->conn;
    uint32_t expected_iss = step->snd->start_seq; /* as the peer's SYN-ACK had it */
    uint8_t length = conn->zeek_length;
    uint8_t snd_state = step->snd->state;
    uint8_t rcv_state = step->rcv->state;

    if (!conn->zeek_started)
        begin(step);
    else
        flip_after_synack(step);
    init_sender(step);
    write_flags(step);
    note_zero_window(step);
    if (step->flags & SU_FIN)
        step->snd->sent_fin = true;
    note_ack(step);
    note_seq(step);
    move(step, expected_iss);
    /* Between two resets the sizes decide: see conn_state_rules. */
    return conn->zeek_length != length || step->snd->state != snd_state ||
           step->rcv->state != rcv_state || (snd_state == RESET && rcv_state == RESET);
}

bool su_zeek_apply(const struct su_step *of)
{
    const struct su_segment *seg = of->seg;
    bool rst = seg->flags & SU_RST;
    const struct zeek_step step = {
        .step = of,
        .conn = of->conn,
        .snd = &of->snd->zeek,
        .rcv = &of->rcv->zeek,
        .seg = seg,
        .from = of->from,
        .flags = seg->flags & (SU_SYN | SU_FIN | SU_RST | SU_ACK),
        .end = seg->seq + (rst ? 0 : seg->payload_octets) + ((seg->flags & SU_SYN) != 0) +
               ((seg->flags & SU_FIN) != 0),
    };

    return is_usual(of) ? apply_usual(of) : apply_unusual(&step);
}

void su_zeek_bad_checksum(const struct su_step *step)
{
    write_scaled16(step, 'C', &odd_of_sender(step)->bad_checksums);
}

void su_zeek_history(const struct su_conn *conn, char history[SU_HISTORY_OCTETS])
{
    size_t length = conn->zeek_length;
    size_t here = length < SU_ZEEK_HISTORY_OCTETS ? length : SU_ZEEK_HISTORY_OCTETS;

    memset(history, 0, SU_HISTORY_OCTETS);
    memcpy(history, conn->history, here);
    if (length > here)
        memcpy(history + here, conn->odd->history, length - here);
}

/* Payload by sequence numbers, as Zeek counts it. */
static uint32_t size_of(const struct su_zeek_side *side, const struct su_zeek_side *peer)
{
    uint32_t sent = side->last_seq - side->start_seq;
    uint32_t acked = side->ack_seq - side->start_seq;
    uint32_t size = su_seq_after(side->last_seq, side->ack_seq) ? sent : acked;

    if (side->before == SYN_SENT && side->state == RESET && peer->state == INACTIVE && acked > 1)
        return 0; /* a half-open connection, discovered and given up */
    size -= size > 0;
    size -= side->sent_fin && size > 0;
    return size;
}

/* History beginning with S, and nothing of H A F G I Q by the originator before its R. */
static bool is_syn_then_rst(const char *history)
{
    if (*history == '^')
        history++;
    if (*history != 'S')
        return false;
    return history[1 + strcspn(history + 1, "HAFGIQR")] == 'R';
}

/* What a rule may ask for besides the two states. */
enum { NO_PAYLOAD = 1, SYN_THEN_RST = 2 };

#define M(state)  (1u << (state))
#define ANY       0xFFu
#define QUIET     (M(INACTIVE) | M(PARTIAL))
#define NOT_QUIET (ANY & ~QUIET)

/* Zeek's conn_state: the first rule that fits both sides decides. */
static const struct conn_state_rule {
    uint8_t orig, resp; /* sets of states */
    uint8_t needs;
    uint8_t result;
} conn_state_rules[] = {
    {M(SYN_SENT) | M(SYN_ACK_SENT), M(RESET),       0,            SU_CONN_STATE_REJ   },
    {M(RESET),                      M(RESET),       NO_PAYLOAD,   SU_CONN_STATE_REJ   },
    {QUIET,                         M(RESET),       0,            SU_CONN_STATE_RSTRH },
    {ANY,                           M(RESET),       0,            SU_CONN_STATE_RSTR  },
    {M(RESET),                      NOT_QUIET,      0,            SU_CONN_STATE_RSTO  },
    {M(RESET),                      QUIET,          SYN_THEN_RST, SU_CONN_STATE_RSTOS0},
    {M(RESET),                      ANY,            0,            SU_CONN_STATE_OTH   },
    {M(CLOSED),                     M(CLOSED),      0,            SU_CONN_STATE_SF    },
    {M(CLOSED),                     QUIET,          0,            SU_CONN_STATE_SH    },
    {M(CLOSED),                     ANY,            0,            SU_CONN_STATE_S2    },
    {QUIET,                         M(CLOSED),      0,            SU_CONN_STATE_SHR   },
    {ANY,                           M(CLOSED),      0,            SU_CONN_STATE_S3    },
    {M(SYN_SENT),                   M(INACTIVE),    0,            SU_CONN_STATE_S0    },
    {M(ESTABLISHED),                M(ESTABLISHED), 0,            SU_CONN_STATE_S1    },
    {ANY,                           ANY,            0,            SU_CONN_STATE_OTH   },
};

enum su_conn_state su_zeek_conn_state(const struct su_conn *conn)
{
    const struct su_zeek_side *orig = &conn->side[conn->zeek_orig].zeek;
    const struct su_zeek_side *resp = &conn->side[!conn->zeek_orig].zeek;
    const struct conn_state_rule *rule = conn_state_rules;
    char history[SU_HISTORY_OCTETS];
    uint8_t has = 0;

    su_zeek_history(conn, history);
    if (size_of(orig, resp) == 0 && size_of(resp, orig) == 0)
        has |= NO_PAYLOAD;
    if (is_syn_then_rst(history))
        has |= SYN_THEN_RST;
    while (!(rule->orig & M(orig->state)) || !(rule->resp & M(resp->state)) ||
           (has & rule->needs) != rule->needs)
        rule++; /* the last rule fits everything */
    return (enum su_conn_state)rule->result;
}
