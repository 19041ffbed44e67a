# kernel.py: the truth: the sockets a kernel lists in /proc/net/tcp, tcp6, udp and udp6.
# A snapshot holds the states of one namespace; a socket that is not listed is CLOSE.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import ipaddress

# Numbers of include/net/tcp_states.h.
STATES = {1: 'ESTABLISHED', 2: 'SYN_SENT', 3: 'SYN_RECV', 4: 'FIN_WAIT1', 5: 'FIN_WAIT2',
          6: 'TIME_WAIT', 7: 'CLOSE', 8: 'CLOSE_WAIT', 9: 'LAST_ACK', 10: 'LISTEN', 11: 'CLOSING',
          12: 'SYN_RECV'}


def _endpoint(text):
    """'0100007F:0050' as ('127.0.0.1', 80): 32-bit words in the host's (little-endian) order."""
    address, port = text.split(':')
    octets = b''.join(bytes.fromhex(address[i:i + 8])[::-1] for i in range(0, len(address), 8))
    return str(ipaddress.ip_address(octets)), int(port, 16)


class Snapshot:
    """What one namespace said at one moment."""

    def __init__(self, ns):
        self._pairs, self._bound = {}, {}
        with ns:
            for table in ('tcp', 'tcp6', 'udp', 'udp6'):
                with open('/proc/thread-self/net/' + table, encoding='ascii') as f:
                    self._read(table[:3], f.readlines()[1:])

    def _read(self, proto, lines):
        for line in lines:
            words = line.split()
            local, remote = _endpoint(words[1]), _endpoint(words[2])
            state = STATES[int(words[3], 16)]
            if remote[1]:
                self._pairs[proto, local, remote] = state
            else:
                self._bound[proto, local[1]] = state

    def state(self, proto, local, remote):
        """State of the socket of this connection; CLOSE if there is none."""
        return self._pairs.get((proto, local, remote), 'CLOSE')

    def bound(self, proto, port):
        """State of a socket that waits on this port for anyone: LISTEN, None if nobody does."""
        return self._bound.get((proto, port))
