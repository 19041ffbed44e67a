/* asked.h: can anybody see what would be shown of a packet?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_ASKED_H
#define SU_ADAPTER_ASKED_H

#include <stdbool.h>

#include <epan/proto.h>

/** A capture is going to be read; our protocol. */
void su_asked_begin(int proto_su);

/** Are our fields printed, or looked at by a filter, a column, a colouring rule, a script? `tree` is
 *  the packet's, or NULL. */
bool su_asked_fields(const proto_tree *tree);

/** Does anybody look at our expert items? True also where fields are asked for: each item is one. */
bool su_asked_events(const proto_tree *tree);

/** May this packet be dissected again, and be asked about then? */
bool su_asked_later(void);

#endif
