"""Runs tshark as on a live capture: from a pipe, which needs no rights, or from an interface.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import su_tshark

PATIENCE_S = 60
STAT = pathlib.Path(os.environ["SU_SOURCE"]) / "tools" / "sockusage-stat"


def wait_for(condition, what, patience_s=PATIENCE_S):
    """What `condition` gives as soon as it is true of something."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


class Tshark:
    """A tshark with -z arguments that captures until it is stopped. Its output is read as it comes."""

    def __init__(self, *arguments, interface="-", prefix=(), quiet=True, command=None):
        words = command or su_tshark.command("-i", interface, *(["-q"] if quiet else []), *arguments)
        self.process = subprocess.Popen(
            [*prefix, *words], env=su_tshark.environment(), cwd="/", stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.texts = {"out": "", "err": ""}
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in (("out", self.process.stdout), ("err", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def read(self, name, pipe):
        while piece := os.read(pipe.fileno(), 65536):
            self.texts[name] += piece.decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def out(self):
        return self.texts["out"]

    @property
    def err(self):
        return self.texts["err"]

    def feed(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def stop(self, by=signal.SIGINT):
        """As Ctrl+C does. Returns the exit status."""
        self.process.send_signal(by)
        return self.ended()

    def ended(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        status = self.process.wait(PATIENCE_S)
        for reader in self.readers:
            reader.join(PATIENCE_S)
        return status


# ---- what it says ----------------------------------------------------------------------------

LINE = re.compile(r" *(?P<time>\S+) \| +(?P<stamp>\S+ \S+) \| +\[?(?P<src>[0-9a-f.:]+?)\]?:(?P<sport>\d+)"
                  r" +\[?(?P<dst>[0-9a-f.:]+?)\]?:(?P<dport>\d+) +\| +(?P<what>.+?) +\| *(?P<rest>.*)$")


def monitor_lines(text):
    """(handshakes, ends), each a list of dicts of text."""
    handshakes, ends = [], []
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        row = found.groupdict()
        if row["what"].startswith("end ("):
            by, sent, received = row["rest"].split()
            ends.append(row | {"how": row["what"][5:-1], "by": by, "sent": int(sent),
                               "received": int(received)})
        else:
            syn, synack = row["rest"].split()
            handshakes.append(row | {"dup_syn": int(syn), "dup_synack": int(synack)})
    return handshakes, ends


def summary(text):
    """{filter: {label: number}} of the summary in the end."""
    found, name = {}, None
    for line in text[text.index("HANDSHAKE SUMMARY"):].splitlines():
        if re.match(r" \S", line):
            name = line[1:]
            found[name] = {}
        elif name and ":" in line:
            label, number = line.split(":")
            found[name][label.strip()] = int(number.split()[0])
    return found


def ask(path, question, patience_s=PATIENCE_S):
    """The answer of a socket, as it comes."""
    answer = b""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(patience_s)
        client.connect(str(path))
        client.sendall(question.encode() + b"\n")
        while piece := client.recv(65536):
            answer += piece
    return answer.decode()


def ask_json(path, question):
    return json.loads(ask(path, question))


def handshake_counts(answer):
    """tcpeek's JSON as {name: (success, dupsyn, dupsynack, timeout, reject, unreach)}."""
    counts = {}
    for entry in answer:
        for name, value in entry.items():
            failure = value["failure"]
            assert failure["total"] == failure["timeout"] + failure["reject"] + failure["unreach"]
            counts[name] = (*value["success"].values(), failure["timeout"], failure["reject"],
                            failure["unreach"])
    return counts


def metrics(path):
    """{'name{labels}': value}"""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


# ---- memory ----------------------------------------------------------------------------------

def flush(path, capture):
    """What this process holds counts as the first memory of a program that it starts."""
    with path.open("ab") as file:
        file.write(capture.bytes())
    capture.records.clear()


def peak_kib(path, *arguments):
    """Most memory that tshark had, and what it printed."""
    words = su_tshark.command("-q", "-r", path, *arguments)
    with subprocess.Popen(words, env=su_tshark.environment(), cwd="/", stdout=subprocess.PIPE,
                          text=True) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss, text
