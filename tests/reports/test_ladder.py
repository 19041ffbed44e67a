"""The ladder, packet by packet, against what Wireshark's own TCP dissector says of each: numbers,
windows (RFC 7323), flags, and which packet is there at all (IPv6, tunnels, fragments).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures

import exports
import su_tshark

FACTS = ["frame.number", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size", "tcp.flags"]
ONE_EACH = "tcp && !icmp && !icmpv6"
LETTERS = {2: "S", 1: "F", 4: "R", 8: "P", 16: "A", 32: "U"}

# Where we see it differently: a SYN on a live connection is no new one (the kernel challenges it), and
# a window is not scaled unless both SYNs are known to have the option.
OTHERWISE = {"half_open_recovery", "syn_on_live", "one_way_client", "one_way_close", "one_way_server"}
NAMES = sorted(OTHERWISE | {
    "aborted_client", "close_behind_zero_window", "close_client_first_v6", "data_lost",
    "icmp_frag_needed", "ip_fragments", "mid_close", "nginx_ab", "nginx_gets", "reuse_superseded",
    "rst_server_v6", "tunnel_6in4", "tunnel_gre", "vlan", "zero_window"})


def letters(flags):
    return "".join(letter for bit, letter in LETTERS.items() if flags & bit)


def expected(path):
    """{frame: (seq, ack, length, window, flags)}"""
    packets = {}
    for row in su_tshark.rows(path, FACTS, only=ONE_EACH, two_passes=False):
        flags = int(row["tcp.flags"], 0)
        packets[int(row["frame.number"])] = (
            int(row["tcp.seq"]), int(row["tcp.ack"]) if flags & 16 else None, int(row["tcp.len"]),
            int(row["tcp.window_size"]), letters(flags))
    return packets


def told(path):
    return {packet["frame"]: (packet["seq"], packet["ack"], packet["length"], packet["window"],
                              packet["flags"]) for packet in exports.exported(path, "ladder")}


def agrees(name):
    path = exports.capture(name)
    return told(path) == expected(path)


def test_every_packet_is_as_wireshark_has_it():
    """In one pass: then the dissector knows no more than we do."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        agree = list(pool.map(agrees, NAMES))
    assert {name for name, same in zip(NAMES, agree) if not same} == OTHERWISE


def test_an_unknown_factor_is_told():
    packets = exports.exported(exports.capture("one_way_client"), "ladder")
    assert [packet["window_scaled"] for packet in packets if packet["flags"] != "S"] == [False] * 3
    packets = exports.exported(exports.capture("nginx_gets"), "ladder")
    assert all(packet["window_scaled"] for packet in packets)
