# capture.py: runs tcpdump in a namespace and keeps what it saw as pcapng, with its origin inside.
# tcpdump writes classic pcap; pcapng is wanted for the comment and the interface's name.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import re
import signal
import struct
import subprocess
import tempfile

PCAP_NANOSECONDS = 0xA1B23C4D
LINK_ETHERNET, LINK_RAW, LINK_SLL2 = 1, 101, 276
LINK_NAMES = {LINK_ETHERNET: 'Ethernet', LINK_RAW: 'raw IP', LINK_SLL2: 'Linux cooked'}
# Neither ARP nor neighbour discovery nor multicast housekeeping: connections and their errors only.
FILTER = ('(ip and not igmp) or ip6 proto 6 or ip6 proto 17 or ip6 proto 44 or '
          '(icmp6 and ip6[40] < 128)')


class Capture:
    """One running tcpdump."""

    def __init__(self, ns, interface, expression=FILTER):
        self.interface, self.filter = interface, expression
        self._file = tempfile.TemporaryFile()
        argv = ['tcpdump', '-i', interface, '-n', '-U', '--immediate-mode', '-Z', 'root',
                '-s', '66000', '-B', '16384',
                '--time-stamp-precision=nano', '-w', '-', expression]
        self._process = ns.start(argv, stdout=self._file, stderr=subprocess.PIPE, text=True)
        for line in self._process.stderr:
            if 'listening on' in line:
                return
        raise RuntimeError('tcpdump does not start')

    def stop(self):
        """End the capture; returns (link type, [(nanoseconds, octets, length on the wire)])."""
        self._process.send_signal(signal.SIGINT)
        _, err = self._process.communicate(timeout=10)
        if not re.search(r'^0 packets dropped by kernel', err, re.M):
            raise RuntimeError('tcpdump lost packets: ' + err)
        self._file.seek(0)
        return read_pcap(self._file.read())

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._file.close()


def read_pcap(data):
    magic, link = struct.unpack_from('<I', data)[0], struct.unpack_from('<I', data, 20)[0]
    if magic != PCAP_NANOSECONDS:
        raise ValueError('no little-endian pcap with nanoseconds')
    records, at = [], 24
    while at + 16 <= len(data):
        seconds, nanoseconds, captured, length = struct.unpack_from('<IIII', data, at)
        records.append((seconds * 10**9 + nanoseconds, data[at + 16:at + 16 + captured], length))
        at += 16 + captured
    return link, records


def _padded(data):
    return data + b'\0' * (-len(data) % 4)


def _option(code, value):
    return struct.pack('<HH', code, len(value)) + _padded(value)


def _block(kind, body):
    size = struct.pack('<I', 12 + len(body))
    return struct.pack('<I', kind) + size + body + size


def write_pcapng(path, link, records, texts):
    """texts: comment, system, program, interface."""
    end = _option(0, b'')
    options = [_option(code, texts[key].encode())
               for code, key in ((1, 'comment'), (3, 'system'), (4, 'program'))]
    section = struct.pack('<IHHq', 0x1A2B3C4D, 1, 0, -1) + b''.join(options) + end
    interface = (struct.pack('<HHI', link, 0, 262144) + _option(2, texts['interface'].encode())
                 + _option(9, b'\x09') + end)
    with open(path, 'wb') as f:
        f.write(_block(0x0A0D0D0A, section) + _block(1, interface))
        for time, octets, length in records:
            head = struct.pack('<IIIII', 0, time >> 32, time & 0xFFFFFFFF, len(octets), length)
            f.write(_block(6, head + _padded(octets)))
