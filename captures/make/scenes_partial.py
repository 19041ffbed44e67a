# scenes_partial.py: captures that start late or see one direction only, and ports used again.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import time

from lab import reason
from registry import scenario

EARLIER = 'it happened before the capture began'
HALF = 'only one direction was captured'
RECYCLED = 'its TIME_WAIT was recycled for the next connection at once'


@scenario('the capture begins after the handshake', late=True)
def mid_open(lab):
    conn = lab.connect()
    lab.start_capture()
    conn.talk(10, 500)
    lab.expect(conn, 'midstream', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('the capture begins after the handshake; then the client closes', late=True)
def mid_close(lab):
    conn = lab.connect()
    lab.start_capture()
    conn.talk(10, 500)
    conn.c.close()
    lab.settle(0.08)
    conn.s.close()
    lab.expect(conn, 'midstream', 'fin', by='client', states='TIME_WAIT CLOSE')


@scenario('the capture begins after the client\'s FIN; the server still sends', late=True)
def mid_half_closed(lab):
    conn = lab.connect()
    conn.finish('client')
    lab.settle(0.08)
    lab.start_capture()
    conn.send(conn.s, conn.c, 100)
    lab.expect(conn, 'midstream', 'none', states='FIN_WAIT2 CLOSE_WAIT',
               accept={'client.state': reason('ESTABLISHED', EARLIER),
                       'server.state': reason('ESTABLISHED', EARLIER)})


@scenario('all that was captured is the RST that ended an open connection', late=True)
def mid_rst(lab):
    conn = lab.connect()
    lab.start_capture()
    conn.abort('server')
    lab.expect(conn, 'midstream', 'rst', by='server', rst_by='server', states='CLOSE CLOSE')


@scenario('the capture begins between the two FINs', late=True)
def mid_second_fin(lab):
    conn = lab.connect()
    conn.c.close()
    lab.settle(0.08)
    lab.start_capture()
    conn.s.close()
    lab.expect(conn, 'midstream', 'half', by='server', states='TIME_WAIT CLOSE',
               accept={'client.state': reason('ESTABLISHED CLOSE_WAIT', EARLIER),
                       'server.state': reason('FIN_WAIT2', EARLIER)})


def _one_way(lab, side):
    address = {'client': lab.client_ip, 'server': lab.server_ip}[side]
    lab.only = f'tcp and src host {address}'
    lab.start_capture()
    conn = lab.connect()
    conn.talk(10, 300)
    return conn


@scenario('only what the client sends was captured', late=True)
def one_way_client(lab):
    lab.expect(_one_way(lab, 'client'), 'inferred', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('only what the server sends was captured', late=True)
def one_way_server(lab):
    lab.expect(_one_way(lab, 'server'), 'inferred', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('only what the client sends was captured, to the end of the connection', late=True)
def one_way_close(lab):
    conn = _one_way(lab, 'client')
    conn.c.close()
    lab.settle(0.08)
    conn.s.close()
    lab.expect(conn, 'inferred', 'half', by='client', states='TIME_WAIT CLOSE',
               accept={'client.state': reason('FIN_WAIT1 FIN_WAIT2', HALF),
                       'close': reason('fin fin_unacked', HALF),
                       'server.state': reason('CLOSE_WAIT ESTABLISHED LAST_ACK', HALF)})


# -- the same ports again
@scenario('a reset connection, and at once another one with the same ports')
def reuse_after_rst(lab):
    listener = lab.listen()
    old = lab.connect(listener, client_port=41000)
    old.talk()
    old.abort('client')
    lab.settle(0.08)
    lab.expect(old, 'complete', 'rst', by='client', rst_by='client', states='CLOSE CLOSE')
    lab.freeze(old)
    new = lab.connect(listener, client_port=41000)
    new.talk()
    lab.expect(new, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('the server is in TIME_WAIT and takes a new SYN from the same address and port')
def reuse_server_time_wait(lab):
    _reuse_time_wait(lab, 'server', 'CLOSE TIME_WAIT')


@scenario('the client is in TIME_WAIT and dials again from the same port (tcp_tw_reuse)',
          sysctl={'ipv4/tcp_tw_reuse': 1})
def reuse_client_time_wait(lab):
    _reuse_time_wait(lab, 'client', 'TIME_WAIT CLOSE')


def _reuse_time_wait(lab, first, states):
    listener = lab.listen()
    old = lab.connect(listener, client_port=41000)
    old.talk()
    for sock in (old.s, old.c) if first == 'server' else (old.c, old.s):
        sock.close()
        lab.settle(0.08)
    lab.expect(old, 'complete', 'fin', by=first, states=states,
               accept={f'{first}.state': reason('CLOSE', RECYCLED)})
    time.sleep(1.2)
    lab.freeze(old)
    new = lab.connect(listener, client_port=41000)
    new.talk()
    lab.expect(new, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('both hosts forgot the open connection (TCP_REPAIR); another one takes its ports')
def reuse_superseded(lab):
    listener = lab.listen()
    old = lab.connect(listener, client_port=41000)
    old.talk()
    lab.settle(0.08)
    old.vanish('client')
    old.vanish('server')
    why = 'a socket that vanishes sends nothing'
    lab.expect(old, 'complete', 'superseded', states='CLOSE CLOSE',
               accept={'client.state': reason('ESTABLISHED', why),
                       'server.state': reason('ESTABLISHED', why)},
               so_far={'close': reason('none', 'the SYN that takes its place comes later')})
    lab.freeze(old)
    new = lab.connect(listener, client_port=41000)
    new.talk()
    lab.expect(new, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('the same two ports with the roles exchanged: the former server dials')
def reuse_roles_exchanged(lab):
    listener = lab.listen(port=8080)
    old = lab.connect(listener, client_port=41000)
    old.talk()
    old.abort('client')
    lab.settle(0.08)
    lab.expect(old, 'complete', 'rst', by='client', rst_by='client', states='CLOSE CLOSE')
    lab.freeze(old)
    listener.close()
    new = _dial_back(lab, old)
    new.talk()
    lab.expect(new, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


def _dial_back(lab, old):
    """The old server's address and port call the old client's."""
    lab.a, lab.b = lab.b, lab.a
    lab.client_ip, lab.server_ip = lab.server_ip, lab.client_ip
    return lab.connect(lab.listen(port=old.client[1]), client_port=old.server[1])
