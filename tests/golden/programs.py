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
    """The same as sharkd has it, as a Wireshark statistics tree: one file after the other, each a
    session of its own, in one process, which is a good deal faster than tshark."""
    calls = [call for path in captures for call in (("load", {"file": str(path)}),
                                                    ("tap", {"tap0": "stat:sockusage"}))]
    calls.append(("bye", {}))
    requests = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                for number, (method, params) in enumerate(calls, 1)]
    words = su_tshark.command()
    words[-2:] = [shutil.which("sharkd"), "-"]
    done = subprocess.run(words, env=su_tshark.environment(), input="\n".join(requests) + "\n",
                          cwd="/", capture_output=True, text=True, timeout=300, check=False)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies if "result" in reply] == list(
        range(1, len(calls) + 1)), done.stderr
    return [reply["result"]["taps"][0]["stats"] for reply in replies[1::2]]
