#!/bin/sh
# make.sh: makes the captures of this project anew: installs what is missing, then runs make.py.
# Everything runs in network namespaces of its own, which end with it, however it ends.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" -ne 0 ]; then
    echo "make.sh: network namespaces need root" >&2
    exit 1
fi

missing=''
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need tcpdump tcpdump
need ip iproute2
need nginx nginx-light
need ab apache2-utils
need nft nftables
need curl curl
need nc netcat-openbsd
need python3 python3
if [ -n "$missing" ]; then
    # Services must not be started by their installation: nothing may run outside of the namespaces.
    policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod +x "$policy"; made=1; }
    trap '[ -z "${made:-}" ] || rm -f "$policy"' EXIT INT TERM
    apt-get update -q
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    [ -z "${made:-}" ] || rm -f "$policy"
    trap - EXIT INT TERM
fi

# A hanging run is ended; namespaces and children go with it.
exec timeout --kill-after=10 1200 env PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 \
    python3 "$here/make.py" "$@"
