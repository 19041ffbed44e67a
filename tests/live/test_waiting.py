"""SYNs on a live connection: whether one began another connection is known with its answer only, and
until then a filter that lets it pass has chosen neither.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os

import pytest

import exports
import live
import packets

FORGET = ("-o", "sockusage.time_wait:1", "-o", "sockusage.forget_after:1")
HEADERS = ("-d", "ip.proto==6,sockusage")
CLIENT, SERVER = (packets.address("10.1.0.1"), 4000), (packets.address("10.1.0.2"), 80)


def write_reuse(capture, is_answered):
    """A live connection; frame 4 is a SYN that begins nothing, frames 5 and 6 are one that may begin
    another, 7 is the answer. Returns the frames by number of the connection to which they belong."""
    packets.Connection(capture, CLIENT, SERVER).open()
    capture.tcp(CLIENT, SERVER, packets.SYN, 700_000_000)
    capture.now_us += 1_000_000
    capture.tcp(CLIENT, SERVER, packets.SYN, 900_000_000)
    capture.now_us += 1_000_000
    capture.tcp(CLIENT, SERVER, packets.SYN, 900_000_000)
    if is_answered:
        capture.tcp(SERVER, CLIENT, packets.SYN | packets.ACK, 950_000_000, 900_000_001)
        return {0: (1, 2, 3, 4), 1: (5, 6, 7)}
    capture.tcp(SERVER, CLIENT, packets.ACK, 501_001, 1001)  # a challenge
    return {0: (1, 2, 3, 4, 5, 6, 7)}


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_packet_chooses_its_connection(place, is_answered):
    """In one pass as in two, and if connections are forgotten."""
    capture = packets.Capture()
    frames = write_reuse(capture, is_answered)
    path = capture.write(place / "reuse.pcap")
    for number, frame in ((number, frame) for number in frames for frame in frames[number]):
        export = f"export,flows,ndjson,frame.number == {frame}"
        stream = f"stream,frame.number == {frame}"
        for options in ((), ("-2",), FORGET):
            told = [json.loads(line)["stream"]
                    for line in exports.printed(path, export, stream, options=options).splitlines()]
            assert set(told) == {number}, (frame, options)


def test_told_with_the_answer(place):
    """Not in the end only."""
    capture = packets.Capture()
    write_reuse(capture, True)
    capture.tcp(CLIENT, SERVER, packets.ACK, 900_000_001, 950_000_001)
    with live.Tshark("-z", "sockusage,stream,frame.number == 6") as tshark:
        tshark.feed(capture.bytes())
        live.wait_for(lambda: tshark.out.count('"event":"handshake"') == 1, "the handshake")
        assert json.loads(tshark.out)["stream"] == 1
        assert tshark.stop() == 0


def write_flood(path, count):
    """One live connection, one SYN after another on it, each with another number."""
    capture = packets.Capture(step_us=20)
    packets.Connection(capture, CLIENT, SERVER).open()
    for number in range(count):
        if number % 1000 == 0:
            live.flush(path, capture)
        capture.tcp(CLIENT, SERVER, packets.SYN, 100_000_000 + number * 977)
    live.flush(path, capture)
    return path


def growth_kib(few, many, *arguments):
    """By ten times the packets, and what was printed of them."""
    small, _ = live.peak_kib(few, *HEADERS, *arguments)
    large, text = live.peak_kib(many, *HEADERS, *arguments)
    return large - small, text


@pytest.mark.skipif("SU_PRELOAD" in os.environ or "LD_PRELOAD" in os.environ,
                    reason="a sanitizer keeps what is freed")
@pytest.mark.parametrize("options", [(), FORGET], ids=["kept", "forgotten"])
def test_memory_of_a_flood(place, options):
    """Ten times the SYNs in the same memory, though eight filters let all of them pass. But for what
    tshark itself keeps of each packet, which is nothing in 4.0 and 30 octets in 4.4."""
    few, many = write_flood(place / "few.pcap", 20_000), write_flood(place / "many.pcap", 200_000)
    filters = [f"frame.number > {least}" for least in range(8)]
    stock, _ = growth_kib(few, many, *(word for text in filters
                                       for word in ("-z", f"io,stat,0,{text}")))
    ours, told = growth_kib(few, many, *options, *(
        word for text in filters for word in ("-z", f"sockusage,export,totals,ndjson,{text}")))
    assert ours < stock + 4_000  # KiB; eight octets for each would be 11,000
    assert [json.loads(line)["connections"] for line in told.splitlines()] == [1] * 8
