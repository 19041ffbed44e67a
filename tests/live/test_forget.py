"""Connections that are forgotten after their end: they stay counted, and memory does not grow with
their number.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json
import os
import re
import subprocess
import time

import pytest

import exports
import live
import packets

SUMS = ["totals", "hosts", "services", "handshakes"]
FORGET = ("-o", "sockusage.time_wait:1", "-o", "sockusage.forget_after:1")
KEEP = FORGET[:2]
HEADERS = ("-d", "ip.proto==6,sockusage")
CAPTURES = sorted(exports.CAPTURES.glob("*.pcapng"))
STATE = re.compile(" +[A-Z_]+[0-9]? +[0-9]")  # a line of the tree
CLIENT, SERVER = packets.address("10.1.0.1"), packets.address("10.1.0.2")


def reported(path, *options):
    """The sums, the tree but for socket states, those states, and the lines of flows; in one run,
    which prints the tree last."""
    wanted = [f"export,{report},ndjson" for report in (*SUMS, "states", "flows")]
    text = exports.printed(path, *wanted, "tree", options=options).splitlines()
    lines = [json.loads(line) for line in text if line.startswith("{")]
    flows = [line for line in lines if "stream" in line]
    states = {line["sockets"]: line for line in lines if "LISTEN" in line}
    sums = [line for line in lines if "stream" not in line and "LISTEN" not in line]
    sums += [line for line in text if not line.startswith("{") and not STATE.match(line)]
    return sums, states, flows


def closed(states, flows):
    """Socket states if those of these flows were CLOSE."""
    for flow in flows:
        for side in ("client", "server"):
            for name in (flow["protocol"], "tcp", "all"):
                if name in states:
                    states[name][flow[side]["state"]] -= 1
                    states[name]["CLOSE"] += 1
    return states


def longer(path, place):
    """The same and years more: all that can be forgotten is."""
    capture = packets.Capture(start_us=2_000_000_000 * 1_000_000)
    packets.Connection(capture, (CLIENT, 9), (SERVER, 80)).open()
    later, both = capture.write(place / "later.pcap"), place / "both.pcapng"
    subprocess.run(["mergecap", "-w", both, path, later], check=True)
    both.chmod(0o644)
    return both


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_nothing_counts_differently(path, place):
    """Whatever happens: what was forgotten is counted as if it were still there."""
    path = longer(path, place)
    sums, states, flows = reported(path, *KEEP)
    sums_after, states_after, held = reported(path, *FORGET)
    assert sums_after == sums
    assert [flow for flow in flows if flow in held] == held
    forgotten = [flow for flow in flows if flow not in held]
    assert states_after == closed(states, forgotten)
    assert "open" not in {flow["outcome"] for flow in forgotten}
    for flow in held:
        assert {flow["client"]["state"], flow["server"]["state"]} - {"CLOSE", "LISTEN", "UNKNOWN"}


def test_later_packets_begin_something_new(place):
    capture = packets.Capture()
    first = packets.Connection(capture, (CLIENT, 4000), (SERVER, 80))
    first.open()
    first.close()
    other = packets.Connection(capture, (CLIENT, 4001), (SERVER, 80))
    other.open()
    capture.now_us += 30_000_000
    other.say("c", packets.ACK, b"x")  # the clock goes on, and the first one is forgotten
    first.say("s", packets.ACK, b"late")
    packets.Connection(capture, (CLIENT, 4000), (SERVER, 80), isn=9000).open()
    path = capture.write(place / "late.pcap")
    _, _, flows = reported(path, *FORGET)
    assert [(flow["stream"], flow["handshake"]["result"]) for flow in flows] == \
        [(1, "complete"), (2, "midstream"), (3, "complete")]
    assert flows[0]["client"]["port"] == 4001
    events = [json.loads(line)
              for line in exports.printed(path, "stream", options=FORGET).splitlines()]
    told = [event["event"] for event in events if event["stream"] == 0]
    assert told == ["handshake", "end", "forgotten"]


def test_two_passes_forget_nothing():
    path = exports.capture("demo")
    for options in (("-2",), ("-2", *HEADERS)):
        assert reported(path, *options, *FORGET) == reported(path, *options, *KEEP)


def write_many(path, count):
    """That many connections, a thousand a second; their 60,000 pairs of sockets come again."""
    capture = packets.Capture(step_us=150)
    for number in range(count):
        if number % 1000 == 0:
            live.flush(path, capture)
        one = packets.Connection(capture, (CLIENT, 1024 + number % 60_000), (SERVER, 80), number * 977)
        if number % 5 == 0:
            one.refuse()
            continue
        one.open()
        one.say("c", packets.ACK, b"question")
        one.say("s", packets.ACK, b"answer")
        if number % 2:
            one.reset()
        else:
            one.close()
    live.flush(path, capture)
    return path


@pytest.mark.skipif("SU_PRELOAD" in os.environ or "LD_PRELOAD" in os.environ,
                    reason="a sanitizer keeps what is freed")
def test_memory_does_not_grow(place):
    """Ten times the connections in the same memory, and the same numbers as with all of them kept."""
    few, many = write_many(place / "few.pcap", 10_000), write_many(place / "many.pcap", 100_000)
    wanted = [word for report in ("tree", "export,totals,json", "export,services,json",
                                  "export,hosts,json", "export,handshakes,json")
              for word in ("-z", f"sockusage,{report}")]
    stream = ["-z", "sockusage,prometheus," + str(place / "x.prom")]
    small, _ = live.peak_kib(few, *HEADERS, *wanted, *stream, *FORGET)
    large, text = live.peak_kib(many, *HEADERS, *wanted, *stream, *FORGET)
    whole, kept = live.peak_kib(many, *HEADERS, *wanted, *stream, *KEEP)
    assert large < small + 6_000  # KiB
    assert whole > large + 20_000
    assert text == kept
    metrics = live.metrics(place / "x.prom")
    assert metrics["sockusage_connections_total"] == 100_000


def test_while_packets_come(place):
    """On a live capture: the stream tells, the socket's totals stay, its flows go."""
    start = packets.Capture(step_us=1000, start_us=int(time.time()) * 1_000_000)
    for port in range(3000, 3010):
        one = packets.Connection(start, (CLIENT, port), (SERVER, 80))
        one.open()
        one.reset()
    length = len(start.bytes())
    start.now_us += 20_000_000
    packets.Connection(start, (CLIENT, 9), (SERVER, 80)).open()
    data, path = start.bytes(), place / "s"
    with live.Tshark("-z", "sockusage,stream", "-z", f"sockusage,serve,{path}", *FORGET) as tshark:
        live.wait_for(path.exists, "the socket")
        tshark.feed(data[:length])
        live.wait_for(lambda: tshark.out.count('"event":"end"') == 10, "ten ends")
        assert len(live.ask_json(path, "GET flows")["rows"]) == 10
        tshark.feed(data[length:])
        live.wait_for(lambda: tshark.out.count('"event":"forgotten"') == 10, "ten that are forgotten")
        totals = live.ask_json(path, "GET totals")["rows"][0]
        assert (totals["connections"], totals["aborted"]) == (11, 10)
        assert [row["stream"] for row in live.ask_json(path, "GET flows")["rows"]] == [10]
        assert tshark.stop() == 0
    counts = collections.Counter(json.loads(line)["event"] for line in tshark.out.splitlines())
    assert counts == {"handshake": 11, "end": 10, "forgotten": 10, "left": 1}
