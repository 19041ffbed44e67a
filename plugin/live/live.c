/* live.c: the commands of this room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "live.h"

#include "commands.h"

void su_live_register(void)
{
    su_watch_register(&su_monitor);
    su_watch_register(&su_stream);
    su_watch_register(&su_serve);
    su_watch_register(&su_prometheus);
}
