/* expert.h: what is worth a line in Wireshark's Expert Information, as a table.
 * One row an item. Filter names, texts and docs/fields.md all come from it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_EXPERT_H
#define SU_SCHEMA_EXPERT_H

#include "engine/words.h"

/* The first ones are known as their packet is taken in, the others in the end. */
enum su_expert {
    SU_EXPERT_REFUSED = 0,
    SU_EXPERT_UNREACHABLE,
    SU_EXPERT_SYN_REPEATED,
    SU_EXPERT_SYNACK_REPEATED,
    SU_EXPERT_RESET,
    SU_EXPERT_RST_OUTSIDE,
    SU_EXPERT_PORT_REUSED,
    SU_EXPERT_RST_IGNORED,
    SU_EXPERT_TIMED_OUT,
    SU_EXPERT_LINGERING,
    SU_EXPERT_COUNT
};

enum { SU_EXPERT_KNOWN_LATE = SU_EXPERT_RST_IGNORED };

/* How much it matters, in Wireshark's words. */
enum su_severity { SU_SEVERITY_NOTE = 0, SU_SEVERITY_WARNING };

struct su_expert_row {
    const char *name; /* display filter name; never changes */
    const char *title;
    const char *about; /* follows the title, %s is the client or the server; NULL: nothing does */
    const char *help;  /* which packet has it */
    enum su_severity severity;
};

extern const struct su_expert_row su_expert_rows[SU_EXPERT_COUNT]; /* by enum su_expert */

#endif
