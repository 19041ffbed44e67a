/* asked.c: tshark asks the same of every packet of a pass: what is in a filter, a column or -e, or
 * everything, where it prints details. Wireshark asks anew at any time, and shows how severe the
 * worst of all events was without asking.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "asked.h"

#include <epan/tap.h>

#include "cmdline.h"

static header_field_info *ours;
static header_field_info *of_expert; /* Wireshark's own item above all expert items */
static int tap_expert = -1;          /* -z expert, and the window */
static bool may_repeat;
static bool is_tshark;

void su_asked_begin(int proto_su)
{
    ours = proto_registrar_get_nth((unsigned)proto_su);
    of_expert = proto_registrar_get_byname("_ws.expert");
    tap_expert = find_tap_id("expert"); /* Wireshark makes it after our handoff */
    may_repeat = su_cmdline_may_repeat();
    is_tshark = su_cmdline_is_tshark();
}

/* Not proto_field_is_referenced(): that is true of every protocol while protocols are counted, and
 * we are none that a packet is made of. */
static bool is_referenced(const proto_tree *tree, const header_field_info *field)
{
    return tree && (PTREE_DATA(tree)->visible || (field && field->ref_type != HF_REF_TYPE_NONE));
}

/* Statistics > Protocol Hierarchy, -z io,phs. */
static bool only_counts_protocols(const proto_tree *tree)
{
    return tree && !PTREE_DATA(tree)->fake_protocols;
}

bool su_asked_fields(const proto_tree *tree)
{
    return is_referenced(tree, ours);
}

bool su_asked_events(const proto_tree *tree)
{
    return have_tap_listener(tap_expert) || is_referenced(tree, ours) ||
           is_referenced(tree, of_expert) || !(is_tshark || only_counts_protocols(tree));
}

bool su_asked_later(void)
{
    return may_repeat;
}
