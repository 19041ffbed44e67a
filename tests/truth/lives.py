"""Random lives of real sockets, and whether the plugin tells of them as the kernel does.

    tests/truth/lives [ROUNDS] [--seed N] [--loss]

Each round lets up to 40 connections do what programs do, in an order nobody thought of: send, read,
shut down, close, abort, never be accepted, come again from the same port. The wire between the two
hosts may delay packets, so that they overtake each other; with --loss it may also lose some, before
or behind the capture. Then the wire heals, all that is owed is repeated, and the states in
/proc/net/tcp are held against the fields of the last packet. Needs root: everything happens in
network namespaces. What a capture cannot show is left out: a socket closed before its SYN was
answered, a SYN or RST that was lost, whether the ACK of a repeated SYN-ACK arrived, or found room in
a full queue. With --loss more is hidden, such as a socket that gives up before its FIN has come
through. Ends with 1 if anything differs, and keeps those captures to be looked at.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import collections
import contextlib
import os
import pathlib
import random
import socket
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "captures" / "make"), str(HERE.parents[1] / "tools")]

import frames  # noqa: E402 (the path must be known first)
import su_tshark  # noqa: E402
from capture import write_pcapng  # noqa: E402
from lab import Lab  # noqa: E402

OPEN_PORT, FULL_PORT, CLOSED_PORT = 8080, 81, 9
SIDES = ("client", "server")
# A veth pair and the loopback hand on large segments. (IPv6 on a veth pair begins a second late.)
LINKS = (("relay", 4), ("relay", 4), ("relay", 6), ("veth", 4), ("lo", 4), ("lo", 6))
FIELDS = ["sockusage.stream", "sockusage.client.port", "sockusage.client.state",
          "sockusage.server.state", "sockusage.handshake"]
# What is sent stays below any window: a FIN behind a full one is known to the kernel alone.
SIZES = (1, 20, 500, 1448, 1449, 5000)
ATTEMPTS = ("pending", "timeout", "challenged", "stale_synack")
DOUBTED = ("SYN_RECV", "ESTABLISHED")  # its last ACK may have arrived


def send(sock, size):
    sock.send(b"x" * size)


def receive(sock, _):
    sock.recv(65536)


def close(sock, _):
    sock.close()


def abort(sock, _):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


def probe(sock, _):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)


def shut(how):
    return lambda sock, _: sock.shutdown(how)


ACTIONS = {send: 30, receive: 25, close: 10, abort: 4, probe: 2, shut(socket.SHUT_WR): 10,
           shut(socket.SHUT_RD): 3, shut(socket.SHUT_RDWR): 3}
SYSCTLS = {"ipv4/tcp_timestamps": 0, "ipv4/tcp_sack": 0, "ipv4/tcp_window_scaling": 0,
           "ipv4/tcp_early_retrans": 3}


class Wire:
    """What happens between the hosts; remembers the flags of what it has taken from each client's
    connections."""

    def __init__(self, lab, chance, delays, loss):
        self.chance, self.loss, self.lost = chance, loss, collections.defaultdict(set)
        for side in SIDES if lab.relay else ():
            if loss:
                lab.relay.drop(side, self._loses)
            for ms in (2, 15, 40) if delays else ():
                lab.relay.delay(side, lambda packet: self._is_hit(packet, 0.15), ms / 1e3)

    def _is_hit(self, packet, share):
        return packet is not None and packet.proto == frames.TCP and self.chance.random() < share

    def _loses(self, packet):
        if not self._is_hit(packet, self.loss):
            return False
        port = packet.sport if packet.sport > 32767 else packet.dport
        self.lost[port].add(packet.flags)
        return True


def accept_all(listener, accepted):
    with contextlib.suppress(OSError):
        while True:
            sock, peer = listener.accept()
            sock.setblocking(False)
            accepted[peer[1]] = sock


def dial(lab, port, client_port=None):
    connection = lab.dial(port=port, client_port=client_port)
    connection.c.setblocking(False)
    return connection


def act(chance, lab, connection, accepted):
    """One step in the life of one end, if it is still there; a client that is not may come again."""
    side = chance.choice(SIDES)
    port = connection.client[1]
    sock = connection.c if side == "client" else accepted.get(port)
    action = chance.choices(list(ACTIONS), ACTIONS.values())[0]
    size = chance.choice(SIZES)
    with contextlib.suppress(OSError):
        if sock is not None and sock.fileno() >= 0:
            action(sock, size)
        elif side == "client" and chance.random() < 0.5:
            connection.c = dial(lab, connection.server[1], port).c


def live(lab, chance):
    """[connections], with all that happens to them."""
    accepted, connections, steps = {}, [], []
    listener = lab.listen(port=OPEN_PORT, backlog=100)
    lab.listen(port=FULL_PORT, backlog=1)
    listener.settimeout(None)
    threading.Thread(target=accept_all, args=(listener, accepted), daemon=True).start()
    for _ in range(chance.choice((10, 25, 40))):
        port = chance.choices((OPEN_PORT, FULL_PORT, CLOSED_PORT), (30, 1, 2))[0]
        connection = dial(lab, port)
        connections.append(connection)
        steps += [connection] * chance.choice((0, 1, 2, 3, 4, 6, 8, 12))
        time.sleep(chance.choice((0, 0.005, 0.02)))
    lab.settle(0.05)
    chance.shuffle(steps)
    for connection in steps:
        act(chance, lab, connection, accepted)
        time.sleep(chance.choice((0, 0, 0, 0.001, 0.003, 0.04)))
    return connections, accepted


def told(path):
    """{client's port: its row in the end}"""
    return {int(row["sockusage.client.port"]): row
            for row in su_tshark.rows(path, FIELDS, only="sockusage.stream")}


def agrees(want, got, lost, server_port):
    """May the capture say so? want: (client's state, server's state); lost: flags of lost segments."""
    if got is None:
        return any(flags & frames.SYN for flags in lost)
    pair = got["sockusage.client.state"], got["sockusage.server.state"]
    if pair == want or any(flags & frames.RST for flags in lost):
        return True
    if (pair[1], want[1]) == DOUBTED and frames.ACK in lost:
        return True
    if got["sockusage.handshake"] in ATTEMPTS:
        return want[0] in ("CLOSE", pair[0]) and want[1] in ("CLOSE", "LISTEN")
    # Whether its queue had room for the last ACK is the kernel's own business.
    return server_port == FULL_PORT and pair[0] == want[0]


def play(seed, loss, path):
    """(how many connections were judged, [a line for each that differs])"""
    chance = random.Random(seed)
    sysctl = {name: value for name, value in SYSCTLS.items() if chance.random() < 0.25}
    link, family = chance.choice(LINKS)
    with Lab(f"lives {seed}", point=chance.choice(("client", "server", "mirror")), link=link,
             family=family, sysctl=sysctl) as lab:
        if lab.point == "mirror" and lab.relay:
            lab.mirror(lambda frame: [frame])
        elif lab.point == "mirror":
            lab.point = "client"
        lab.start_capture()
        wire = Wire(lab, random.Random(seed + 1), chance.random() < 0.5, chance.choice(loss))
        connections, accepted = live(lab, chance)
        if lab.relay:
            lab.relay.clear()
        time.sleep(6 if wire.loss else 0)
        lab.settle(0.8 if wire.loss else 0.3)
        before = lab.snapshots()
        kind, records = lab.capture.stop()
        after = lab.snapshots()
        states = [(lab.states(each, before), lab.states(each, after)) for each in connections]
        for sock in accepted.values():
            sock.close()
    write_pcapng(path, kind, records, {"comment": f"lives {seed}", "system": "Linux",
                                       "program": "tcpdump", "interface": "wire0"})
    rows = told(path)
    wrong = []
    for connection, (want, later) in zip(connections, states):
        port = connection.client[1]
        server_port = connection.server[1]
        if want == later and not agrees(want, rows.get(port), wire.lost[port], server_port):
            wrong.append(f"client port {port}: kernel {want}, told {rows.get(port)}")
    return sum(want == later for want, later in states), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--loss", action="store_true", help="lose packets in some rounds, too")
    parser.add_argument("--keep", default="/var/tmp", help="where captures with a difference go")
    options = parser.parse_args()
    judged = differ = 0
    for seed in range(options.seed, options.seed + options.rounds):
        path = pathlib.Path(options.keep, f"lives_{seed}.pcapng")
        try:
            count, wrong = play(seed, (0, 0.05, 0.15, 0.3) if options.loss else (0,), path)
        except TimeoutError as problem:  # a machine so busy that the wire never became quiet
            print(f"seed {seed}: not judged: {problem}", flush=True)
            continue
        judged, differ = judged + count, differ + len(wrong)
        print(*wrong, sep="\n", end="\n" if wrong else "")
        print(f"seed {seed}: {judged} connections, {differ} differ", flush=True)
        if not wrong:
            os.unlink(path)
    return 1 if differ or not judged else 0


if __name__ == "__main__":
    sys.exit(main())
