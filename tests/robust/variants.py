"""The same packets told differently: in other file formats, cut, doubled, out of order, in tunnels.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import random
import struct
import subprocess

import packets

ETHERNET = 1
IPV4, IPV6 = b"\x08\x00", b"\x86\xdd"
TUNNEL = bytes((172, 16, 0, 1)), bytes((172, 16, 0, 2))


def call(*words):
    subprocess.run([*map(str, words)], check=True, capture_output=True)


def read(path):
    """(time in ns, full length, octets) of every packet of a classic little-endian pcap file."""
    data = path.read_bytes()
    magic, = struct.unpack_from("<I", data)
    unit = 1 if magic == 0xA1B23C4D else 1000
    at = 24
    while at < len(data):
        seconds, fraction, captured, full = struct.unpack_from("<IIII", data, at)
        yield seconds * 10**9 + fraction * unit, full, data[at + 16:at + 16 + captured]
        at += 16 + captured


def write(path, told):
    """The other way round, in nanoseconds. The full length grows with the octets."""
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, ETHERNET)]
    for time_ns, full, octets in told:
        parts += [struct.pack("<IIII", time_ns // 10**9, time_ns % 10**9, len(octets), full), octets]
    path.write_bytes(b"".join(parts))
    path.chmod(0o644)
    return path


def ip_header(protocol, length):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, protocol, 0) + b"".join(TUNNEL)
    return head[:10] + struct.pack("!H", packets.checksum(head)) + head[12:]


# ---- around a packet; `kind` is its EtherType ---------------------------------------------------

def in_vlan(kind, rest, full):
    del full
    return b"\x81\x00\x00\x2a" + kind, rest


def in_two_vlans(kind, rest, full):
    del full
    return b"\x88\xa8\x00\x07\x81\x00\x00\x2a" + kind, rest


def in_gre(kind, rest, full):
    return IPV4 + ip_header(47, full + 4) + b"\x00\x00" + kind, rest


def in_ip(kind, rest, full):
    return IPV4 + ip_header(4 if kind == IPV4 else 41, full), rest


WRAPPERS = [in_vlan, in_two_vlans, in_gre, in_ip]


def wrapped(path, wrap):
    """Every IP packet inside of something else. Packets too large for that stay as they are."""
    for time_ns, full, octets in read(path):
        kind, rest = octets[12:14], octets[14:]
        if kind in (IPV4, IPV6) and full - 14 + 24 <= 65535:
            around, rest = wrap(kind, rest, full - 14)
            full += len(around) - 2
            octets = octets[:12] + around + rest
        yield time_ns, full, octets


# ---- order --------------------------------------------------------------------------------------

def shuffled(path, window, seed):
    """Within every `window` packets any order; each keeps its time."""
    told = list(read(path))
    chance = random.Random(seed)
    for at in range(0, len(told), window):
        part = told[at:at + window]
        chance.shuffle(part)
        told[at:at + window] = part
    return told


def is_plain_tcp(octets):
    """IPv4 right in Ethernet, no options, no fragment: the TCP header is in octets 34 to 53."""
    return (octets[12:14] == IPV4 and octets[14] == 0x45 and octets[23] == 6 and
            not octets[20] & 0x3F and not octets[21])


def swapped(path, seed):
    """Some neighbours change places, but none that opens or resets a connection: what comes before
    its SYN belongs to no connection, and what comes behind a RST does not, either."""
    told = list(read(path))
    free = [is_plain_tcp(packet[2]) and not packet[2][47] & (packets.SYN | packets.RST)
            for packet in told]
    chance = random.Random(seed)
    at = 0
    while at + 1 < len(told):
        if free[at] and free[at + 1] and chance.random() < 0.5:
            told[at:at + 2] = told[at + 1], told[at]
            at += 1
        at += 1
    return told
