/* tree.h: the overview tree, `-z sockusage,tree[,filter]` and Statistics > Socket Usage.
 * What it counts is described in schema/overview.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TREE_H
#define SU_TAP_TREE_H

/** Call once, while Wireshark registers its protocols. */
void su_tap_tree_register(void);

#endif
