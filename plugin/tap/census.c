/* census.c: what is true of the whole capture, whatever the protocols.
 * Wireshark's tap "frame" sees every packet; one that ends amid an ICMP error's quote counts as part
 * of that error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "census.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "adapter/decode.h"
#include "refuse.h"

static struct su_census census = {0, SU_TIME_NONE, SU_TIME_NONE};
static bool is_counting;

static tap_packet_status packet(void *user _U_, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data _U_, tap_flags_t flags _U_)
{
    int64_t now_ns = su_decode_time(pinfo);

    census.packets++;
    if (!(pinfo->presence_flags & PINFO_HAS_TS))
        return TAP_PACKET_DONT_REDRAW;
    if (census.first_ns == SU_TIME_NONE || now_ns < census.first_ns)
        census.first_ns = now_ns;
    if (census.last_ns == SU_TIME_NONE || now_ns > census.last_ns)
        census.last_ns = now_ns;
    return TAP_PACKET_DONT_REDRAW;
}

void su_census_start(void)
{
    GString *problem;

    if (is_counting)
        return;
    is_counting = true;
    problem = register_tap_listener("frame", &census, NULL, TL_REQUIRES_ERROR_PACKETS, NULL, packet,
                                    NULL, NULL);
    if (!problem)
        return;
    su_refuse("%s", problem->str);
    g_string_free(problem, TRUE);
}

const struct su_census *su_census_get(void)
{
    return &census;
}
