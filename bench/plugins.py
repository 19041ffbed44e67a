"""The plugins under test: the one that was built here, and the one of an earlier commit.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


def git(*words):
    """What it prints; None: it fails, or this is no repository."""
    done = subprocess.run(["git", "-C", TOP, *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def built_in(build):
    return next(build.glob("home/.local/lib/wireshark/plugins/*/epan/sockusage.so"), None)


def last_change():
    """The commit before the newest one that changed the plugin; None: no such."""
    changed = git("log", "-1", "--format=%h", "--", "plugin")
    return git("rev-parse", "--short", f"{changed}~1") if changed else None


def unpack(commit, source):
    source.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(["git", "-C", TOP, "archive", commit], stdout=subprocess.PIPE,
                            check=True).stdout
    subprocess.run(["tar", "-x", "-C", source], input=packed, check=True)


def build_earlier(place, revision):
    """(plugin, short name) of an earlier commit, built if it is not there; None: none such."""
    commit = git("rev-parse", "--short", revision) if revision else last_change()
    if not commit:
        return None
    source, build = place / f"source-{commit}", place / f"build-{commit}"
    if not built_in(build):
        print(f"== building {commit}", file=sys.stderr, flush=True)
        unpack(commit, source)
        options = ["-DSU_TESTS=OFF", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"]
        for words in (["cmake", "-S", source, "-B", build, *options],
                      ["cmake", "--build", build, "--parallel"]):
            subprocess.run(words, check=True, stdout=sys.stderr)
    return built_in(build), commit
