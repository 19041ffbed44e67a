/* tree.c: the overview tree, for tshark as text and for Wireshark and sharkd as a statistics tree.
 * A statistics tree would serve tshark too. It is not used there because it accepts a wrong name or
 * filter and still ends with success, and prints numbers that mean nothing here (see tree_text.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tree.h"

#include "refuse.h"
#include "tree_cli.h"
#include "tree_gui.h"

void su_tap_tree_register(void)
{
    /* In this order, so that either works: of two handlers for one -z name the first is kept, and
     * tshark makes its own for every statistics tree. */
    su_tree_cli_register();
    su_tree_gui_register();
    su_refuse_register();
}
