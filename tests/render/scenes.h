/* scenes.h: connections made up so that reports about them must look like the examples in the
 * documentation of the tools that came before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_RENDER_SCENES_H
#define SU_TESTS_RENDER_SCENES_H

#include "render/writer.h"

/** What a report is made from. */
struct scene {
    struct su_view *views;
    size_t count;
    const struct su_context *context;
    const struct su_exchange_list *exchanges; /* of the first view; NULL: none */
    const struct su_ladder_packet *packets;   /* of the first view */
    size_t packet_count;
};

/** 60 open connections of 17 hosts, as in the example of socket_usage. */
extern const struct scene scene_sbc;
/** 793 handshakes and four filters, as in the example of tcpeek. */
extern const struct scene scene_peek;
/** One connection of each kind, of IPv4, IPv6 and UDP, with exchanges and packets. */
extern const struct scene scene_mixed;

/** To be called once before any of them is used. */
void scenes_make(void);

/** A report of a scene, from begin to end. */
void scene_write(struct su_writer *writer, const struct su_report *report,
                 const struct scene *scene);

#endif
