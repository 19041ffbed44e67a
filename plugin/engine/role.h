/* role.h: which side is the client, and how sure that is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_ROLE_H
#define SU_ENGINE_ROLE_H

#include "segment.h"
#include "words.h"

struct su_role_guess {
    uint8_t client; /* side: 0 or 1 */
    uint8_t source; /* enum su_role_source */
};

/** Guess from the two ports alone; `first` is the side that spoke first. */
struct su_role_guess su_role_from_ports(const uint16_t port[2], uint8_t first,
                                        const struct su_policy *policy);

#endif
