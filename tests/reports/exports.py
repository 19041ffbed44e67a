"""tshark with reports of ours, as these tests call it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import pathlib
import shutil
import subprocess

import su_tshark

SOURCE = pathlib.Path(__file__).parents[2]
CAPTURES = SOURCE / "captures"
REPORTS = ["totals", "hosts", "services", "states", "handshakes", "flows", "exchanges", "ladder"]
FORMATS = ["text", "json", "ndjson", "csv"]


def capture(name):
    return CAPTURES / f"{name}.pcapng"


def run(*arguments, stdout=subprocess.PIPE, columns=None):
    """tshark, whatever becomes of it. columns: what the environment says of the terminal."""
    environment = su_tshark.environment()
    if columns:
        environment["COLUMNS"] = str(columns)
    return subprocess.run(su_tshark.command("-q", *arguments), env=environment, cwd="/", text=True,
                          stdout=stdout, stderr=subprocess.PIPE, timeout=300, check=False)


def printed(path, *wanted, columns=None, options=()):
    """What several -z arguments print, in one run that has to succeed without complaint."""
    words = [word for argument in wanted for word in ("-z", f"sockusage,{argument}")]
    done = run("-r", path, *words, *options, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def export(path, report, form, *options, filter=""):
    return printed(path, f"export,{report},{form}" + (f",{filter}" if filter else ""),
                   options=options)


def exported(path, report, *options, filter=""):
    """The same as a Python object, from JSON."""
    return json.loads(export(path, report, "json", *options, filter=filter))


def lines(path, report, *options, filter=""):
    """The same as a list of objects, from NDJSON."""
    return [json.loads(line)
            for line in export(path, report, "ndjson", *options, filter=filter).splitlines()]


def sharkd_in_turn(paths, reports):
    """[{report: rows}] of several captures, as one sharkd has them after another. These are the
    rows of Wireshark's windows."""
    taps = {f"tap{number}": f"nstat:sockusage,{report}" for number, report in enumerate(reports)}
    calls = [call for path in paths for call in (("load", {"file": str(path)}), ("tap", taps))]
    requests = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                for number, (method, params) in enumerate([*calls, ("bye", {})], 1)]
    words = su_tshark.command()
    words[-2:] = [shutil.which("sharkd"), "-"]
    done = subprocess.run(words, env=su_tshark.environment(), input="\n".join(requests) + "\n",
                          cwd="/", capture_output=True, text=True, timeout=300, check=False)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(replies) == len(requests), done.stderr
    return [{tap["tap"].partition(",")[2]: tap["tables"][0]["i"] for tap in reply["result"]["taps"]}
            for reply in replies[1:-1:2]]


def sharkd_tables(path, reports):
    """{report: rows} of one capture."""
    return sharkd_in_turn([path], reports)[0]
