# netns.py: network namespaces without names, and the devices between them.
# A namespace lives as long as its descriptor, so a killed run leaves nothing behind.
# Knows nothing of captures or TCP.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import ctypes
import fcntl
import os
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_TAP, IFF_NO_PI = 0x0001, 0x0002, 0x1000
LIBC = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


# A child must not outlive this run, not even when it is killed.
DIE_WITH_PARENT = ('setpriv', '--pdeathsig', 'KILL', '--')


class Netns:
    """`with ns:` makes whatever the calling thread opens or starts belong to the namespace."""

    def __init__(self):
        home = self._current()
        _check(LIBC.unshare(CLONE_NEWNET), 'unshare')
        self.fd = self._current()
        self._leave(home)
        self._outside = []
        self.run('ip', 'link', 'set', 'lo', 'up')

    @staticmethod
    def _current():
        return os.open('/proc/thread-self/ns/net', os.O_RDONLY | os.O_CLOEXEC)

    @staticmethod
    def _leave(home):
        _check(LIBC.setns(home, CLONE_NEWNET), 'setns')
        os.close(home)

    def __enter__(self):
        self._outside.append(self._current())
        _check(LIBC.setns(self.fd, CLONE_NEWNET), 'setns')
        return self

    def __exit__(self, *_):
        self._leave(self._outside.pop())

    @property
    def path(self):
        return f'/proc/{os.getpid()}/fd/{self.fd}'

    def run(self, *argv):
        with self:
            subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def ip(self, words):
        self.run('ip', *words.split())

    def start(self, argv, **options):
        with self:
            return subprocess.Popen([*DIE_WITH_PARENT, *argv], stdin=subprocess.DEVNULL, **options)

    def sysctl(self, key, value):
        with self, open('/proc/sys/net/' + key, 'w', encoding='ascii') as f:
            f.write(str(value))

    def tap(self, name, mode=IFF_TAP):
        """A TAP (or TUN) device in this namespace; the descriptor is its wire."""
        with self:
            fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', name.encode(), mode | IFF_NO_PI))
        return fd

    def veth(self, name, peer, peer_name):
        self.ip(f'link add {name} type veth peer name {peer_name} netns {peer.path}')

    def close(self):
        os.close(self.fd)
