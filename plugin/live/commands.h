/* commands.h: the commands of this room, for live.c only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_COMMANDS_H
#define SU_LIVE_COMMANDS_H

#include "watch.h"

extern const struct su_watch_class su_monitor;
extern const struct su_watch_class su_serve;
extern const struct su_watch_class su_prometheus;
extern const struct su_watch_class su_stream;

#endif
