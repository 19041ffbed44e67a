"""socket_usage's answer the way it is had without a plugin: reads what tshark -T fields prints.

    tshark -r FILE -Y tcp -o tcp.relative_sequence_numbers:FALSE -T fields -e ip.src -e tcp.srcport \\
        -e ip.dst -e tcp.dstport -e tcp.seq -e tcp.ack -e tcp.flags.syn -e tcp.flags.ack \\
        -e tcp.flags.fin -e tcp.flags.reset | python3 bench/pipeline.py

The fields are those that tool asks tshark for, and the rules as simple as its own: the lower port is
the server's; a connection begins with a SYN-ACK, is open until a FIN, closed after a RST or when both
FINs are acknowledged, and lingers in between.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import sys

SYN, ACK, FIN, RST = 8, 4, 2, 1
OPEN, LINGER, CLOSED = range(3)


class Connection:
    """Sides are told apart by address and port; `low` is the server's."""

    __slots__ = ("server", "client", "low", "fins", "acked", "reset")

    def __init__(self, source, target):
        low, high = sorted((source, target), key=lambda side: int(side[1]))
        self.server, self.client, self.low = low[0], high[0], low
        self.fins, self.acked, self.reset = [None, None], [False, False], False

    def take(self, source, seq, ack, flags):
        side = source == self.low
        if flags & FIN:
            self.fins[side] = seq
        if flags & ACK and self.fins[not side] is not None and ack > self.fins[not side]:
            self.acked[not side] = True
        if flags & RST:
            self.reset = True

    def state(self):
        if self.reset or all(self.acked):
            return CLOSED
        return OPEN if self.fins == [None, None] else LINGER


def begins(flags, known):
    """An answer to a SYN does, and what comes of a connection that was there before."""
    return flags & (SYN | ACK) == SYN | ACK or (not known and flags & (ACK | RST) == ACK)


def connections(lines):
    table = {}
    for line in lines:
        address, port, peer, peer_port, seq, ack, *bits = line.rstrip("\n").split("\t")
        if "," in address:  # quoted in an ICMP error
            continue
        source, target = (address, port), (peer, peer_port)
        flags = int("".join(bits), 2)
        key = frozenset((source, target))
        flow = table.get(key)
        if begins(flags, flow):
            flow = table[key] = Connection(source, target)
        if flow:
            flow.take(source, int(seq), int(ack or 0), flags)
    return table.values()


def hosts(flows):
    """Two tables {host: [total, open, linger]}: as server, as client."""
    sides = [collections.defaultdict(lambda: [0, 0, 0]) for _ in range(2)]
    for flow in flows:
        state = flow.state()
        for side, host in zip(sides, (flow.server, flow.client)):
            side[host][0] += 1
            side[host][1] += state == OPEN
            side[host][2] += state == LINGER
    return sides


def main():
    for title, side in zip(("Server", "Client"), hosts(connections(sys.stdin))):
        print(f"{title:>15} {'Total':>8} {'Open':>8} {'Linger':>8}")
        for host, numbers in sorted(side.items(), key=lambda row: (-row[1][0], row[0])):
            print(f"{host:>15} " + " ".join(f"{number:8}" for number in numbers))


if __name__ == "__main__":
    main()
