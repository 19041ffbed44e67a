"""Files that are broken: tshark complains as it does without us, and what it could read is reported.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import struct

import pytest

import exports
import variants

DEMO = exports.capture("demo")


@pytest.fixture(scope="module", name="demo")
def demo_as_pcap(place):
    path = place / "demo.pcap"
    variants.call("editcap", "-F", "nsecpcap", DEMO, path)
    path.chmod(0o644)
    return path


def records(path):
    """The header of a classic pcap file, and its records."""
    data = path.read_bytes()
    parts, at = [data[:24]], 24
    while at < len(data):
        size = 16 + struct.unpack_from("<I", data, at + 8)[0]
        parts.append(data[at:at + size])
        at += size
    return parts


def report(path):
    """What we say, after a look at the status: that of a tshark that is asked for something else."""
    done = exports.run("-r", path, "-z", "sockusage,export,all,json")
    plain = exports.run("-r", path, "-z", "conv,tcp")
    assert (done.returncode, done.stderr) == (plain.returncode, plain.stderr)
    return json.loads(done.stdout) if done.stdout else None, done.returncode


def write(place, data):
    path = place / "broken.pcap"
    path.write_bytes(data)
    path.chmod(0o644)
    return path


def packets_of(found):
    return sum(flow[side]["packets"] for flow in found["flows"] for side in ("client", "server"))


@pytest.mark.parametrize("cut", [1, 8, 16, 17, 60])
@pytest.mark.parametrize("number", [1, 2, 100, 371])
def test_pcap_cut_anywhere(demo, place, number, cut):
    """In the header of a record, behind it, and in the packet."""
    parts = records(demo)
    whole, status = report(write(place, b"".join(parts[:number])))
    assert status == 0
    found, status = report(write(place, b"".join(parts[:number]) + parts[number][:cut]))
    assert status != 0
    assert found is None or found == whole


def test_pcapng_cut_in_a_block(place):
    data = DEMO.read_bytes()
    found, status = report(write(place, data[:len(data) // 2 + 5]))
    assert status != 0
    assert found is None or 0 < found["capture"]["packets"] < 371


def test_a_packet_of_no_octets(demo, place):
    parts = records(demo)
    nothing = parts[1][:8] + struct.pack("<II", 0, 0)
    found, status = report(write(place, b"".join((parts[0], nothing, *parts[1:]))))
    assert status == 0
    assert found["capture"]["packets"] == 372
    assert len(found["flows"]) == len(report(demo)[0]["flows"])


def test_a_packet_longer_than_any(demo, place):
    parts = records(demo)
    giant = parts[1][:8] + struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF) + parts[1][16:]
    _, status = report(write(place, b"".join((*parts[:50], giant, *parts[50:]))))
    assert status != 0


def test_a_packet_that_claims_to_have_been_longer(demo, place):
    """Captured: 54 octets. On the wire: four gigabytes. IP says how much of it is payload."""
    parts = [part[:8] + struct.pack("<II", min(54, len(part) - 16), 0xFFFFFFFF) + part[16:70]
             for part in records(demo)[1:]]
    found, status = report(write(place, records(demo)[0] + b"".join(parts)))
    assert status == 0
    assert packets_of(found) > 0
    assert max(flow[side]["bytes"] for flow in found["flows"] for side in ("client", "server")) < 2**20


def test_two_sections(place):
    """Two pcapng files, one behind the other in one: interfaces are numbered anew."""
    names = [exports.capture("close_client_first"), exports.capture("raw_ip")]
    path = place / "sections.pcapng"
    path.write_bytes(b"".join(name.read_bytes() for name in names))
    path.chmod(0o644)
    found, status = report(path)
    parts = [report(name)[0] for name in names]
    assert status == 0
    assert found["totals"]["connections"] == sum(part["totals"]["connections"] for part in parts)
    assert packets_of(found) == sum(map(packets_of, parts))


def test_an_unknown_link(demo, place):
    """Nothing can be said of it, and nothing is."""
    head, *parts = records(demo)
    found, status = report(write(place, head[:20] + struct.pack("<I", 147) + b"".join(parts)))
    assert status == 0
    assert (found["capture"]["packets"], found["flows"]) == (371, [])
