/* passes.h: will packets of this run be looked at more than once?
 * If not, what is only of use on a later look need not be kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_PASSES_H
#define SU_ADAPTER_PASSES_H

#include <stdbool.h>

/** False only if it is certain: this is tshark, and it was not started with -2. */
bool su_passes_may_repeat(void);

#endif
