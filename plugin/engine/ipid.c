/* ipid.c: see ipid.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ipid.h"

enum {
    TRIAL_SEGMENTS = 8, /* after so many the mode is decided */
    STEP_MAX = 8,       /* largest step of a counter that other connections share */
    SEEN_MASK = 0x0F,   /* su_ip_id.trial: segments seen, and what they ruled out */
    NOT_COUNTING = 0x10,
    NOT_ZERO = 0x20,
    NOT_CONSTANT = 0x40
};

static uint16_t step_to(const struct su_ip_id *ip_id, uint16_t number)
{
    return (uint16_t)(number - ip_id->newest);
}

enum su_ip_id_mode su_ip_id_mode(const struct su_ip_id *ip_id)
{
    if ((ip_id->trial & SEEN_MASK) < TRIAL_SEGMENTS)
        return SU_IP_ID_UNKNOWN;
    if (!(ip_id->trial & NOT_COUNTING))
        return SU_IP_ID_COUNTING;
    if (!(ip_id->trial & NOT_ZERO))
        return SU_IP_ID_ZERO;
    return ip_id->trial & NOT_CONSTANT ? SU_IP_ID_RANDOM : SU_IP_ID_CONSTANT;
}

bool su_ip_id_is_same(const struct su_ip_id *ip_id, uint16_t number)
{
    return (ip_id->trial & SEEN_MASK) > 0 && number != 0 && number == ip_id->newest &&
           su_ip_id_mode(ip_id) != SU_IP_ID_CONSTANT;
}

bool su_ip_id_is_older(const struct su_ip_id *ip_id, uint16_t number)
{
    return su_ip_id_mode(ip_id) == SU_IP_ID_COUNTING && step_to(ip_id, number) > INT16_MAX;
}

bool su_ip_id_skips(const struct su_ip_id *ip_id, uint16_t number)
{
    uint16_t step = step_to(ip_id, number);

    return su_ip_id_mode(ip_id) == SU_IP_ID_COUNTING && step > 0 && step <= INT16_MAX &&
           step != ip_id->packets;
}

static void try_number(struct su_ip_id *ip_id, uint16_t number)
{
    uint16_t step = step_to(ip_id, number);
    int beyond = step - (ip_id->packets - 1);
    bool first = (ip_id->trial & SEEN_MASK) == 0;

    if (number != 0)
        ip_id->trial |= NOT_ZERO;
    if (!first && step != 0)
        ip_id->trial |= NOT_CONSTANT;
    if (!first && (beyond < 1 || beyond > STEP_MAX))
        ip_id->trial |= NOT_COUNTING;
    ip_id->trial++;
}

void su_ip_id_note(struct su_ip_id *ip_id, uint16_t number, uint8_t packets)
{
    if (su_ip_id_is_older(ip_id, number))
        return;
    if ((ip_id->trial & SEEN_MASK) < TRIAL_SEGMENTS)
        try_number(ip_id, number);
    ip_id->newest = number;
    ip_id->packets = packets;
}
