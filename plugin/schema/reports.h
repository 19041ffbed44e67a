/* reports.h: the reports by name, for report.c only, and what they share.
 * Everybody else takes them from su_reports[].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_REPORTS_H
#define SU_SCHEMA_REPORTS_H

#include "report.h"

extern const struct su_report su_report_totals;
extern const struct su_report su_report_hosts;
extern const struct su_report su_report_services;
extern const struct su_report su_report_states;
extern const struct su_report su_report_handshakes;
extern const struct su_report su_report_flows;
extern const struct su_report su_report_exchanges;
extern const struct su_report su_report_ladder;

/** "tcp4", "udp6" ... */
const char *su_protocol_word(const struct su_view *view);

#endif
