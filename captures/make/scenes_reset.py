# scenes_reset.py: connections that are refused or reset, before, after and instead of a FIN, and
# crafted segments a host does not believe.
#
# SPDX-License-Identifier: GPL-2.0-or-later
from frames import ACK, FIN, RST, SYN, is_syn, is_synack
from lab import Connection, reason
from registry import scenario

NOBODY = 'whether anybody listens there cannot be seen'
CRAFTED = 'python sockets and a crafted segment'


@scenario('connect to a closed port')
def refused(lab):
    _refused(lab)


@scenario('IPv6: connect to a closed port', family=6)
def refused_v6(lab):
    _refused(lab)


def _refused(lab):
    lab.expect(lab.dial(), 'refused', states='CLOSE CLOSE')


@scenario('the client aborts (linger 0)')
def rst_client(lab):
    _abort(lab, 'client')


@scenario('the server aborts (linger 0)')
def rst_server(lab):
    _abort(lab, 'server')


@scenario('IPv6: the server aborts (linger 0)', family=6)
def rst_server_v6(lab):
    _abort(lab, 'server')


def _abort(lab, side):
    conn = lab.connect()
    conn.talk()
    conn.abort(side)
    lab.expect(conn, 'complete', 'rst', by=side, rst_by=side, states='CLOSE CLOSE')


@scenario('the client closes with unread data in its queue: RST instead of FIN')
def rst_client_unread(lab):
    conn = lab.connect()
    conn.s.sendall(b'x' * 500)
    lab.settle(0.08)
    conn.c.close()
    lab.expect(conn, 'complete', 'rst', by='client', rst_by='client', states='CLOSE CLOSE')


@scenario('the server closes with an unread request in its queue')
def rst_server_unread(lab):
    conn = lab.connect()
    conn.c.sendall(b'x' * 500)
    lab.settle(0.08)
    conn.s.close()
    lab.expect(conn, 'complete', 'rst', by='server', rst_by='server', states='CLOSE CLOSE')


@scenario('the listener goes away while the connection still waits to be accepted')
def rst_unaccepted(lab):
    listener = lab.listen()
    conn = lab.dial()
    lab.settle(0.08)
    listener.close()
    lab.expect(conn, 'complete', 'rst', by='server', rst_by='server', states='CLOSE CLOSE')


def _fin_then_rst(lab, finisher, aborter):
    conn = lab.connect()
    conn.talk()
    conn.finish(finisher)
    lab.settle(0.08)
    conn.abort(aborter)
    close = 'fin_rst_self' if finisher == aborter else 'fin_rst_peer'
    lab.expect(conn, 'complete', close, by=finisher, rst_by=aborter, states='CLOSE CLOSE')


@scenario('the client half-closes, then aborts itself')
def fin_then_rst_client(lab):
    _fin_then_rst(lab, 'client', 'client')


@scenario('the server half-closes, then aborts itself')
def fin_then_rst_server(lab):
    _fin_then_rst(lab, 'server', 'server')


@scenario('the client half-closes, then the server aborts')
def fin_client_rst_server(lab):
    _fin_then_rst(lab, 'client', 'server')


@scenario('the server half-closes, then the client aborts')
def fin_server_rst_client(lab):
    _fin_then_rst(lab, 'server', 'client')


@scenario('the server has close()d; the request that comes then is answered with a RST')
def data_to_closed_server(lab):
    conn = lab.connect()
    conn.s.close()
    lab.settle(0.08)
    conn.c.sendall(b'request')
    lab.expect(conn, 'complete', 'fin_rst_self', by='server', rst_by='server',
               states='CLOSE CLOSE')


@scenario('half-open scan: a crafted SYN, a real SYN-ACK, and the RST of a kernel without a socket',
          programs=CRAFTED)
def syn_scan(lab):
    lab.listen()
    conn = Connection((lab.client_ip, lab.client_port), (lab.server_ip, lab.port))
    lab.craft('client', conn, SYN, seq=1000000)
    lab.expect(conn, 'reset_client', states='CLOSE CLOSE')


@scenario('the client takes its SYN back with a RST before an answer arrives (crafted)',
          programs=CRAFTED)
