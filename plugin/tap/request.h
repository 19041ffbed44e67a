/* request.h: what a -z argument asks for.
 *
 *     sockusage,<report>[,filter]                     for the terminal
 *     sockusage,export,<report|all>,<format>[,filter] for files and programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_REQUEST_H
#define SU_TAP_REQUEST_H

#include "render/writer.h"

#define SU_COMMAND        "sockusage"
#define SU_EXPORT_COMMAND SU_COMMAND ",export"
#define SU_HELP_COMMAND   SU_COMMAND ",help"

/* Of the room "live", which looks after them. */
#define SU_MONITOR_COMMAND    SU_COMMAND ",monitor"
#define SU_SERVE_COMMAND      SU_COMMAND ",serve"
#define SU_STREAM_COMMAND     SU_COMMAND ",stream"
#define SU_PROMETHEUS_COMMAND SU_COMMAND ",prometheus"

struct su_request {
    const struct su_report *report; /* NULL: all of them */
    enum su_format format;
    bool is_export;
    const char *filter; /* part of the argument; NULL: none. It may have commas */
};

/** False if it makes no sense; tshark has ended then, but Wireshark has not. */
bool su_request_parse(const char *argument, struct su_request *request);

/** Does the argument begin with this command, and does nothing but a comma come next? */
bool su_request_is(const char *argument, const char *command);

#endif
