/* tree_cli.h: the overview tree on tshark's command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TREE_CLI_H
#define SU_TAP_TREE_CLI_H

/* What follows -z; then nothing, or a comma and a display filter. */
#define SU_TREE_COMMAND "sockusage,tree"

void su_tree_cli_register(void);

#endif
