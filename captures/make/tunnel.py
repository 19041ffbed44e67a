# tunnel.py: one end of an IP tunnel (GRE, IP in IP, IPv6 in IPv4) run in user space.
# Kernels without the tunnel's module can make the captures too; the packets are the same.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import select
import socket
import threading

from netns import IFF_TUN

# kind: (IP protocol, header in front of the inner packet)
KINDS = {
    'gre': (47, lambda inner: b'\0\0' + (b'\x86\xdd' if inner[0] >> 4 == 6 else b'\x08\0')),
    'ipip': (4, lambda inner: b''),
    '6in4': (41, lambda inner: b''),
}


class Tunnel(threading.Thread):
    def __init__(self, ns, kind, local, remote):
        super().__init__(daemon=True)
        proto, self._header = KINDS[kind]
        self._skip = 4 if kind == 'gre' else 0
        self._tun = ns.tap('tun0', IFF_TUN)
        with ns:
            self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, proto)
        self._raw.bind((local, 0))
        self._remote = remote
        self._end_r, self._end_w = os.pipe()
        ns.ip('link set tun0 mtu 1400')
        self.start()

    def run(self):
        while True:
            ready, _, _ = select.select([self._tun, self._raw, self._end_r], [], [])
            if self._end_r in ready:
                return
            if self._tun in ready:
                inner = os.read(self._tun, 65536)
                self._raw.sendto(self._header(inner) + inner, (self._remote, 0))
            if self._raw in ready:
                outer = self._raw.recv(65536)
                os.write(self._tun, outer[(outer[0] & 15) * 4 + self._skip:])

    def stop(self):
        os.write(self._end_w, b'.')
        self.join()
        self._raw.close()
        for fd in (self._tun, self._end_r, self._end_w):
            os.close(fd)