def aborted_client(lab):
    lab.listen()
    lab.relay.drop('server', is_synack)
    conn = Connection((lab.client_ip, lab.client_port), (lab.server_ip, lab.port))
    lab.craft('client', conn, SYN, seq=1000000)
    lab.settle(0.08)
    lab.craft('client', conn, RST, seq=1000001)
    lab.expect(conn, 'aborted_client', states='CLOSE CLOSE',
               accept={'server.state': reason('LISTEN UNKNOWN', NOBODY)})


@scenario('backscatter: a SYN-ACK nobody asked for (crafted), answered with a RST',
          programs=CRAFTED)
def unsolicited_synack(lab):
    conn = Connection((lab.client_ip, lab.client_port), (lab.server_ip, lab.port))
    lab.craft('server', conn, SYN | ACK, seq=77000, ack=5550001)
    lab.expect(conn, 'unsolicited', states='CLOSE CLOSE',
               accept={'handshake': reason('reset_client', 'the SYN might have been missed')})


def _live(lab):
    conn = lab.connect()
    conn.talk(10, 10)
    lab.settle(0.08)
    return conn


def _lives_on(lab, conn):
    lab.settle(0.08)
    conn.talk(10, 10)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('a crafted RST far outside the window is ignored', programs=CRAFTED)
def rst_out_of_window(lab):
    conn = _live(lab)
    lab.craft('client', conn, RST, seq=lab.next_seq('client') + 500_000_000)
    _lives_on(lab, conn)


@scenario('a crafted RST inside the window, not at its edge: challenge ACK, the connection lives',
          programs=CRAFTED)
def rst_in_window(lab):
    conn = _live(lab)
    lab.craft('client', conn, RST, seq=lab.next_seq('client') + 1000)
    _lives_on(lab, conn)


@scenario('a crafted RST with the expected number is believed by the server; the client learns it '
          'when it sends', programs=CRAFTED)
def rst_exact(lab):
    conn = _live(lab)
    lab.craft('client', conn, RST, seq=lab.next_seq('client'))
    lab.settle(0.08)
    why = 'the RST bears the client\'s name: that its socket did not send it cannot be seen'
    lab.expect(conn, 'complete', 'rst', by='client', rst_by='client', states='ESTABLISHED CLOSE',
               accept={'client.state': reason('CLOSE', why)})


@scenario('a crafted FIN far outside the window is answered and ignored', programs=CRAFTED)
def fin_out_of_window(lab):
    conn = _live(lab)
    lab.craft('client', conn, FIN | ACK, seq=lab.next_seq('client') + 500_000_000,
              ack=lab.next_seq('server'))
    _lives_on(lab, conn)


@scenario('a crafted SYN on a live connection: challenge ACK, the connection goes on',
          programs=CRAFTED)
def syn_on_live(lab):
    conn = _live(lab)
    lab.craft('client', conn, SYN, seq=lab.next_seq('client') + 900_000_000)
    _lives_on(lab, conn)


@scenario('half-open recovery: the client forgot the connection (TCP_REPAIR) and dials again from '
          'the same port: SYN, ACK, RST, SYN, SYN-ACK')
def half_open_recovery(lab):
    listener = lab.listen()
    old = lab.connect(listener, client_port=40404)
    old.talk(10, 10)
    lab.settle(0.08)
    old.vanish('client')
    at_client = lab.states(old, lab.snapshots())[0]
    lab.relay.delay('client', is_syn, 0.0, times=1)
    lab.relay.hold('client', is_syn, times=1)     # the second SYN waits until the old is looked at
    new = lab.dial(client_port=40404)
    lab.wait(lambda: lab.relay.held() == 1)
    old.frozen = (at_client, lab.states(old, lab.snapshots())[1])
    lab.relay.release()
    lab.accept(listener, new)
    lab.expect(old, 'complete', 'rst', by='client', rst_by='client', states='CLOSE CLOSE')
    lab.expect(new, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('closed in order, then a late crafted RST ends TIME_WAIT early (RFC 1337)',
          programs=CRAFTED)
def rst_in_time_wait(lab):
    conn = lab.connect()
    conn.c.close()
    lab.settle(0.08)
    conn.s.close()
    lab.settle(0.08)
    lab.craft('server', conn, RST, seq=lab.next_seq('server'))
    why = 'hosts that follow RFC 1337 ignore it'
    lab.expect(conn, 'complete', 'fin', by='client', states='CLOSE CLOSE',
               accept={'client.state': reason('TIME_WAIT', why)})
