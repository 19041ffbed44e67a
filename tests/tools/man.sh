#!/bin/sh
# Prints docs/sockusage.7 from its two halves and the field table: tests/tools/man.sh > docs/sockusage.7
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
tools=$(cd "$(dirname "$0")" && pwd)
cat "$tools/../../docs/man/head.7"
"$tools/fields_md.sh" --man
cat "$tools/../../docs/man/tail.7"
