# scenes_wire.py: what lies around TCP: tunnels, VLAN tags, IP fragments, mirror ports; and UDP.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import socket

from frames import vlan_tag
from lab import Connection, reason
from registry import scenario

UNCONNECTED = 'the socket is not connected, so the kernel gives it no state; it has sent, though'
NEVER_SENT = 'a socket that has not sent cannot be seen'


def _whole_life(lab, size=500):
    conn = lab.connect()
    conn.talk(20, size)
    conn.c.close()
    lab.settle(0.08)
    conn.s.close()
    lab.expect(conn, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


def _through_tunnel(kind, inner_family=4):
    def play(lab):
        lab.tunnel(kind, inner_family)
        lab.start_capture()
        _whole_life(lab)
    play.__name__ = '_through_tunnel'
    return play


for _kind, _family, _text in (('gre', 4, 'GRE'), ('ipip', 4, 'IP in IP'),
                              ('vxlan', 4, 'VXLAN'), ('6in4', 6, 'IPv6 in IPv4')):
    _who = 'the kernel\'s VXLAN' if _kind == 'vxlan' else 'a tunnel in user space'
    scenario(f'a connection inside a tunnel: {_text}', name=f'tunnel_{_kind}', late=True,
             programs=f'python sockets, {_who}')(_through_tunnel(_kind, _family))


@scenario('captured inside the tunnel: raw IP without a link header', late=True, interface='tun0',
          programs='python sockets, a tunnel in user space')
def raw_ip(lab):
    lab.tunnel('gre')
    lab.start_capture()
    _whole_life(lab)


@scenario('captured at a mirror port that adds a VLAN tag', point='mirror', late=True)
def vlan(lab):
    lab.mirror(lambda frame: [vlan_tag(frame, 42)])
    lab.start_capture()
    _whole_life(lab)


@scenario('a mirror port that shows every packet twice: nothing was repeated', point='mirror',
          late=True)
def mirror_twice(lab):
    lab.mirror(lambda frame: [frame, frame])
    lab.start_capture()
    _whole_life(lab)


@scenario('a router cuts the segments into IP fragments', router=True, point='server',
          programs='python sockets, a routing host')
def ip_fragments(lab):
    lab.r.ip('link set wire1 mtu 600')
    no_discovery = (socket.IPPROTO_IP, 10, 0)      # IP_MTU_DISCOVER, IP_PMTUDISC_DONT
    conn = lab.connect(options=[no_discovery])
    conn.talk(4000, 100)
    conn.c.sendall(b'x' * 1200)
    conn.c.close()
    lab.settle(0.08)
    conn.s.recv(1200)
    conn.s.close()
    lab.expect(conn, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


# -- UDP
def _udp(lab, port=None):
    sock = lab.socket(lab.a, socket.SOCK_DGRAM)
    source, target = (lab.client_ip, lab.client_port), (lab.server_ip, port or lab.port)
    sock.bind(source)
    sock.connect(target)
    return Connection(source, target, proto='udp', c=sock)


def _udp_server(lab):
    sock = lab.socket(lab.b, socket.SOCK_DGRAM)
    sock.bind((lab.server_ip, lab.port))
    return sock


@scenario('UDP: three questions and answers between connected sockets')
def udp_two_way(lab):
    conn = _udp(lab)
    conn.s = _udp_server(lab)
    conn.s.connect(conn.client)
    _ask(conn)
    lab.expect(conn, '', '', states='ESTABLISHED ESTABLISHED')


@scenario('UDP over IPv6: the server answers from a socket that is not connected', family=6)
def udp_two_way_v6(lab):
    conn = _udp(lab)
    conn.s = _udp_server(lab)
    _ask(conn)
    lab.expect(conn, '', '', states='ESTABLISHED UNCONN',
               accept={'server.state': reason('ESTABLISHED', UNCONNECTED)})


def _ask(conn):
    for _ in range(3):
        conn.c.send(b'q' * 30)
        conn.s.recv(100)
        conn.s.sendto(b'a' * 60, conn.client)
        conn.c.recv(100)


@scenario('UDP one way: nobody answers')
def udp_one_way(lab):
    conn = _udp(lab)
    conn.s = _udp_server(lab)
    conn.c.send(b'q' * 30)
    conn.c.send(b'q' * 30)
    lab.expect(conn, '', '', states='ESTABLISHED UNCONN',
               accept={'server.state': reason('UNKNOWN', NEVER_SENT)})


@scenario('UDP to a closed port: ICMP port unreachable')
def udp_unreachable(lab):
    conn = _udp(lab)
    conn.c.send(b'q' * 30)
    lab.expect(conn, '', '', states='ESTABLISHED CLOSE')


@scenario('UDP to a closed port: ICMPv6 port unreachable', family=6)
def udp_unreachable_v6(lab):
    udp_unreachable(lab)
