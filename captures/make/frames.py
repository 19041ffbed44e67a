# frames.py: reads the headers the relay and the maker decide by, and builds crafted TCP segments.
# Only Ethernet and raw IP, only what the scenarios need; anything else is "no packet".
#
# SPDX-License-Identifier: GPL-2.0-or-later
import ipaddress
import struct
from dataclasses import dataclass

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
ICMPV6_INFORMATIONAL = 128


@dataclass
class Packet:
    proto: int
    src: str
    dst: str
    sport: int = 0
    dport: int = 0
    seq: int = 0
    ack: int = 0
    flags: int = 0
    window: int = 0
    length: int = 0

    @property
    def end(self):
        """The sequence number after this segment."""
        extra = bool(self.flags & SYN) + bool(self.flags & FIN)
        return (self.seq + self.length + extra) & 0xFFFFFFFF


def _transport(proto, src, dst, body):
    packet = Packet(proto, src, dst)
    if proto == TCP and len(body) >= 20:
        (packet.sport, packet.dport, packet.seq, packet.ack, offset, packet.flags,
         packet.window) = struct.unpack('!HHIIBBH', body[:16])
        packet.length = len(body) - (offset >> 4) * 4
    elif proto == UDP and len(body) >= 8:
        packet.sport, packet.dport = struct.unpack('!HH', body[:4])
        packet.length = len(body) - 8
    elif proto == ICMPV6 and body and body[0] >= ICMPV6_INFORMATIONAL:
        return None
    return packet


def parse_ip(data):
    """The packet in an IP datagram, None if it is of no interest (ARP, neighbour discovery)."""
    if len(data) >= 20 and data[0] >> 4 == 4:
        total = struct.unpack('!H', data[2:4])[0]
        fragment = struct.unpack('!H', data[6:8])[0] & 0x1FFF
        if fragment:
            return None
        src, dst = (str(ipaddress.IPv4Address(data[i:i + 4])) for i in (12, 16))
        return _transport(data[9], src, dst, data[(data[0] & 15) * 4:total or len(data)])
    if len(data) >= 40 and data[0] >> 4 == 6:
        size = struct.unpack('!H', data[4:6])[0]
        src, dst = (str(ipaddress.IPv6Address(data[i:i + 16])) for i in (8, 24))
        return _transport(data[6], src, dst, data[40:40 + size])
    return None


def parse_ethernet(frame):
    if frame[12:14] in (b'\x08\x00', b'\x86\xdd'):
        return parse_ip(frame[14:])
    return None


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def tcp_segment(packet):
    """The octets of a TCP segment (IPv4, no options, no payload) as the packet describes it."""
    head = struct.pack('!HHIIBBHHH', packet.sport, packet.dport, packet.seq & 0xFFFFFFFF,
                       packet.ack & 0xFFFFFFFF, 5 << 4, packet.flags, packet.window, 0, 0)
    pseudo = (ipaddress.IPv4Address(packet.src).packed + ipaddress.IPv4Address(packet.dst).packed
              + struct.pack('!BBH', 0, TCP, len(head)))
    return head[:16] + struct.pack('!H', checksum(pseudo + head)) + head[18:]


def vlan_tag(frame, tag):
    return frame[:12] + struct.pack('!HH', 0x8100, tag) + frame[12:]


# What rules ask of a packet.
def is_tcp(packet):
    return packet is not None and packet.proto == TCP


def is_syn(packet):
    return is_tcp(packet) and packet.flags & (SYN | ACK) == SYN


def is_synack(packet):
    return is_tcp(packet) and packet.flags & (SYN | ACK) == SYN | ACK


def is_fin(packet):
    return is_tcp(packet) and bool(packet.flags & FIN)


def is_rst(packet):
    return is_tcp(packet) and bool(packet.flags & RST)


def is_data(packet):
    return is_tcp(packet) and packet.length > 0


def is_bare_ack(packet):
    return (is_tcp(packet) and packet.flags & (SYN | FIN | RST | ACK) == ACK
            and packet.length == 0)
