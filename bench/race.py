"""All contenders in turn, on all captures in turn, for as many rounds or minutes as there are.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import shutil
import subprocess
import sys
import time

import contenders
import measure

SMALL = pathlib.Path(__file__).resolve().parent.parent / "captures/demo.pcapng"
# "a <-> b  frames bytes unit  frames bytes unit  frames bytes unit ..." as -z conv,tcp prints it
CONVERSATION = re.compile(r"<->\s+\S+((?:\s+\d+\s+[\d.,]+(?:\s+[A-Za-z]+)?){3})")


def say(words):
    print(f"== {words}", file=sys.stderr, flush=True)


class Clock:
    """Tells whether there is time for one more round of a capture."""

    def __init__(self, minutes):
        self.end = time.monotonic() + minutes * 60 if minutes else None
        self.took = {}

    def has_time(self, capture):
        return self.end is None or time.monotonic() + self.took.get(capture, 0) < self.end

    def note(self, capture, began):
        self.took[capture] = max(self.took.get(capture, 0), time.monotonic() - began)


def ready(capture, place):
    """The file, made if it is not there; None if there is no room."""
    path = capture.file(place)
    if not path.exists():
        if shutil.disk_usage(place).free < capture.room:
            say(f"{capture.title}: left out, {place} has less than {capture.room / 1e9:.0f} GB free")
            return None
        say(f"{capture.title}: making {path}")
        subprocess.run([str(word) for word in capture.maker(path)], check=True, stdout=sys.stderr)
    path.chmod(0o644)
    return path


def describe(about, path, place):
    """Packets and connections, from what -z conv,tcp prints; brings the file into memory too."""
    if "packets" in about:
        return
    done = subprocess.run([place.tshark, "-n", "-q", "-z", "conv,tcp", "-r", path], check=True,
                          capture_output=True, text=True, env=place.environment("without"), cwd="/",
                          **measure.ordinary_user())
    rows = [re.findall(r"\s(\d+)\s+[\d.,]+(?:\s+[A-Za-z]+)?", row)
            for row in CONVERSATION.findall(done.stdout)]
    about.update(packets=sum(int(row[2]) for row in rows), connections=len(rows),
                 octets=path.stat().st_size)


def field_of(place):
    """The contenders that this machine has, tried on a small capture."""
    sample = pathlib.Path(shutil.copy(SMALL, place.path / "sample.pcapng"))
    sample.chmod(0o644)
    field = []
    for each in contenders.CONTENDERS:
        if place.has(each.plugin) and measure.can_run(each, sample, place):
            field.append(each)
        else:
            say(f"not measured: {each.name}")
    return field


def one_round(field, capture, turn, results, place):
    """Who is first changes from round to round."""
    path = capture.file(results.place)
    for each in (field[(turn + i) % len(field)] for i in range(len(field))):
        if (each.key in capture.without or (each.slow and turn % 3)
                or results.has(capture.key, each.key, turn)):
            continue
        results.note(capture.key, each.key, turn, measure.run(each, path, place))


def run(captures, results, place, options):
    """Round by round over all captures, so that an early end leaves something of each."""
    clock = Clock(options.minutes)
    captures = [each for each in captures if ready(each, results.place)]
    for capture in captures:
        describe(results.about(capture.key), capture.file(results.place), place)
    field = field_of(place)
    for turn in range(options.runs):
        for capture in captures:
            if turn >= min(options.runs, capture.rounds or options.runs):
                continue
            if not clock.has_time(capture):
                say(f"{capture.title}: no time for round {turn + 1}")
                continue
            say(f"{capture.title}: round {turn + 1}")
            began = time.monotonic()
            one_round(field, capture, turn, results, place)
            clock.note(capture, began)
