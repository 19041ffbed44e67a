/* views.c: snapshots of connections made up for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "views.h"

enum { HOSTS = 256 };

unsigned draw(unsigned below)
{
    static uint32_t state = 12345;

    state = state * 1664525u + 1013904223u;
    return (state >> 16) % below;
}

const uint8_t *host_address(unsigned version, unsigned n)
{
    static uint8_t addresses[2][HOSTS][16];
    uint8_t *address = addresses[version == 6][n];

    if (version == 6) {
        address[0] = 0x20;
        address[1] = 0x01;
        address[2] = 0x0d;
        address[3] = 0xb8;
        address[15] = (uint8_t)n;
    } else {
        address[0] = 10;
        address[1] = 9;
        address[3] = (uint8_t)n;
    }
    return address;
}

static struct su_view_side draw_side(unsigned version)
{
    return (struct su_view_side){
        .address = host_address(version, draw(4)),
        .port = (uint16_t)(80 + draw(3)),
        .state = (uint8_t)draw(SU_STATE_COUNT),
    };
}

struct su_view draw_view(void)
{
    struct su_view view = {
        .ip_version = draw(4) ? 4 : 6,
        .protocol = draw(5) ? SU_PROTOCOL_TCP : SU_PROTOCOL_UDP,
        .outcome = (uint8_t)draw(SU_OUTCOME_COUNT),
        .handshake = (uint8_t)draw(SU_HANDSHAKE_COUNT),
        .close = (uint8_t)draw(SU_CLOSE_COUNT),
        .dup_syn = draw(2),
        .dup_synack = draw(2),
        .open = draw(6),
        .client_open = draw(4),
        .server_open = draw(4),
        .service_open = draw(4),
        .syn_rtt_ns = draw(3) ? (int64_t)draw(20) * 1000 : SU_TIME_NONE,
    };

    view.client = draw_side(view.ip_version);
    view.server = draw_side(view.ip_version);
    return view;
}
