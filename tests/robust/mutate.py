"""Damaged packets, many of them, through tshark and the plugin; called by tests/robust/run.

Every round is a file made of all captures and read with the full tree and every report in two
passes; some also in one pass with sessions that end in the middle (-M), some with connections that
are forgotten (forget_after), and some to see that one pass and two export the same. A round is
repeatable: its seed is printed with what went wrong, and its file is kept. What plain tshark does as
well is not held against the plugin.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
import su_tshark  # noqa: E402 (found by the line above)

REPORTS = ["tree", "hosts", "services", "states", "handshakes", "flows", "exchanges", "ladder",
           "export,all,json", "export,all,csv", "export,flows,ndjson,sockusage.open",
           "export,exchanges,text,tcp && !udp"]
LIVE = ["monitor", "stream", "stream,tcp.flags.syn == 1", "monitor,frame.len < 70"]
FORGET = ("-o", "sockusage.forget_after:1", "-o", "sockusage.time_wait:1")
CAPLENS = range(14, 91)
RANDOM_KINDS = ["tcp", "ip", "ipv6", "icmp", "udp", "eth"]
WRONG = ["Sanitizer", "runtime error:", "issector bug", "DISSECTOR_ASSERT", "** (", "assertion",
         "CRITICAL", "terminate called"]
STRICT = {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict", "WIRESHARK_LOG_FATAL": "critical",
          "G_DEBUG": "fatal-criticals"}
CPU_LIMIT_S, LIMIT_S = 300, 7200  # a busy machine is no finding


def say(*words, sep=" "):
    print(*words, sep=sep, flush=True)


def call(*words):
    subprocess.run([*map(str, words)], check=True, capture_output=True)


def told_of(path, letter):
    done = subprocess.run(["capinfos", "-M", "-r", "-T", "-S", letter, path], check=True,
                          capture_output=True, text=True)
    return done.stdout.split("\t")[-1]


def packets_in(path):
    return int(told_of(path, "-c"))


def in_turn(paths, path, span_s):
    """One after the other, also in time: by the next all connections of the one before are over."""
    later = [path.with_suffix(f".{number}") for number in range(len(paths))]
    for number, part in enumerate(paths):
        call("editcap", "-t", number * span_s, part, later[number])
    call("mergecap", "-a", "-w", path, *later)
    for part in later:
        part.unlink()


# ---- files of damaged packets ------------------------------------------------------------------

class Maker:
    """Writes the file of a round."""

    def __init__(self, folders, place, size):
        self.place = place
        names = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*.pcap*"))
        self.all, ordered = place / "all.pcapng", place / "ordered.pcapng"
        call("mergecap", "-a", "-w", self.all, *names)  # time goes back now and then
        call("mergecap", "-w", ordered, *names)
        self.size = packets_in(self.all)
        self.span_s = int(float(told_of(ordered, "-u"))) + 3600
        self.times = max(2, size // self.size)
        self.many = place / "many.pcapng"
        in_turn([self.all, ordered] * (self.times // 2), self.many, self.span_s)
        say(f"{len(names)} captures, {self.size} packets; {self.times} times that is a round")

    def damaged(self, seed, path):
        """Two octets in a hundred differ: anywhere, or behind the headers of Ethernet and IPv4."""
        offset = 34 if seed % 2 else 0
        call("editcap", "-E", "0.02", "-o", offset, "--seed", seed, self.many, path)
        return f"editcap -E 0.02 -o {offset} --seed {seed}"

    def short(self, lengths, path):
        """The whole of the captures, once for each length."""
        parts = []
        for length in lengths:
            parts.append(self.place / f"short.{length}.pcapng")
            call("editcap", "-s", length, self.all, parts[-1])
        in_turn(parts, path, self.span_s)
        for part in parts:
            part.unlink()
        return f"editcap -s {lengths[0]} to {lengths[-1]}"

    def chance(self, kind, path):
        """randpkt takes no seed; the file is kept where it finds something."""
        call("randpkt", "-b", 300, "-c", 20000, "-t", kind, path)
        return f"randpkt -t {kind}"


def rounds(maker, first_seed):
    """(what to call, its argument), for ever: lengths and randpkt come round now and then."""
    step = max(1, maker.times)
    for low in range(0, len(CAPLENS), step):
        yield maker.short, CAPLENS[low:low + step]
    seed = first_seed
    while True:
        for kind in RANDOM_KINDS:
            yield maker.chance, kind
            for _ in range(20):
                yield maker.damaged, seed
                seed += 1


# ---- what tshark makes of them ------------------------------------------------------------------

def suspicious(line):
    """Standard error may come in the middle of a line of standard output."""
    return line[min(line.index(wrong) for wrong in WRONG if wrong in line):]


def tshark(*arguments, home=None):
    """(status, lines of its output that are suspicious)."""
    environment = su_tshark.environment() | STRICT
    if home:
        environment["HOME"] = home
    words = ["timeout", str(LIMIT_S), "prlimit", f"--cpu={CPU_LIMIT_S}",
             *su_tshark.command(*arguments)]
    grep = ["grep", "-aF", *(word for wrong in WRONG for word in ("-e", wrong))]
    with subprocess.Popen(words, env=environment, cwd="/", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as running:
        lines = subprocess.run(grep, stdin=running.stdout, stdout=subprocess.PIPE, check=False).stdout
        status = running.wait()
    return status, [suspicious(line) for line in lines.decode(errors="replace").splitlines()[:200]]


def export(path, *options):
    """The reports as JSON, which they must be."""
    done = su_tshark.run("-q", "-r", path, "-z", "sockusage,export,all,json", *options)
    return json.loads(done.stdout), done.returncode


def ours(bare, *options, settings=(), wanted=()):
    """What stands in the output with the plugin and not in that of a tshark without it."""
    arguments = [word for name in (*REPORTS, *wanted) for word in ("-z", f"sockusage,{name}")]
    status, lines = tshark(*options, *settings, *arguments)
    if status == 0 and not lines:
        return []
    plain_status, plain = tshark("-V", *options, home=bare)
    known = {re.sub(r"\d+", "N", line) for line in plain}
    new = [line for line in lines if re.sub(r"\d+", "N", line) not in known]
    if status not in (0, plain_status):
        new.append(f"tshark ended with {status}, without the plugin with {plain_status}")
    return new


def passes_agree(path):
    once, status = export(path)
    twice, again = export(path, "-2")
    if status != again or status != 0:
        return [f"export ended with {status} in one pass and {again} in two"]
    differ = [key for key in once if once[key] != twice[key]]
    return [f"one pass and two differ in {key}" for key in differ]


def forgotten_in(path):
    """How many connections are forgotten in it; whoever forgets none has tried nothing."""
    words = su_tshark.command("-q", "-r", path, "-z", "sockusage,stream", *FORGET)
    done = subprocess.run(words, env=su_tshark.environment(), cwd="/", capture_output=True, check=True)
    return done.stdout.count(b'"event":"forgotten"')


def examine(path, maker, bare, number):
    """The cheaper half of the looks at it is for some rounds only."""
    wrong = ours(bare, "-2", "-V", "-x", "-r", path)
    if number % 2 == 0:
        wrong += ours(bare, "-q", "-M", max(1000, maker.size), "-r", path)
    if number % 4 == 3:
        wrong += ours(bare, "-q", "-r", path, settings=FORGET, wanted=LIVE)
    if number % 4 == 1:
        wrong += passes_agree(path)
    return wrong


def run(options, place):
    maker = Maker(options.captures, place, options.round)
    bare = place / "bare"
    bare.mkdir()
    place.chmod(0o755)
    maker.many.chmod(0o644)
    forgotten = forgotten_in(maker.many)
    say(f"{forgotten} connections are forgotten in a round that is not damaged")
    done, findings, began = 0, int(forgotten == 0), time.monotonic()
    path = place / "round.pcapng"
    for number, (make, argument) in enumerate(rounds(maker, options.seed)):
        if done >= options.packets:
            break
        what = make(argument, path)
        path.chmod(0o644)
        done += packets_in(path)
        wrong = examine(path, maker, str(bare), number)
        findings += bool(wrong)
        if wrong:
            kept = shutil.copy(path, f"{options.keep}/{what.replace(' ', '_')}.pcapng")
            say(f"FOUND by {what}, kept as {kept}:", *wrong[:10], sep="\n    ")
        say(f"{done} packets, {findings} findings, {time.monotonic() - began:.0f} s: {what}")
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packets", type=int, default=1_000_000, help="stop after so many")
    parser.add_argument("--round", type=int, default=50_000, help="packets in a round, about")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--keep", default="/var/tmp", help="where files with a finding go")
    parser.add_argument("captures", nargs="+", help="folders of captures")
    options = parser.parse_args()
    place = pathlib.Path(os.environ.get("TMPDIR", "/tmp"), f"sockusage-mutate.{os.getpid()}")
    place.mkdir()
    try:
        findings = run(options, place)
    finally:
        shutil.rmtree(place)
    sys.exit(findings > 0)


if __name__ == "__main__":
    main()
