/* tree_gui.h: the overview as a Wireshark statistics tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TREE_GUI_H
#define SU_TAP_TREE_GUI_H

void su_tree_gui_register(void);

#endif
