# scenes_icmp.py: ICMP and ICMPv6 errors, for attempts and for connections that are open.
# The server's host sends them by a packet filter rule; routers send those only a router can.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import socket
import time

from lab import reason
from registry import scenario

PROGRAMS = 'python sockets, nftables'
BEHIND = 'what the far end holds cannot be seen behind an error'
FAR_END = {'server.state': reason('LISTEN UNKNOWN CLOSE', BEHIND)}
# name: (word of the packet filter, type/code, class)
V4 = {
    'port': ('port-unreachable', '3/3', 'icmp_hard'),
    'protocol': ('prot-unreachable', '3/2', 'icmp_hard'),
    'host': ('host-unreachable', '3/1', 'icmp_soft'),
    'net_prohibited': ('net-prohibited', '3/9', 'icmp_hard'),
    'host_prohibited': ('host-prohibited', '3/10', 'icmp_hard'),
    'prohibited': ('admin-prohibited', '3/13', 'icmp_hard'),
}
V6 = {
    'port': ('port-unreachable', '1/4', 'icmp_hard'),
    'address': ('addr-unreachable', '1/3', 'icmp_soft'),
    'prohibited': ('admin-prohibited', '1/1', 'icmp_hard'),
    'policy': ('policy-fail', '1/5', 'icmp_hard'),
    'reject_route': ('reject-route', '1/6', 'icmp_hard'),
}


def _rejected(protocol, word, handshake):
    def play(lab):
        lab.nft(lab.b, f'tcp dport {lab.port} reject with {protocol} type {word}')
        lab.expect(lab.dial(), handshake, states='CLOSE CLOSE', accept=FAR_END)
    play.__name__ = '_rejected'
    return play


for _family, _table in ((4, V4), (6, V6)):
    _protocol = 'icmp' if _family == 4 else 'icmpv6'
    for _name, (_word, _code, _class) in _table.items():
        scenario(f'SYN answered with {_protocol} {_code} ({_word})', programs=PROGRAMS,
                 name=f'{_protocol}_{_name}', family=_family)(_rejected(_protocol, _word, _class))


@scenario('the router has no route: ICMP 3/0 (network unreachable)', router=True,
          programs='python sockets, a routing host')
def icmp_net(lab):
    _no_route(lab, '203.0.113.9')


@scenario('the router has no route: ICMPv6 1/0', router=True, family=6,
          programs='python sockets, a routing host')
def icmpv6_no_route(lab):
    _no_route(lab, '2001:db8:2::9')


def _no_route(lab, nowhere):
    lab.expect(lab.dial(server_ip=nowhere), 'icmp_soft', states='CLOSE CLOSE', accept=FAR_END)


@scenario('TTL 1: the router answers the SYN with ICMP 11/0 (time exceeded)', router=True,
          programs='python sockets, a routing host')
def icmp_ttl(lab):
    _expires(lab, (socket.IPPROTO_IP, socket.IP_TTL, 1))


@scenario('hop limit 1: the router answers the SYN with ICMPv6 3/0', router=True, family=6,
          programs='python sockets, a routing host')
def icmpv6_hop_limit(lab):
    _expires(lab, (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 1))


def _expires(lab, option):
    lab.listen()
    lab.expect(lab.dial(options=[option]), 'icmp_soft', states='CLOSE LISTEN', accept=FAR_END)


@scenario('path MTU discovery: ICMP 3/4 (fragmentation needed) is no failure', router=True,
          programs='python sockets, a routing host')
def icmp_frag_needed(lab):
    _too_big(lab)


@scenario('path MTU discovery: ICMPv6 2/0 (packet too big) is no failure', router=True, family=6,
          programs='python sockets, a routing host')
def icmpv6_too_big(lab):
    _too_big(lab)


def _too_big(lab):
    lab.r.ip('link set wire1 mtu 1300')
    conn = lab.connect()
    conn.send(conn.c, conn.s, 6000)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


def _on_established(lab, protocol):
    conn = lab.connect()
    conn.talk(10, 10)
    lab.nft(lab.b, f'tcp dport {lab.port} reject with {protocol} type port-unreachable')
    conn.c.sendall(b'x' * 20)
    lab.settle(0.05)
    time.sleep(0.3)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('ICMP 3/3 for data of an open connection: noted, not believed', programs=PROGRAMS)
def icmp_on_established(lab):
    _on_established(lab, 'icmp')


@scenario('ICMPv6 1/4 for data of an open connection', programs=PROGRAMS, family=6)
def icmpv6_on_established(lab):
    _on_established(lab, 'icmpv6')
