# shellcheck shell=sh disable=SC2034 # the lists of packages are for those who source this
# What ./setup and ./check share: missing packages, configuring, building. Sourced, not run.
# Expects to be in the top folder of the repository.
#
# SPDX-License-Identifier: GPL-2.0-or-later
BUILD_DIR=${BUILD_DIR:-build}
BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config tshark wireshark-dev libwireshark-dev libglib2.0-dev"
TEST_PACKAGES="python3-pytest python3-jsonschema libcmocka-dev jq valgrind iproute2"
# For tests of Wireshark itself: a screen, hands, and eyes.
TEST_PACKAGES="$TEST_PACKAGES wireshark xvfb openbox dbus-daemon at-spi2-core gir1.2-atspi-2.0 python3-gi xdotool xclip imagemagick python3-pytest-rerunfailures"
PATH=$PATH:/usr/sbin:/sbin

say() {
    echo "== $*"
}

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Is a package there, or what it is wanted for?
have() {
    case $1 in
    gcc) command -v cc >/dev/null && return ;;
    cmake | tshark) command -v "$1" >/dev/null && return ;;
    ninja-build) command -v ninja >/dev/null && return ;;
    pkg-config) command -v pkg-config >/dev/null && return ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_missing PACKAGE...: asks apt-get for those that are missing, and for nothing if none is.
install_missing() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "no apt-get here: taking for granted what Debian calls $*"
        return
    fi
    missing=""
    for package in "$@"; do
        have "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    root="env DEBIAN_FRONTEND=noninteractive"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "as root, first run: apt-get install$missing"
        root="sudo $root"
    fi
    say "installing$missing"
    $root apt-get -q update || say "apt-get update failed; trying with the lists there are"
    # shellcheck disable=SC2086 # both are lists of words
    $root apt-get -q install -y --no-install-recommends $missing ||
        die "these could not be installed; as root, run: apt-get install$missing"
}

# build PRESET [CMAKE OPTION...]: configures from scratch, compiles only what changed.
build() {
    preset=$1
    shift
    built=$BUILD_DIR/$preset
    say "building in $built"
    oldest=$(printf '%s\n3.25\n' "$(cmake --version | sed -n 's/^cmake version //p')" | sort -V | head -n 1)
    [ "$oldest" = 3.25 ] || die "cmake 3.25 or later is needed, this is $oldest"
    { mkdir -p "$built" && [ -w "$built" ]; } ||
        die "cannot write to $built; set BUILD_DIR to a folder of your own"
    cmake --fresh --preset "$preset" -B "$built" "$@" >"$built/configure.log" 2>&1 || {
        cat "$built/configure.log" >&2
        die "cmake could not configure the build; the reason stands above"
    }
    sed -n '/^CMake Warning/,/^$/p' "$built/configure.log" >&2
    cmake --build "$built" || die "compiling failed; the first error stands above"
}
