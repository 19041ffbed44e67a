"""Preferences: each does what it says, and a value that makes no sense is refused.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest

import shown
import su_tshark
from packets import ACK, PSH, RST, SYN, Capture, Connection, address

CLIENT = address("10.0.0.1")
SERVER = address("10.0.0.2")


def setting(name, value):
    return ("-o", f"sockusage.{name}:{value}")


def last(capture, field, *arguments):
    """The field's value in the last frame that has it."""
    fields = shown.by_fields(capture, [field], *arguments)
    values = [found[field][-1] for found in fields.values() if field in found]
    return values[-1] if values else None


def connection(capture, port=40000, server_port=80, **more):
    return Connection(capture, (CLIENT, port), (SERVER, server_port), **more)


def written(folder, capture):
    return capture.write(folder / "made.pcap")


# ---- what they do -----------------------------------------------------------------------------

def test_syn_timeout(folder):
    capture = Capture()
    connection(capture).say("c", SYN)
    capture.now_us += 5_000_000
    connection(capture, 40001).say("c", SYN)
    path = written(folder, capture)
    first = ("-2", "-Y", "sockusage.stream == 0")
    assert last(path, "sockusage.handshake", *first) == "timeout"
    assert last(path, "sockusage.handshake", *first, *setting("syn_timeout", 10)) == "pending"


def test_time_goes_on_with_frames_that_are_not_ip(folder):
    """The clock is that of the capture, not only of its TCP packets."""
    capture = Capture()
    connection(capture).say("c", SYN)
    capture.now_us += 5_000_000
    connection(capture, 40001).say("c", SYN)
    packet = bytearray(capture.records[-1])
    packet[12:14] = b"\x88\xb5"  # an EtherType for local experiments
    capture.records[-1] = bytes(packet)
    path = written(folder, capture)
    assert last(path, "sockusage.handshake", "-2") == "timeout"


TREE = ("-q", "-z", "sockusage,tree")


@pytest.mark.parametrize("name, begin", [
    ("time_wait", lambda conn: conn.close("c")),
    ("fin_timeout", lambda conn: (conn.say("c", ACK | 1), conn.say("s", ACK))),
])
def test_time_ends_states(folder, name, begin):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    begin(conn)
    capture.now_us += 30_000_000
    connection(capture, 40001).open()
    path = written(folder, capture)
    state = "TIME_WAIT" if name == "time_wait" else "FIN_WAIT2"
    assert state in shown.output("-r", path, *TREE)
    assert state not in shown.output("-r", path, *TREE, *setting(name, 20))


def test_role(folder):
    capture = Capture()
    connection(capture, 400, 4000).open()
    path = written(folder, capture)
    assert last(path, "sockusage.server.port") == "4000"
    assert last(path, "sockusage.server.port", *setting("role", "port")) == "400"
    assert last(path, "sockusage.role_source", *setting("role", "port")) == "user"


def test_server_ports(folder):
    capture = Capture()
    conn = connection(capture, 2001, 2002)
    conn.say("c", PSH | ACK, b"x")
    conn.say("s", PSH | ACK, b"y")
    path = written(folder, capture)
    assert last(path, "sockusage.role_source") == "lower port"
    there = setting("server_ports", "1-10,2002")
    assert last(path, "sockusage.server.port", *there) == "2002"
    assert last(path, "sockusage.role_source", *there) == "port list"


def test_strict_rst(folder):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.next["s"] += 100_000_000
    conn.say("s", RST)
    path = written(folder, capture)
    assert last(path, "sockusage.close") == "none"
    assert last(path, "sockusage.rst.invalid") == "1"
    assert last(path, "sockusage.close", *setting("strict_rst", "FALSE")) == "rst"


def test_icmp(captures):
    path = captures / "icmp_port.pcapng"
    assert last(path, "sockusage.handshake") == "icmp_hard"
    assert last(path, "sockusage.handshake", *setting("icmp", "FALSE")) == "pending"
    assert last(path, "sockusage.icmp.errors", *setting("icmp", "FALSE")) == "1"


def damaged(folder, flags):
    """The server's last segment has a bad checksum, after good ones."""
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.say("s", flags, b"x" if flags & PSH else b"")
    packet = bytearray(capture.records[-1])
    packet[14 + 20 + 16] ^= 0xFF
    capture.records[-1] = bytes(packet)
    return written(folder, capture)


@pytest.mark.parametrize("policy, control, data", [("off", 0, 0), ("control", 1, 0), ("all", 1, 1)])
def test_checksum(folder, policy, control, data):
    chosen = setting("checksum", policy)
    path = damaged(folder, RST | ACK)
    assert last(path, "sockusage.bad_checksum", *chosen) == str(control)
    assert last(path, "sockusage.close", *chosen) == ("none" if control else "rst")
    path = damaged(folder, PSH | ACK)
    assert last(path, "sockusage.bad_checksum", *chosen) == str(data)


def test_udp(captures):
    path = captures / "udp_two_way.pcapng"
    assert shown.by_filter(path, "sockusage.udp.stream")
    assert shown.by_filter(path, "sockusage", *setting("udp", "FALSE")) == set()


# ---- what they refuse -------------------------------------------------------------------------

@pytest.mark.parametrize("name, value, kept, allowed", [
    ("syn_timeout", 0, "3", "1 to 86400"),
    ("syn_timeout", 4294967295, "3", "1 to 86400"),
    ("time_wait", 90000, "60", "1 to 86400"),
    ("fin_timeout", 86401, "0", "0 to 86400"),
    ("gap_threshold", 86400001, "200", "0 to 86400000"),
    ("forget_after", 86401, "0", "0 to 86400"),
])
def test_out_of_range_is_refused(captures, name, value, kept, allowed):
    done = su_tshark.run("-r", captures / "demo.pcapng", "-c", "1", *setting(name, value))
    assert done.returncode == 0
    assert f"sockusage.{name}: {value} is out of range" in done.stderr
    assert allowed in done.stderr
    assert f"{kept} is kept" in done.stderr


@pytest.mark.parametrize("name, value", [
    ("syn_timeout", "soon"), ("syn_timeout", "-1"), ("time_wait", "1.5"),
    ("time_wait", "99999999999"), ("server_ports", "http"), ("server_ports", "70000"),
    ("no_such_preference", "1"),
])
def test_nonsense_is_refused(captures, name, value):
    done = su_tshark.run("-r", captures / "demo.pcapng", "-c", "1", *setting(name, value))
    assert done.returncode == 1
    assert f"sockusage.{name}" in done.stderr


def test_an_unknown_word_changes_nothing(folder):
    """tshark ignores it without a word, and gives a plugin no chance to object."""
    capture = Capture()
    connection(capture, 400, 4000).open()
    path = written(folder, capture)
    assert last(path, "sockusage.server.port", *setting("role", "prot")) == "4000"
