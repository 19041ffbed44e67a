"""The same packets, told differently, are the same connections with the same verdicts.

What may differ is said in each test; nothing else may. All shipped captures of Ethernet are in it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import gzip
import json

import pytest

import exports
import packets
import variants

TIMES = {"start", "duration", "time", "syn_rtt", "ack_rtt", "linger_time", "linger_since"}
VERDICTS = ("protocol", "outcome", "role_source", "one_sided")


@pytest.fixture(scope="module", name="everything")
def all_captures_of_ethernet(place):
    names = [path for path in sorted(exports.CAPTURES.glob("*.pcapng"))
             if all(link == variants.ETHERNET for link, _ in packets.read(path))]
    assert len(names) > 100
    path = place / "everything.pcap"
    variants.call("mergecap", "-a", "-F", "nsecpcap", "-w", path, *names)
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module", name="plain")
def packets_of_tcp_in_ipv4(place, everything):
    """Whose TCP header is in octets 34 to 53."""
    told = [packet for packet in variants.read(everything) if variants.is_plain_tcp(packet[2])]
    assert len(told) > 1000
    return variants.write(place / "plain.pcap", told)


def flows(path, *options):
    done = exports.run("-r", path, "-z", "sockusage,export,flows,ndjson", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def sockets(flow):
    return [flow[side][key] for side in ("client", "server") for key in ("addr", "port")]


def verdict(flow):
    """What became of a connection, and nothing of how many packets that took."""
    close = {key: value for key, value in flow["close"].items()
             if key in ("type", "by", "rst_by", "linger", "linger_owing")}
    states = [flow[side]["state"] for side in ("client", "server")]
    return [sockets(flow), states, flow["handshake"]["result"], close,
            [flow[key] for key in VERDICTS]]


def without(value, keys):
    if isinstance(value, dict):
        return {key: without(inner, keys) for key, inner in value.items() if key not in keys}
    return value


def test_two_passes(everything):
    assert flows(everything, "-2") == flows(everything)


@pytest.mark.parametrize("form", ["pcapng", "nsecpcap"])
@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_file_formats(everything, place, form, compress):
    path = place / f"form.{form}"
    variants.call("editcap", "-F", form, everything, path)
    if compress:
        path.write_bytes(gzip.compress(path.read_bytes()))
    path.chmod(0o644)
    assert flows(path) == flows(everything)


def test_microseconds(everything, place):
    """Times are rounded, and so which of two pauses is the longer; all else stays."""
    path = place / "micro.pcap"
    variants.call("editcap", "-F", "pcap", everything, path)
    path.chmod(0o644)
    rounded = TIMES | {"gap"}
    assert [without(flow, rounded) for flow in flows(path)] == [
        without(flow, rounded) for flow in flows(everything)]


@pytest.mark.parametrize("wrap", variants.WRAPPERS)
def test_inside_of_something_else(everything, place, wrap):
    path = variants.write(place / "wrapped.pcap", variants.wrapped(everything, wrap))
    assert flows(path) == flows(everything)


@pytest.mark.parametrize("length", [54, 55, 57, 58, 60, 66, 74, 90])
def test_cut_packets(plain, place, length):
    """The TCP header without its options is enough for everything, bytes included; but why there was
    a pause depends on the size of a full segment and on the window's scale, which are options."""
    told = [(time_ns, full, octets[:length]) for time_ns, full, octets in variants.read(plain)]
    lost = {"cause"} if length < 66 else set()
    assert [without(flow, lost) for flow in flows(variants.write(place / "cut.pcap", told))] == [
        without(flow, lost) for flow in flows(plain)]


@pytest.mark.parametrize("length", range(14, 54, 3))
def test_packets_cut_too_short(plain, place, length):
    """Whose flags cannot be read belong to no connection, or are not told. Never half of one."""
    told = [(time_ns, full, octets[:length]) for time_ns, full, octets in variants.read(plain)]
    found = flows(variants.write(place / "short.pcap", told))
    known = {tuple(sockets(flow)) for flow in flows(plain)}
    assert {tuple(sockets(flow)) for flow in found} <= known
    assert found == [] or length >= 50


def test_doubled_packets(everything, place):
    """A mirror port that copies both directions: counts double, verdicts do not change."""
    told = [packet for packet in variants.read(everything) for _ in range(2)]
    path = variants.write(place / "double.pcap", told)
    assert list(map(verdict, flows(path))) == list(map(verdict, flows(everything)))


# Two FINs of which either may have come first are simultaneous, or are not any more. And a repeated
# FIN tells that its ACK was lost, so that of the last FIN and its ACK the later one decides.
ALIKE = {"TIME_WAIT": "CLOSE", "LAST_ACK": "CLOSE", "FIN_WAIT1": "FIN_WAIT2"}


def with_one_close(flow):
    if flow["close"]["type"] in ("fin", "fin_simul"):
        flow["close"] |= {"type": "fin", "by": None}
    if flow["close"]["type"] == "fin" or flow["close"]["dup_fin"]:
        for side in ("client", "server"):
            flow[side]["state"] = ALIKE.get(flow[side]["state"], flow[side]["state"])
    return verdict(flow)


@pytest.mark.parametrize("seed", range(8))
def test_neighbours_that_change_places(plain, place, seed):
    path = variants.write(place / "swapped.pcap", variants.swapped(plain, seed))
    swapped, straight = ([*map(with_one_close, flows(name))] for name in (path, plain))
    assert sorted(swapped, key=str) == sorted(straight, key=str)


@pytest.mark.parametrize("seed", range(3))
def test_order_restored(plain, place, seed):
    """What reordercap makes of packets in any order within a window of eight."""
    mixed, path = place / "mixed.pcap", place / "ordered.pcap"
    ordered = variants.write(place / "straight.pcap", sorted(variants.read(plain)))
    variants.write(mixed, variants.shuffled(ordered, 8, seed))
    variants.call("reordercap", mixed, path)
    path.chmod(0o644)
    assert flows(path) == flows(ordered)
