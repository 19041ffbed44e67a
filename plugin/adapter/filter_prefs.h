/* filter_prefs.h: the preferences about named filters, and about who "we" are.
 * A string in tcpeek's syntax and a table hold the filters; both together are in force.
 * What is wrong in them is refused, and the last good value stays in force.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_FILTER_PREFS_H
#define SU_ADAPTER_FILTER_PREFS_H

#include "schema/named_filter.h"

struct pref_module;

/** Register handshake_filter, local_nets and the table sockusage_filters. */
void su_filter_prefs_register(struct pref_module *module);

/** Preferences have changed: take them over, or tell the user what is wrong with them. */
void su_filter_prefs_check(void);

/** What is wrong with the present preferences, such as a tool that cannot ask back may want to
 *  stop for; NULL if nothing is. The user has been told by su_filter_prefs_check(). Valid until
 *  preferences change. */
const char *su_filter_prefs_problem(void);

/** The filters in force now. They stay as they are, whatever happens to the preferences, until
 *  they are given back with su_filter_prefs_release(). */
const struct su_named_filters *su_filter_prefs_hold(void);
void su_filter_prefs_release(const struct su_named_filters *filters);

/** Who we are; an empty list if that is not known. Valid until preferences change. */
const struct su_networks *su_filter_prefs_local_nets(void);

#endif
