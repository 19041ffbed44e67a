# scenes_handshake.py: handshakes in trouble: packets lost or late, both ends dialling, full queues,
# Fast Open, deferred accept.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import socket
import time

from frames import ACK, SYN, is_bare_ack, is_rst, is_syn, is_synack, is_tcp
from lab import Connection, reason
from registry import scenario

BEHIND = 'behind the loss: that the packet never arrived cannot be seen'
BEFORE = 'the packet was lost before the capture point and never seen'
NOBODY = 'whether anybody listens there cannot be seen'
IN_SIGHT = 'the last packet in sight may or may not have arrived'
SILENT = {'server.state': reason('LISTEN UNKNOWN CLOSE SYN_RECV', NOBODY)}


@scenario('the SYN is lost behind the capture; the client is still trying, the server LISTENs')
def syn_lost(lab):
    lab.relay.drop('client', is_syn)
    lab.listen()
    conn = lab.dial()
    time.sleep(1.4)
    lab.expect(conn, 'pending', states='SYN_SENT LISTEN', accept=SILENT)


@scenario('IPv6: the SYN is lost behind the capture', family=6)
def syn_lost_v6(lab):
    syn_lost(lab)


@scenario('no answer at all: the client gives up after its second SYN, which no packet tells',
          sysctl={'ipv4/tcp_syn_retries': 1})
def syn_timeout(lab):
    lab.relay.drop('client', lambda p: is_syn(p) and p.dport == lab.port)
    listener = lab.listen(port=7777)
    conn = lab.dial()
    lab.wait(lambda: lab.states(conn, lab.snapshots())[0] == 'CLOSE')
    time.sleep(0.5)
    other = lab.connect(listener)
    lab.expect(conn, 'timeout', states='CLOSE CLOSE',
               accept=SILENT | {'client.state': reason('SYN_SENT', 'giving up sends nothing')},
               so_far={'handshake': reason('pending', 'its last packet comes before 3 s are over')})
    lab.expect(other, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('no answer for more than 3 s, and still trying')
def syn_unanswered(lab):
    lab.relay.drop('client', is_syn)
    lab.listen()
    conn = lab.dial()
    time.sleep(4.6)
    lab.expect(conn, 'timeout', states='SYN_SENT LISTEN', accept=SILENT)


@scenario('the first SYN is lost behind the capture, the second succeeds')
def syn_repeated(lab):
    lab.relay.drop('client', is_syn, times=1)
    _succeeds(lab)


@scenario('the first SYN-ACK is lost behind the capture; both ends repeat, then it succeeds',
          point='server')
def synack_repeated(lab):
    lab.relay.drop('server', is_synack, times=1)
    _succeeds(lab)


@scenario('a slow SYN-ACK: it takes 400 ms')
def synack_slow(lab):
    lab.relay.delay('server', is_synack, 0.4)
    _succeeds(lab)


def _succeeds(lab):
    conn = lab.connect()
    conn.talk(10, 10)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('every SYN-ACK is lost behind the capture: SYN_SENT and SYN_RECV', point='server')
def synack_lost(lab):
    lab.relay.drop('server', is_synack)
    lab.listen()
    conn = lab.dial()
    time.sleep(2.3)
    lab.expect(conn, 'no_ack', states='SYN_SENT SYN_RECV')


@scenario('the third packet is lost behind the capture: the server repeats its SYN-ACK')
def final_ack_lost(lab):
    lab.relay.drop('client', is_bare_ack)
    lab.listen()
    conn = lab.dial()
    time.sleep(1.4)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED SYN_RECV',
               accept={'server.state': reason('ESTABLISHED', IN_SIGHT)})


@scenario('the third packet is lost before the capture', point='server')
def final_ack_lost_unseen(lab):
    lab.relay.drop('client', is_bare_ack)
    lab.listen()
    conn = lab.dial()
    time.sleep(1.4)
    lab.expect(conn, 'no_ack', states='ESTABLISHED SYN_RECV',
               accept={'client.state': reason('SYN_SENT', BEFORE)})


@scenario('TCP_DEFER_ACCEPT: the server stays in SYN_RECV until data comes')
def deferred_accept(lab):
    lab.listen(options=[(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 10)])
    conn = lab.dial()
    lab.settle()
    why = 'a setting of the server\'s socket: on the wire it is a whole handshake'
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED SYN_RECV',
               accept={'server.state': reason('ESTABLISHED', why)})


@scenario('accept queue full: third packets arrive and are not heeded, SYN-ACKs are repeated; a '
          'later SYN gets no answer')
