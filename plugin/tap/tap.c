/* tap.c: all statistics of ours, in tshark's, Wireshark's and sharkd's hands.
 * Wireshark's own kinds of statistics, trees and tables, would serve tshark too. They are not used
 * there because they accept a wrong name or filter and still end with success, print numbers that
 * mean nothing here, and leave columns unaligned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap.h"

#include "help.h"
#include "refuse.h"
#include "report_cli.h"
#include "report_gui.h"
#include "tree_cli.h"
#include "tree_gui.h"

void su_tap_register(void)
{
    /* Text for tshark comes first: of two handlers for one -z name the first is kept, and tshark
     * makes its own for every statistics tree and table. */
    su_tree_cli_register();
    su_report_cli_register();
    su_help_register();
    su_refuse_register();
    su_tree_gui_register();
    su_report_gui_register();
}
