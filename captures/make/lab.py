# lab.py: one experiment: two hosts, the wire between them, a capture, and what is expected of it.
# Scenarios speak only to this class. Nothing here decides a socket's state: kernel.py reads it.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import errno
import os
import socket
import subprocess
import time
import zlib

import frames
from capture import FILTER, Capture
from connection import Connection
from kernel import Snapshot
from programs import Nginx
from topology import Topology

QUIET = 0.15          # a wire silent for so long has nothing left to say but timers
TIMEOUT = 10.0
SERVER_PORTS = (80, 443, 993, 8080, 3306, 5060, 25, 636)
# Results of attempts that no server socket has answered: a listener is all there can be.
UNANSWERED = ('pending', 'timeout', 'challenged', 'stale_synack', 'icmp_hard', 'icmp_soft')
ATTRIBUTES = ('client.state', 'server.state', 'handshake', 'close', 'close.by', 'close.rst_by')


class Lab(Topology):
    """point: where the capture is taken; interface and only (a filter): of what."""

    def __init__(self, name, *, point='client', interface=None, only=FILTER, **topology):
        super().__init__(zlib.crc32(name.encode()), **topology)
        self.name, self.point, self.interface, self.only = name, point, interface, only
        self.capture = None
        self.connections, self.each = [], []
        self._sockets, self._programs = [], []
        self._dialled = 0

    # -- capture and time
    def start_capture(self):
        where = {'client': self.a, 'server': self.b, 'mirror': self.m}[self.point]
        only = '' if self.point == 'mirror' else self.only
        self.capture = Capture(where, self.interface or self.device, only)

    def settle(self, quiet=QUIET):
        if self.relay:
            self.relay.settle(quiet)
        else:
            time.sleep(quiet)

    def wait(self, condition, limit=TIMEOUT):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f'{self.name}: waited in vain')
            time.sleep(0.005)

    # -- sockets
    @property
    def port(self):
        return SERVER_PORTS[self._seed % len(SERVER_PORTS)]

    @property
    def client_port(self):
        return 33000 + self._seed % 25000

    def socket(self, ns, kind=socket.SOCK_STREAM, proto=0):
        family = socket.AF_INET if self.family == 4 else socket.AF_INET6
        with ns:
            sock = socket.socket(family, kind, proto)
        sock.settimeout(TIMEOUT)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sockets.append(sock)
        return sock

    def listen(self, port=None, backlog=64, options=(), address=None):
        sock = self.socket(self.b)
        for level, name, value in options:
            sock.setsockopt(level, name, value)
        sock.bind((address or self.server_ip, port or self.port))
        sock.listen(backlog)
        return sock

    def dial(self, port=None, client_port=None, options=(), client_ip=None, server_ip=None):
        """connect() without waiting for its end."""
        sock = self.socket(self.a)
        for level, name, value in options:
            sock.setsockopt(level, name, value)
        source = (client_ip or self.client_ip, client_port or self._next_client_port())
        target = (server_ip or self.server_ip, port or self.port)
        sock.bind(source)
        sock.setblocking(False)
        result = sock.connect_ex(target)
        if result not in (0, errno.EINPROGRESS):
            raise OSError(result, os.strerror(result))
        sock.settimeout(TIMEOUT)
        return Connection(source, target, c=sock)

    def _next_client_port(self):
        self._dialled += 1
        return self.client_port + self._dialled - 1

    def accept(self, listener, connection):
        listener.settimeout(TIMEOUT)
        connection.s, peer = listener.accept()
        connection.s.settimeout(TIMEOUT)
        self._sockets.append(connection.s)
        if peer[:2] != connection.client:
            raise RuntimeError(f'{self.name}: accepted {peer}, not {connection.client}')
        return connection

    def connect(self, listener=None, **how):
        """A connection open at both ends."""
        listener = listener or self.listen(how.get('port'))
        ip, port = listener.getsockname()[:2]
        connection = self.accept(listener, self.dial(**{**how, 'server_ip': ip, 'port': port}))
        self.settle(0.05)
        return connection

    # -- crafted segments
    def craft(self, side, connection, flags, seq, ack=0, window=512):
        """Send one made-up segment from a host, past its TCP."""
        src, dst = connection.client, connection.server
        if side == 'server':
            src, dst = dst, src
        packet = frames.Packet(frames.TCP, src[0], dst[0], src[1], dst[1], seq, ack, flags, window)
        raw = self.socket(self.home[src[0]], socket.SOCK_RAW, socket.IPPROTO_TCP)
        raw.bind((src[0], 0))
        raw.sendto(frames.tcp_segment(packet), (dst[0], 0))

    def next_seq(self, side):
        return self.relay.last[side].end

    # -- programs
    def nginx(self, *ports, address=None):
        server = Nginx(self.b, address or self.server_ip, ports)
        self._programs.append(server)
        return server

    def run(self, ns, *argv):
        """A program of a user, to its end."""
        process = ns.start(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if process.wait(timeout=60) != 0:
            raise RuntimeError(f'{self.name}: {argv[0]} ended with {process.returncode}')

    # -- expectation
    def expect(self, connection, handshake, close='na', *, by='', rst_by='', states=None,
               accept=None, so_far=None):
        """by: close.by. states: 'CLIENT SERVER', checked, so that a scenario cannot miss its aim.
        accept: other values the capture does not exclude, {attribute: {value: reason}};
        so_far: values right only while the rest of the file is unread (one pass)."""
        connection.truth = {'handshake': handshake, 'close': close, 'close.by': by,
                            'close.rst_by': rst_by}
        connection.truth |= {k: v for k, v in (('accept', accept), ('so_far', so_far)) if v}
        connection.guard = states
        self.connections.append(connection)
        return connection

    def expect_each(self, port, handshake, close, **how):
        """The same of every connection to a port that the capture shows the SYN of.
        by=None: the one that closed first is the one the kernels have in TIME_WAIT."""
        self.each.append((port, handshake, close, how))

    def freeze(self, connection):
        """The ports are about to be used again: note the states of this incarnation now."""
        connection.frozen = self.states(connection, self.snapshots())

    def snapshots(self):
        return {ns: Snapshot(ns) for ns in {self.a, self.b}}

    def states(self, connection, snapshots):
        """(client's state, server's state) by the kernels."""
        if connection.frozen:
            return connection.frozen
        proto, client, server = connection.proto, connection.client, connection.server
        at_client = snapshots[self.home.get(client[0], self.a)]
        at_server = snapshots[self.home.get(server[0], self.b)]
        mine = at_client.state(proto, client, server)
        theirs = at_server.state(proto, server, client)
        if proto == 'udp':
            theirs = self._udp_state(theirs, at_server.bound(proto, server[1]))
            mine = self._udp_state(mine, at_client.bound(proto, client[1]))
        elif theirs == 'CLOSE' and connection.truth.get('handshake') in UNANSWERED:
            theirs = at_server.bound(proto, server[1]) or theirs
        return mine, theirs

    @staticmethod
    def _udp_state(state, bound):
        """/proc writes CLOSE for a socket that is there but not connected."""
        return 'UNCONN' if state == 'CLOSE' and bound else state

    def add_seen(self, records):
        """Turn expect_each() into connections, by the SYNs of the capture."""
        known = {(c.client, c.server) for c in self.connections}
        for _, octets, _ in records:
            packet = frames.parse_ethernet(octets)
            if not frames.is_syn(packet):
                continue
            pair = (packet.src, packet.sport), (packet.dst, packet.dport)
            how = next((e for e in self.each if e[0] == pair[1][1]), None)
            if how and pair not in known:
                known.add(pair)
                self.expect(Connection(*pair), *how[1:3], **how[3])

    def close(self):
        """Whatever happened: leave nothing running."""
        if self.capture:
            self.capture.kill()
        for program in self._programs:
            program.stop()
        for sock in self._sockets:
            sock.close()
        super().close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reason(values, why):
    """{value: why} for several values."""
    return {value: why for value in values.split()}