def accept_overflow(lab):
    lab.listen(backlog=2)           # the queue is full when it holds one more than that
    first = [lab.dial() for _ in range(2)]
    lab.settle(0.08)
    lab.relay.hold('client', is_bare_ack, times=2)
    first += [lab.dial() for _ in range(2)]
    lab.wait(lambda: lab.relay.held() == 2)
    lab.relay.release()
    lab.settle(0.08)
    late = lab.dial()
    time.sleep(1.3)
    for conn in first[:3]:
        lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')
    lab.expect(first[3], 'complete', 'none', states='ESTABLISHED SYN_RECV',
               accept={'server.state': reason('ESTABLISHED', IN_SIGHT)})
    lab.expect(late, 'pending', states='SYN_SENT LISTEN', accept=SILENT)


@scenario('SYN cookies: the server keeps no request socket; the connection is a normal one',
          sysctl={'ipv4/tcp_syncookies': 2})
def syn_cookies(lab):
    _succeeds(lab)


@scenario('Fast Open: data in the SYN, accepted by the server',
          sysctl={'ipv4/tcp_fastopen': 0x207})
def fast_open(lab):
    listener = lab.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)])
    sock = lab.socket(lab.a)
    sock.bind((lab.client_ip, lab.client_port))
    sock.sendto(b'x' * 50, socket.MSG_FASTOPEN, (lab.server_ip, lab.port))
    conn = lab.accept(listener, Connection((lab.client_ip, lab.client_port),
                                           (lab.server_ip, lab.port), c=sock))
    conn.s.recv(50)
    conn.send(conn.s, conn.c, 30)
    lab.expect(conn, 'complete_tfo', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('only a SYN-ACK for another SYN comes back (crafted): refused with a RST, still trying',
          programs='python sockets and a crafted segment')
def synack_stale(lab):
    lab.listen()
    lab.relay.drop('client', is_syn)
    conn = lab.dial()
    lab.settle(0.08)
    stale = lab.next_seq('client') - 70000
    lab.craft('server', conn, SYN | ACK, seq=123456, ack=stale)
    lab.expect(conn, 'stale_synack', states='SYN_SENT LISTEN', accept=SILENT)


@scenario('the server still holds a connection from before the capture and answers the SYN with a '
          'challenge ACK; the client\'s RSTs are lost behind the capture', late=True)
def syn_challenged(lab):
    old = lab.connect(client_port=40404)
    old.talk(10, 10)
    lab.settle(0.08)
    old.vanish('client')
    lab.relay.drop('client', is_rst)
    lab.start_capture()
    conn = lab.dial(client_port=40404)
    lab.settle(0.08)
    why = 'the server\'s socket is that of the connection before, which was not captured'
    lab.expect(conn, 'challenged', states='SYN_SENT ESTABLISHED',
               accept={'server.state': reason('LISTEN UNKNOWN', why)})


# -- both ends dial
def _both_dial(lab):
    lab.relay.hold('client', is_syn, times=1)
    lab.relay.hold('server', is_syn, times=1)
    conn = lab.dial(port=5000, client_port=5001)
    lab.wait(lambda: lab.relay.held() == 1)
    conn.s = lab.socket(lab.b)
    conn.s.bind(conn.server)
    conn.s.setblocking(False)
    conn.s.connect_ex(conn.client)
    lab.wait(lambda: lab.relay.held() == 2)
    return conn


@scenario('simultaneous open: the SYNs cross')
def open_both(lab):
    conn = _both_dial(lab)
    lab.relay.release()
    lab.settle()
    lab.expect(conn, 'complete_simul', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('simultaneous open of which one half is lost: SYN_RECV against SYN_SENT')
def open_both_lost(lab):
    lab.relay.drop('client', is_tcp)
    conn = lab.dial(port=5000, client_port=5001)
    lab.settle(0.05)
    conn.s = lab.socket(lab.b)
    conn.s.bind(conn.server)
    conn.s.setblocking(False)
    conn.s.connect_ex(conn.client)
    lab.settle()
    lab.expect(conn, 'no_ack', states='SYN_RECV SYN_SENT',
               accept={'handshake': reason('pending complete_simul', BEHIND)})


@scenario('one socket connects to itself', link='lo')
def self_connect(lab):
    conn = lab.dial(port=45678, client_port=45678)
    conn.s = conn.c
    lab.settle(0.05)
    conn.send(conn.c, conn.c, 10)
    why = 'one socket plays both parts: simultaneous open with itself'
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED',
               accept={'handshake': reason('complete_simul inferred', why)})
