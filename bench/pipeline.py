"""socket_usage's answer the way it is had without a plugin: reads what tshark -T fields prints.

    tshark -r FILE -Y tcp -T fields -e ip.src -e tcp.srcport -e ip.dst -e tcp.dstport -e tcp.flags \\
        -e tcp.stream | python3 bench/pipeline.py

Rules as simple as that tool's: the lower port is the server's; a connection with a FIN from both
sides or a RST is closed, one with a single FIN lingers, all others are open.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import sys

FIN, RST = 0x01, 0x04
OPEN, LINGER, CLOSED = range(3)


def connections(lines):
    """{stream: (server, client, FINs by sender, reset)}"""
    table = {}
    for line in lines:
        source, sport, target, dport, flags, stream = line.rstrip("\n").split("\t")
        flow = table.get(stream)
        if flow is None:
            ends = (source, target) if int(sport) < int(dport) else (target, source)
            flow = table[stream] = [*ends, set(), False]
        bits = int(flags, 16)
        if bits & FIN:
            flow[2].add((source, sport))
        if bits & RST:
            flow[3] = True
    return table


def hosts(table):
    """Two tables {host: [total, open, linger]}: as server, as client."""
    sides = [collections.defaultdict(lambda: [0, 0, 0]) for _ in range(2)]
    for server, client, fins, reset in table.values():
        state = CLOSED if reset or len(fins) == 2 else LINGER if fins else OPEN
        for side, host in zip(sides, (server, client)):
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
