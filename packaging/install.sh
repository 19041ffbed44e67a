#!/bin/sh
# Installs the plugin of this archive: for everybody if run by root, else for this user.
#     ./install.sh             install
#     ./install.sh --remove    take everything away again
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")"
made_for=$(cat series)

die() {
    echo "install.sh: $*" >&2
    exit 1
}

folder() {
    tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p" | head -n 1
}

command -v tshark >/dev/null || die "there is no tshark; on Debian: apt-get install tshark"
version=$(tshark --version 2>/dev/null | sed -n '1s/^[^0-9]*\([0-9.]*[0-9]\).*/\1/p')
if [ "$(id -u)" -eq 0 ]; then
    plugins=$(folder "Global Plugins")
    profiles=$(folder "Global configuration")/profiles
    share=$(dirname "$(folder "Global configuration")")
    bin=$(dirname "$share")/bin
else
    plugins=$(folder "Personal Plugins")
    profiles=$(folder "Personal configuration")/profiles
    share=$HOME/.local/share
    bin=$HOME/.local/bin
fi
[ -n "$plugins" ] || die "tshark does not tell where its plugins are"
doc=$share/doc/wireshark-plugin-sockusage

# Never into an existing file: a tshark that has it loaded would crash.
put() {
    mkdir -p "$2"
    cp "$1" "$2/.${1##*/}.new"
    chmod "$3" "$2/.${1##*/}.new"
    mv "$2/.${1##*/}.new" "$2/${1##*/}"
}

remove() {
    rm -f "$plugins/epan/sockusage.so" "$share/man/man7/sockusage.7.gz" \
        "$share/man/man1/sockusage-doctor.1.gz" "$bin/sockusage-doctor" \
        "$share/man/man1/sockusage-stat.1.gz" "$bin/sockusage-stat"
    rm -rf "$doc"
    for profile in profile/*/; do
        [ ! -d "$profile" ] || rm -rf "${profiles:?}/$(basename "$profile")"
    done
}

case ${1-} in
--remove)
    remove
    echo "Removed from $plugins"
    exit
    ;;
"") ;;
*)
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

case $version in
"$made_for".*) ;;
*) die "this archive is for Wireshark $made_for, and $(command -v tshark) is $version; take the archive for that version" ;;
esac
put sockusage.so "$plugins/epan" 644
for program in sockusage-*; do
    put "$program" "$bin" 755
done
put man/sockusage.7.gz "$share/man/man7" 644
for page in man/*.1.gz; do
    put "$page" "$share/man/man1" 644
done
for file in doc/*; do
    put "$file" "$doc" 644
done
for profile in profile/*/; do
    [ -d "$profile" ] || continue
    for file in "$profile"*; do
        put "$file" "$profiles/$(basename "$profile")" 644
    done
done
echo "Installed for $version into $plugins"
"$bin/sockusage-doctor" || die "installed, but not well; see above"
