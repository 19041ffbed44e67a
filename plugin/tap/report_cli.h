/* report_cli.h: reports on tshark's command line: -z sockusage,<report> and -z sockusage,export.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_REPORT_CLI_H
#define SU_TAP_REPORT_CLI_H

void su_report_cli_register(void);

#endif
