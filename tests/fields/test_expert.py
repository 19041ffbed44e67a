"""Expert items: as many as the connections' verdicts say, on the right packets, listed under our name.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import pathlib
import re

import pytest

import shown
from packets import ACK, PSH, RST, SYN, Capture, Connection, address

TABLE = shown.expert_table()
NAMES = [row[0] for row in TABLE]
CAPTURES = sorted(pathlib.Path(__file__).parents[2].glob("captures/*.pcapng"))
VERDICTS = [f"sockusage.{name}" for name in
            ("stream", "handshake", "close", "outcome", "dup_syn", "dup_synack", "rst.invalid",
             "icmp.errors", "rst_frame", "fin_frame", "last_frame", "one_sided")]


def items(path, *arguments):
    """{frame: names of its items}"""
    return {number: set(found) for number, found in
            shown.by_fields(path, NAMES, *arguments).items() if found}


def of(found, name):
    return {number for number, names in found.items() if f"sockusage.expert.{name}" in names}


def listed(path, *arguments):
    """What -z expert lists under our name, once for each event: {text: times}"""
    lines = shown.output("-r", path, "-q", "-z", "expert", *arguments).splitlines()
    ours = (re.match(r"\s*(\d+)\s+Sequence\s+SockUsage\s+(.*)", line) for line in lines)
    return collections.Counter({match[2]: int(match[1]) for match in ours if match})


def test_registered_as_the_table_says():
    found = [(row[2], row[1]) for row in shown.registered()
             if row[0] == "F" and row[2].startswith("sockusage.expert.")]
    assert sorted(found) == sorted((name, title) for name, title, _ in TABLE)


def connections(found):
    """The verdict of each connection. In a tunnel's frame it is that of the innermost."""
    return {frame["sockusage.stream"][-1]: {name: texts[-1] for name, texts in frame.items()}
            for frame in found.values() if "sockusage.stream" in frame}


def number(flow, name):
    return int(flow.get(f"sockusage.{name}", 0))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_as_many_as_the_verdicts_say(path):
    found = shown.by_fields(path, VERDICTS + NAMES, "-2")
    flows = connections(found).values()
    assert len(of(found, "refused")) == sum(
        flow["sockusage.handshake"] == "refused" for flow in flows)
    assert of(found, "timed_out") == {
        number(flow, "last_frame") for flow in flows if flow["sockusage.handshake"] == "timeout"}
    assert of(found, "lingering") == {
        number(flow, "fin_frame") for flow in flows if flow["sockusage.outcome"] == "linger"}
    assert len(of(found, "syn_repeated")) == sum(number(flow, "dup_syn") for flow in flows)
    assert len(of(found, "synack_repeated")) == sum(number(flow, "dup_synack") for flow in flows)
    assert len(of(found, "rst_outside")) == sum(number(flow, "rst.invalid") for flow in flows)
    ended = {number(flow, "rst_frame") for flow in flows if "rst" in flow["sockusage.close"]}
    assert ended <= of(found, "reset")


# ---- single items -----------------------------------------------------------------------------

LATE = {"sockusage.expert.timed_out", "sockusage.expert.lingering"}
SOME = ("demo", "icmp_host", "icmpv6_port", "reuse_client_time_wait", "reuse_server_time_wait",
        "rst_out_of_window", "synack_repeated", "syn_timeout")


def capture_of(name):
    return next(path for path in CAPTURES if path.stem == name)


@pytest.mark.parametrize("name", SOME)
def test_the_first_pass_knows_all_but_the_end(name):
    once = items(capture_of(name))
    twice = {number: names - LATE for number, names in items(capture_of(name), "-2").items()}
    assert once == {number: names for number, names in twice.items() if names}
    assert not any(names & LATE for names in once.values())


def test_each_is_seen_somewhere():
    """Else the tests above could not fail for it."""
    names = {name for each in SOME for found in items(capture_of(each), "-2").values()
             for name in found}
    assert set(NAMES) - names == {"sockusage.expert.rst_ignored"}


@pytest.mark.parametrize("name", SOME)
def test_listed_once_for_each_event(name):
    """Also where nothing but the list wants a tree, and quoted in an ICMP error."""
    path = capture_of(name)
    titles = {name: title for name, title, _ in TABLE}
    want = collections.Counter(titles[name] for found in items(path, "-2").values()
                               for name in found)
    seen = collections.Counter()
    for text, times in listed(path, "-2").items():
        seen[re.sub(r" by the (client|server)$|, because of the (client|server)$", "", text)] += times
    assert seen == want
    assert sum(seen.values()) > 0


def test_listed_in_one_pass_with_no_tree_at_all():
    """Nobody but the list wants to know of us then."""
    found = listed(capture_of("demo"))
    assert found["Connection refused"] == 3
    assert found["Connection reset by the client"] == 1
    assert sum(found.values()) == sum(map(len, items(capture_of("demo")).values()))


def test_who_it_was():
    found = listed(capture_of("demo"), "-2")
    assert {text for text in found if " the client" in text or " the server" in text} == {
        "Connection reset by the client", "Connection reset by the server",
        "Lingering at the end of the capture, because of the client",
        "Lingering at the end of the capture, because of the server"}


def test_filters_of_wireshark_s_own_find_them():
    path = capture_of("demo")
    assert shown.by_filter(path, '_ws.expert.message == "Connection refused"') == \
        shown.by_filter(path, "sockusage.expert.refused") != set()


def test_an_icmp_error_is_listed_where_it_came():
    path = capture_of("icmp_host")
    assert shown.by_filter(path, "sockusage.expert.unreachable") <= shown.by_filter(path, "icmp")
    assert len(shown.by_filter(path, "sockusage.expert.unreachable")) == 1


def test_a_rst_that_its_receiver_did_not_heed(folder):
    capture = Capture()
    conn = Connection(capture, (address("10.0.0.1"), 40000), (address("10.0.0.2"), 80))
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("s", ACK)
    capture.tcp(conn.socket["s"], conn.socket["c"], RST, conn.next["s"] + 1000)
    conn.say("c", PSH | ACK, b"more")
    conn.say("s", ACK)
    path = capture.write(folder / "made.pcap")
    assert items(path) == {6: {"sockusage.expert.reset"}}
    assert items(path, "-2") == {6: {"sockusage.expert.rst_ignored"}}


def test_time_wait_may_be_over(folder):
    """60 seconds later the port is free."""
    ends = ((address("10.0.0.1"), 40000), (address("10.0.0.2"), 80))
    capture = Capture()
    first = Connection(capture, *ends)
    first.open()
    first.close()
    Connection(capture, *ends, isn=900_000_000).say("c", SYN)
    path = capture.write(folder / "made.pcap")
    assert of(items(path), "port_reused") == {7}
    assert of(items(path, "-o", "sockusage.time_wait:1"), "port_reused") == {7}
    later = Capture()
    first = Connection(later, *ends)
    first.open()
    first.close()
    later.now_us += 61_000_000
    Connection(later, *ends, isn=900_000_000).say("c", SYN)
    assert items(later.write(folder / "later.pcap")) == {}
