# scenes_programs.py: ready-made programs: nginx, ab, curl, nc; and the mixed capture of the README.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import subprocess
import time

from frames import is_syn, is_synack
from lab import Connection, reason
from registry import scenario

NOBODY = 'whether anybody listens there cannot be seen'
SILENT = {'server.state': reason('LISTEN UNKNOWN CLOSE SYN_RECV', NOBODY)}


def _url(lab, port=80, address=None):
    host = address or lab.server_ip
    return f'http://[{host}]:{port}/' if ':' in host else f'http://{host}:{port}/'


@scenario('25 HTTP/1.0 requests by ab: mostly nginx closes first and keeps the TIME_WAIT',
          link='veth', programs='nginx, ab')
def nginx_ab(lab):
    lab.nginx(80)
    lab.run(lab.a, 'ab', '-q', '-n', '25', '-c', '5', _url(lab))
    lab.expect_each(80, 'complete', 'fin', by=None)


@scenario('100 requests over 4 kept connections, which ab closes at the end', link='veth',
          programs='nginx, ab')
def nginx_ab_keepalive(lab):
    lab.nginx(80)
    lab.run(lab.a, 'ab', '-q', '-k', '-n', '100', '-c', '4', _url(lab))
    lab.expect_each(80, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


@scenario('three requests by curl over one connection, IPv6', family=6, programs='nginx, curl')
def nginx_curl_v6(lab):
    lab.nginx(8080)
    lab.run(lab.a, 'curl', '-s', '-g', '--noproxy', '*', *[_url(lab, 8080)] * 3)
    lab.expect_each(8080, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


@scenario('three GETs over one connection: two replies of several segments, one of which the server '
          'interrupts for a second', programs='nginx, curl')
def nginx_gets(lab):
    lab.nginx(80)
    pages = [_url(lab) + page for page in ('large.html', 'paused.html', '')]
    lab.run(lab.a, 'curl', '-s', '--noproxy', '*', *pages)
    lab.expect_each(80, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


@scenario('nc sends a line to nc and both leave', programs='nc')
def nc_to_nc(lab):
    server = lab.b.start(['nc', '-l', '-N', lab.server_ip, '4444'], stdout=subprocess.DEVNULL)
    lab.wait(lambda: lab.snapshots()[lab.b].bound('tcp', 4444) == 'LISTEN')
    lab.run(lab.a, 'nc', '-N', '-p', '4000', lab.server_ip, '4444')
    server.wait(timeout=10)
    lab.settle()
    conn = Connection((lab.client_ip, 4000), (lab.server_ip, 4444))
    lab.expect(conn, 'complete', 'fin', by='client')


# -- the README's capture
@scenario('a busy minute in small: two web servers, four clients; refused, unreachable, timed out, '
          'reset, half closed, slow and repeated handshakes',
          programs='nginx, ab, curl, python sockets')
def demo(lab):
    clients, servers = _demo_hosts(lab)
    lab.nft(lab.b, 'tcp dport 8443 reject with icmp type admin-prohibited')
    lab.relay.drop('client', lambda p: is_syn(p) and p.dport == 25)
    tries = [lab.dial(port=25, client_port=50100 + i, client_ip=ip)
             for i, ip in enumerate(clients[:2])]
    _demo_web(lab, clients, servers)
    _demo_failures(lab, clients, servers)
    _demo_slow(lab, clients, servers)
    _demo_lingering(lab, clients, servers)
    time.sleep(3.5)
    for conn in tries:
        lab.expect(conn, 'timeout', states='SYN_SENT CLOSE', accept=SILENT)


def _demo_hosts(lab):
    clients = [lab.client_ip] + [f'192.0.2.{n}' for n in (131, 132, 133)]
    servers = [lab.server_ip, '192.0.2.201']
    for ip in clients[1:]:
        lab.address(lab.a, 'wire0', ip)
    lab.address(lab.b, 'wire0', servers[1])
    lab.nginx(80, 443, address=servers[0])
    lab.nginx(80, address=servers[1])
    return clients, servers


def _demo_web(lab, clients, servers):
    lab.run(lab.a, 'ab', '-q', '-n', '12', '-c', '3', '-B', clients[0], _url(lab))
    lab.run(lab.a, 'ab', '-q', '-n', '6', '-c', '2', '-B', clients[1], _url(lab, 80, servers[1]))
    lab.run(lab.a, 'ab', '-q', '-k', '-n', '20', '-c', '2', '-B', clients[2], _url(lab, 443))
    lab.run(lab.a, 'curl', '-s', '--noproxy', '*', '--interface', clients[3],
            *[_url(lab, 80, servers[1])] * 2, '-H', 'Connection: close')
    lab.expect_each(80, 'complete', 'fin', by=None)
    lab.expect_each(443, 'complete', 'fin', by='client', states='TIME_WAIT CLOSE')


def _demo_failures(lab, clients, servers):
    far_end = {'server.state': reason('LISTEN UNKNOWN CLOSE', NOBODY)}
    for i in range(3):
        lab.expect(lab.dial(port=8081, client_port=50200 + i, client_ip=clients[i]),
                   'refused', states='CLOSE CLOSE')
    for i in range(2):
        lab.expect(lab.dial(port=8443, client_port=50300 + i, client_ip=clients[i]),
                   'icmp_hard', states='CLOSE CLOSE', accept=far_end)
    listener = lab.listen(5432, address=servers[1])
    for i, side in enumerate(('client', 'server', 'server')):
        conn = lab.connect(listener, client_port=50400 + i, client_ip=clients[i])
        conn.talk(60, 900)
        conn.abort(side)
        lab.expect(conn, 'complete', 'rst', by=side, rst_by=side, states='CLOSE CLOSE')


def _demo_slow(lab, clients, servers):
    listener = lab.listen(3306)
    lab.relay.delay('server', is_synack, 0.35, times=2)
    for i in range(2):
        _demo_open(lab, listener, 50500 + i, clients[i])
    lab.relay.drop('client', lambda p: is_syn(p) and p.dport == 3306, times=1)
    _demo_open(lab, listener, 50510, clients[3])


def _demo_open(lab, listener, client_port, client_ip):
    conn = lab.connect(listener, client_port=client_port, client_ip=client_ip)
    conn.talk(40, 1500)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


def _demo_lingering(lab, clients, servers):
    listener = lab.listen(8080, address=servers[1])
    for i, side in enumerate(('client', 'client', 'server')):
        conn = lab.connect(listener, client_port=50600 + i, client_ip=clients[i])
        conn.talk(80, 400)
        conn.finish(side)
        states = 'FIN_WAIT2 CLOSE_WAIT' if side == 'client' else 'CLOSE_WAIT FIN_WAIT2'
        lab.expect(conn, 'complete', 'half', by=side, states=states)
