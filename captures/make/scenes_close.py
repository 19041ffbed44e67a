# scenes_close.py: connections that open and close in order: idle, half closed, closed, both at
# once.
# Every packet arrives, unless the story says otherwise.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import socket
import time

from frames import is_bare_ack, is_fin, is_tcp
from lab import reason
from registry import scenario

SMALL = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
DELIVERED = 'the packet was seen on its way; that it was lost behind the capture cannot be seen'


@scenario('handshake, then silence')
def open_idle(lab):
    lab.expect(lab.connect(), 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('IPv6: requests and answers, left open', family=6)
def open_data_v6(lab):
    conn = lab.connect()
    conn.talk(100, 3000)
    conn.talk(50, 10)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('the server\'s port is far above the client\'s: only the SYN tells the roles')
def server_port_above(lab):
    conn = lab.connect(port=50999, client_port=1026)
    conn.talk(10, 10)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('orderly close, client first: the client keeps TIME_WAIT')
def close_client_first(lab):
    _orderly(lab, 'client', 'TIME_WAIT CLOSE')


@scenario('IPv6: orderly close, client first', name='close_client_first_v6', family=6)
def close_client_first_v6(lab):
    _orderly(lab, 'client', 'TIME_WAIT CLOSE')


@scenario('orderly close, server first: the server keeps TIME_WAIT', link='veth')
def close_server_first(lab):
    _orderly(lab, 'server', 'CLOSE TIME_WAIT')


@scenario('IPv6: orderly close, server first, on the "any" device (Linux cooked header)', family=6,
          interface='any')
def close_server_first_any(lab):
    _orderly(lab, 'server', 'CLOSE TIME_WAIT')


@scenario('both hosts are one: captured on the loopback device', link='lo')
def close_on_loopback(lab):
    _orderly(lab, 'client', 'TIME_WAIT CLOSE')


def _orderly(lab, first, states):
    conn = lab.connect()
    conn.talk(20, 2000)
    for sock in (conn.c, conn.s) if first == 'client' else (conn.s, conn.c):
        sock.close()
        lab.settle(0.08)
    lab.expect(conn, 'complete', 'fin', by=first, states=states)


@scenario('the client has finished, the server has not: FIN_WAIT2 and CLOSE_WAIT')
def half_close_client(lab):
    _half(lab, 'client', 'FIN_WAIT2 CLOSE_WAIT')


@scenario('the server has finished, the client has not')
def half_close_server(lab):
    _half(lab, 'server', 'CLOSE_WAIT FIN_WAIT2')


def _half(lab, side, states):
    conn = lab.connect()
    conn.talk(20, 40)
    conn.finish(side)
    lab.expect(conn, 'complete', 'half', by=side, states=states)


@scenario('after the client\'s FIN the server goes on sending, and the client acknowledges')
def half_close_then_data(lab):
    conn = lab.connect()
    conn.finish('client')
    lab.settle(0.08)
    for _ in range(3):
        conn.send(conn.s, conn.c, 100)
        lab.settle(0.06)
    lab.expect(conn, 'complete', 'half', by='client', states='FIN_WAIT2 CLOSE_WAIT')


@scenario('the last data and the FIN share one segment (TCP_CORK)')
def fin_with_data(lab):
    conn = lab.connect()
    conn.c.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    conn.c.sendall(b'x' * 50)
    conn.finish('client')
    lab.expect(conn, 'complete', 'half', by='client', states='FIN_WAIT2 CLOSE_WAIT')


@scenario('close() of the server finds unsent data behind a zero window: FIN_WAIT1 without a FIN')
def close_behind_zero_window(lab):
    conn = lab.connect(options=[SMALL])
    _fill(lab, conn.s)
    conn.s.close()
    lab.settle()
    why = 'the FIN waits in the sender\'s queue; no packet tells of it'
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED FIN_WAIT1',
               accept={'server.state': reason('ESTABLISHED', why)})


@scenario('the server does not read: zero window, probes, still open')
def zero_window(lab):
    conn = lab.connect(lab.listen(options=[SMALL]))
    _fill(lab, conn.c)
    time.sleep(0.6)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


def _fill(lab, sock):
    """Write until neither the peer's window nor our own buffer takes more."""
    sock.setblocking(False)
    refusals = 0
    while refusals < 3:
        try:
            sock.send(b'x' * 4000)
        except BlockingIOError:
            refusals += 1
        lab.settle(0.05)


@scenario('keep-alive probes and their answers')
def keepalive(lab):
    conn = lab.connect()
    conn.talk(5, 5)
    _keep_alive(conn.c)
    time.sleep(3.3)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('keep-alive probes without an answer: the client gives up and resets')
def keepalive_gives_up(lab):
    conn = lab.connect()
    lab.relay.drop('server', is_tcp)
    _keep_alive(conn.c)
    time.sleep(3.6)
    lab.expect(conn, 'complete', 'rst', by='client', rst_by='client', states='CLOSE CLOSE')


def _keep_alive(sock):
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1),
                          (socket.TCP_KEEPCNT, 2)):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


# The first FIN in sight names the side, as long as it is not proved that both were under way.
EITHER = {'close.by': reason('both', 'the FINs crossed: neither side was first')}


# -- both FINs under way at the same time
def _cross(lab, lose=()):
    conn = _fins_under_way(lab)
    for side, match in lose:
        lab.relay.drop(side, match)
    lab.relay.release()
    lab.settle(0.1)
    return conn


def _fins_under_way(lab):
    conn = lab.connect()
    for side in ('client', 'server'):
        lab.relay.hold(side, is_fin, times=1)
    conn.c.close()
    conn.s.close()
    lab.wait(lambda: lab.relay.held() == 2)
    return conn


@scenario('the FINs cross: TIME_WAIT at both ends')
def close_both(lab):
    lab.expect(_cross(lab), 'complete', 'fin_simul', by='both', states='TIME_WAIT TIME_WAIT')


@scenario('the FINs cross, and the server\'s ACK overtakes its FIN on the way')
def close_both_overtaken(lab):
    conn = _fins_under_way(lab)
    lab.relay.release('client')
    lab.settle(0.05)
    lab.relay.release('server')
    lab.expect(conn, 'complete', 'fin_simul', by='both', states='TIME_WAIT TIME_WAIT')


@scenario('the FINs cross, the server\'s ACK is lost before the capture: CLOSING at the client')
def closing_client(lab):
    conn = _cross(lab, [('server', is_bare_ack)])
    time.sleep(0.5)
    lab.expect(conn, 'complete', 'fin_unacked', by='client', states='CLOSING TIME_WAIT',
               accept=EITHER)


@scenario('the FINs cross, the client\'s ACK is lost before the capture: CLOSING at the server',
          point='server')
def closing_server(lab):
    conn = _cross(lab, [('client', is_bare_ack)])
    time.sleep(0.5)
    lab.expect(conn, 'complete', 'fin_unacked', by='server', states='TIME_WAIT CLOSING',
               accept=EITHER)


@scenario('the FINs cross and nothing arrives after them: CLOSING at both ends')
def closing_both(lab):
    conn = _cross(lab, [('client', is_tcp), ('server', is_tcp)])
    lab.expect(conn, 'complete', 'fin_unacked', by='client', states='CLOSING CLOSING',
               accept=EITHER | {'server.state': reason('TIME_WAIT', DELIVERED)})
