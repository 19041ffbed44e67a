"""tshark forgets everything now and then (-M): reports go on, as do their numbers. And large
captures are reported whole.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json
import subprocess

import packets
import pytest

import exports

FLOWS = 100_000


@pytest.fixture(scope="module", name="twice")
def demo_twice(place):
    """A capture and itself again an hour later. What is under way at the end of the first half has
    nothing to do with the second."""
    once = exports.capture("demo")
    later, both = place / "later.pcapng", place / "both.pcapng"
    subprocess.run(["editcap", "-t", "3600", once, later], check=True)
    subprocess.run(["mergecap", "-a", "-w", both, once, later], check=True)
    both.chmod(0o644)
    return both


def lines_of(path, report, *options):
    """With -M, tshark says on standard error that it starts anew."""
    done = exports.run("-r", path, "-z", f"sockusage,export,{report},ndjson", *options)
    assert done.returncode == 0
    assert set(done.stderr.splitlines()) <= {"resetting session."}
    return [json.loads(line) for line in done.stdout.splitlines()]


def without_times(line):
    """What may differ if the same happens an hour later."""
    return json.dumps({key: value for key, value in line.items() if key != "start"} |
                      {"close": {**line.get("close", {}), "linger_since": None}}, sort_keys=True)


@pytest.mark.parametrize("report", ["flows", "exchanges", "ladder"])
def test_lines_of_all_sessions(twice, report):
    half = [without_times(line) for line in lines_of(exports.capture("demo"), report)]
    assert [without_times(line) for line in lines_of(twice, report, "-M", "371")] == half + half


@pytest.mark.parametrize("report", ["totals", "hosts", "services", "states", "handshakes"])
def test_sums_of_all_sessions(twice, report):
    """All is counted twice, and the most that was open at once stays the most."""
    def double(value, key=""):
        if isinstance(value, dict):
            return {key: double(inner, key) for key, inner in value.items()}
        return value * 2 if isinstance(value, int) and key not in ("port", "peak_open") else value

    half = [double(line) for line in lines_of(exports.capture("demo"), report)]
    assert lines_of(twice, report, "-M", "371") == half


def test_sessions_cut_anywhere():
    """A flow that a new session cuts in two is two: but none of its packets is lost."""
    whole = exports.lines(exports.capture("demo"), "flows")
    parts = lines_of(exports.capture("demo"), "flows", "-M", "50")
    assert len(parts) > len(whole)
    for side in ("client", "server"):
        for key in ("packets", "bytes"):
            assert sum(flow[side][key] for flow in parts) == sum(
                flow[side][key] for flow in whole)


@pytest.mark.parametrize("packets", [30, 50, 100, 200])
def test_connections_cut_in_two_are_counted(packets):
    """What is one connection too many is said, so that the number of connections can be had."""
    done = exports.run("-r", exports.capture("demo"), "-M", packets, "-z",
                       "sockusage,export,all,json")
    whole = exports.exported(exports.capture("demo"), "all")
    parts = json.loads(done.stdout)
    assert parts["capture"]["cut"] > 0
    assert parts["totals"]["connections"] - parts["capture"]["cut"] == 40
    assert (whole["totals"]["connections"], whole["capture"]["cut"]) == (40, 0)


def test_people_are_told_of_connections_cut_in_two():
    done = exports.run("-r", exports.capture("demo"), "-M", "50", "-z", "sockusage,hosts")
    assert done.stdout.startswith("Cut by new sessions, and counted again: 18\n\n")


def test_a_capture_that_begins_again_is_no_continuation():
    """The same sockets, but with SYNs of their own."""
    done = exports.run("-r", exports.capture("close_server_first"), "-M", "1000", "-z",
                       "sockusage,export,all,json")
    assert json.loads(done.stdout)["capture"]["cut"] == 0


@pytest.fixture(scope="module", name="large")
def large_capture(place):
    """Attempts that are all refused, each with sockets of its own, 50 servers."""
    capture = packets.Capture(step_us=10)
    for number in range(FLOWS):
        client = (packets.address(f"10.{number // 50_000}.1.{number // 250 % 200 + 1}"),
                  10_000 + number % 50_000)
        server = (packets.address(f"192.0.2.{number % 50 + 1}"), 80)
        packets.Connection(capture, client, server).refuse()
    return capture.write(place / "large.pcap")


def test_a_large_capture_in_every_format(large):
    """100,000 flows; a table that had to look at all rows for each one would not get done."""
    assert len(exports.export(large, "flows", "text").splitlines()) > FLOWS
    assert exports.export(large, "flows", "csv").count("\n") == FLOWS + 1
    assert exports.export(large, "flows", "ndjson").count("\n") == FLOWS
    everything = exports.exported(large, "all")
    assert len(everything["flows"]) == everything["totals"]["failed"] == FLOWS
    assert collections.Counter(row["refused"] for row in everything["services"]) == {
        FLOWS // 50: 50}


def test_a_large_capture_in_a_window(large):
    tables = exports.sharkd_tables(large, ["flows", "hosts"])
    assert len(tables["flows"]) == FLOWS
    assert len(tables["hosts"]) == len(exports.lines(large, "hosts"))
