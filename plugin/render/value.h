/* value.h: single values as text, the same on every machine: no locale, no time zone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_VALUE_H
#define SU_RENDER_VALUE_H

#include <glib.h>

#include "schema/report.h"

void su_value_put_count(GString *out, uint64_t count);

/** Seconds with nine decimals: "-0.000000001". */
void su_value_put_seconds(GString *out, int64_t ns);

/** `ns` in units of 10^-(9 - shift) s with `decimals`, rounded: 1234567 ns with shift 3 (that is
 *  milliseconds) and 3 decimals is "1.235". */
void su_value_put_rounded(GString *out, int64_t ns, unsigned shift, unsigned decimals);

enum { SU_VALUE_NUMBER_MAX = 24 };

/** The same in at most SU_VALUE_NUMBER_MAX octets, the last of them before `end`. Returns where they
 *  begin. */
char *su_value_write_count(char *end, uint64_t count);
char *su_value_write_rounded(char *end, int64_t ns, unsigned shift, unsigned decimals);

/** RFC 3339 in UTC with nine decimals: "2026-11-20T14:56:00.123456789Z". */
void su_value_put_stamp(GString *out, int64_t ns);

/** The same to be read: "2026-11-20 14:56:00.123456"; `decimals` 0 to 9, the rest is cut off. */
void su_value_put_clock(GString *out, int64_t ns, unsigned decimals);

/** As RFC 5952 has it for IPv6. */
void su_value_put_address(GString *out, const struct su_cell *cell);

/** The text if it is valid UTF-8, else a copy that is, which is kept in `*owned`. Free that with
 *  g_free() in any case. */
const char *su_value_valid(const char *text, char **owned);

#endif
