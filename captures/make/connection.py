# connection.py: one connection of a story: its two ends, what they do, what is expected of them.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import socket
from dataclasses import dataclass, field

TCP_REPAIR = 19       # not in Python's socket module


@dataclass
class Connection:
    client: tuple         # (address, port)
    server: tuple
    proto: str = 'tcp'
    c: socket.socket = None   # the client's socket
    s: socket.socket = None   # the server's
    truth: dict = field(default_factory=dict)
    frozen: tuple = None      # states at the moment its ports were used again
    guard: str = None         # states the scenario is meant to end in

    def talk(self, request=20, answer=200):
        """One request, one answer, both read to the end."""
        self.send(self.c, self.s, request)
        self.send(self.s, self.c, answer)

    @staticmethod
    def send(sender, receiver, size):
        sender.sendall(b'x' * size)
        while size:
            size -= len(receiver.recv(size))

    def finish(self, side):
        """shutdown(SHUT_WR) of one side."""
        {'client': self.c, 'server': self.s}[side].shutdown(socket.SHUT_WR)

    def abort(self, side):
        """close() with SO_LINGER 0: RST instead of FIN."""
        sock = {'client': self.c, 'server': self.s}[side]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        sock.close()

    def vanish(self, side):
        """The socket disappears without a packet, as when a host loses power."""
        sock = {'client': self.c, 'server': self.s}[side]
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        sock.close()
