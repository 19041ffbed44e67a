"""The programs under test, as these tests call them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import pathlib
import shutil
import subprocess

import su_tshark

CAPTURES = pathlib.Path(__file__).parents[2] / "captures"


def run(*arguments):
    """tshark, whatever becomes of it."""
    return su_tshark.run(*arguments)


def output(*arguments):
    """Standard output of a tshark that has to succeed without a word of complaint."""
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def tree(capture, *arguments, filter=""):
    """What -z sockusage,tree prints, in one pass unless told otherwise."""
    report = "sockusage,tree" + (f",{filter}" if filter else "")
    return output("-q", "-r", capture, "-z", report, *arguments)


def sharkd_trees(captures):
    """The same as sharkd has it, a Wireshark statistics tree, for one file after the other."""
    requests = []
    for path in captures:
        requests.append(request(len(requests), "load", file=str(path)))
        requests.append(request(len(requests), "tap", tap0="stat:sockusage"))
    requests.append(request(len(requests), "bye"))
    words = su_tshark.command()
    words[-2:] = [shutil.which("sharkd"), "-"]
    done = subprocess.run(words, env=su_tshark.environment(), input="\n".join(requests) + "\n",
                          cwd="/", capture_output=True, text=True, timeout=300, check=False)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(replies) == len(requests), done.stderr
    return [reply["result"]["taps"][0]["stats"] for reply in replies[1::2]]


def request(number, method, **params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
