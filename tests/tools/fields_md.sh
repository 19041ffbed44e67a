#!/bin/sh
# Prints docs/fields.md from the field table: tests/tools/fields_md.sh > docs/fields.md
# With --rows: the table as name, type, title and help, for tests; with --expert: that of expert items.
# With --man: for the manual page.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"${CC:-cc}" -std=c11 -I "$root/plugin" -o "$made/fields_md" "$root/tests/tools/fields_md.c" \
    "$root/plugin/schema/field.c" "$root/plugin/schema/expert.c" "$root/plugin/engine/words.c"
"$made/fields_md" "$@"
