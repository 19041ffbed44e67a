"""Writes small captures: TCP over IPv4 over Ethernet, in the classic pcap format; reads pcapng.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
ETHERNET = bytes.fromhex("020000000002020000000001") + b"\x08\x00"
START_S = 1_700_000_000


def read(path):
    """(link type, octets) of every packet of a little-endian pcapng file."""
    data = path.read_bytes()
    at = 0
    links = []
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 1:  # interface description
            links += struct.unpack_from("<H", data, at + 8)
        elif kind == 6:  # enhanced packet
            link, _, _, captured = struct.unpack_from("<IIII", data, at + 8)
            yield links[link], data[at + 28:at + 28 + captured]
        at += size


def checksum(data):
    """RFC 1071. The plugin disbelieves a FIN or RST of a sender who can do better."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def address(text):
    return ipaddress.ip_address(text).packed


class Capture:
    """Packets in the order of the calls."""

    def __init__(self, step_us=1000, start_us=START_S * 1_000_000):
        self.now_us = start_us
        self.step_us = step_us
        self.records = [HEADER]

    def tcp(self, src, dst, flags, seq, ack=0, payload=b""):
        """One segment; src and dst are (packed address, port)."""
        header = struct.pack("!HHIIBBHHH", src[1], dst[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50,
                             flags, 64000, 0, 0)
        pseudo = src[0] + dst[0] + struct.pack("!HH", 6, len(header) + len(payload))
        proof = struct.pack("!H", checksum(pseudo + header + payload))
        link = ETHERNET + struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0)
        if len(src[0]) == 16:
            link = ETHERNET[:12] + struct.pack("!HIHBB", 0x86DD, 6 << 28, 20 + len(payload), 6, 64)
        packet = b"".join((link, src[0], dst[0], header[:16], proof, header[18:], payload))
        self.records.append(struct.pack(
            "<IIII", self.now_us // 1_000_000, self.now_us % 1_000_000, len(packet), len(packet)))
        self.records.append(packet)
        self.now_us += self.step_us

    def bytes(self):
        return b"".join(self.records)

    def write(self, path):
        path.write_bytes(self.bytes())
        return path


class Connection:
    """Says the next thing of one side; numbers follow by themselves."""

    def __init__(self, capture, client, server, isn=1000):
        self.capture = capture
        self.socket = {"c": client, "s": server}
        self.next = {"c": isn, "s": isn + 500_000}

    def say(self, side, flags, payload=b""):
        peer = "s" if side == "c" else "c"
        ack = self.next[peer] if flags & ACK else 0
        self.capture.tcp(self.socket[side], self.socket[peer], flags, self.next[side], ack, payload)
        self.next[side] += len(payload) + bool(flags & SYN) + bool(flags & FIN)

    def open(self):
        self.say("c", SYN)
        self.say("s", SYN | ACK)
        self.say("c", ACK)

    def close(self, first="c"):
        second = "s" if first == "c" else "c"
        self.say(first, FIN | ACK)
        self.say(second, FIN | ACK)
        self.say(first, ACK)

    def reset(self, side="s"):
        self.say(side, RST | ACK)

    def refuse(self):
        self.say("c", SYN)
        self.say("s", RST | ACK)
