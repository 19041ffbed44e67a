"""Gaps of a connection, in the report "flows" and on packets: against a computation of our own, and
what the preference gap_threshold calls a long one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import decimal
import json

import pytest

import exports
import su_tshark

# Of connections that lose nothing, so that every payload is new.
NAMES = ["nginx_gets", "nginx_ab_keepalive", "nginx_curl_v6", "half_close_then_data", "demo"]
THRESHOLDS = ["0", "50", "200", "1001", "5000"]
FACTS = ["frame.number", "frame.time_epoch", "tcp.stream", "tcp.srcport", "tcp.len"]

Gap = collections.namedtuple("Gap", "length port frame")


def gaps(path):
    """{stream: [Gap]}: times between packets with payload, whoever sent them; ports tell sides."""
    before, found = {}, {}
    for row in su_tshark.rows(path, FACTS, only="tcp && !icmp && !icmpv6", two_passes=False):
        stream, now = int(row["tcp.stream"]), decimal.Decimal(row["frame.time_epoch"])
        found.setdefault(stream, [])
        if row["tcp.len"] == "0":
            continue
        if stream in before:
            found[stream].append(Gap(now - before[stream], int(row["tcp.srcport"]),
                                     int(row["frame.number"])))
        before[stream] = now
    return found


def told(path, *options):
    text = exports.export(path, "flows", "json", *options)
    return {flow["stream"]: flow for flow in json.loads(text, parse_float=decimal.Decimal)
            if flow["protocol"].startswith("tcp")}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [[], ["-2"]], ids=["one pass", "two passes"])
def test_largest(name, options):
    expected = gaps(exports.capture(name))
    flows = told(exports.capture(name), *options)
    assert flows.keys() == expected.keys()
    for stream, flow in flows.items():
        gap = max(expected[stream], key=lambda g: (g.length, -g.frame), default=None)
        sides = {flow[side]["port"]: side for side in ("client", "server")}
        assert [flow["gap"][key] for key in ("largest", "by", "frame")] == (
            [gap.length, sides[gap.port], gap.frame] if gap else [None] * 3)


@pytest.mark.parametrize("milliseconds", THRESHOLDS)
def test_threshold(milliseconds):
    path, least = exports.capture("nginx_gets"), decimal.Decimal(milliseconds) / 1000
    setting = ["-o", f"sockusage.gap_threshold:{milliseconds}"]
    long = [gap.frame for gap in gaps(path)[0] if gap.length >= least]
    assert told(path, *setting)[0]["gap"]["long"] == len(long)
    for passes in ([], ["-2"]):
        done = su_tshark.run("-r", path, *passes, *setting, "-Y", "sockusage.gap.long",
                             "-T", "fields", "-e", "frame.number")
        assert done.stdout.split() == list(map(str, long))
    for exchange in exports.exported(path, "exchanges", *setting):
        assert exchange["gap"]["long"] == sum(
            pause[0] >= least for pause in exchange["interpacket_times"])


def test_the_thresholds_make_a_difference():
    path = exports.capture("nginx_gets")
    counts = [sum(gap.length * 1000 >= int(t) for gap in gaps(path)[0]) for t in THRESHOLDS]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) == 3


def test_who_kept_whom_waiting():
    """nginx stopped in the middle of a reply. That its client said nothing then is no gap of his."""
    flow, = told(exports.capture("nginx_gets")).values()
    assert flow["gap"]["largest"] > 1
    assert (flow["gap"]["by"], flow["gap"]["cause"]) == ("server", "LAST_PACKET_SHORT")


def test_udp_and_silent_connections_have_none():
    flow, = exports.exported(exports.capture("udp_two_way"), "flows")[:1]
    assert set(flow["gap"].values()) == {None}
    flow, = exports.exported(exports.capture("refused"), "flows")
    assert flow["gap"] == {"largest": None, "by": None, "cause": None, "frame": None, "long": 0}
