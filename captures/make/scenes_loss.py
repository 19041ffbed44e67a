# scenes_loss.py: data, FINs and last ACKs lost before or behind the capture point.
# point='client' sees what the client sends and loses behind it; what the server sends and loses
# remains unseen.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import time

from frames import is_bare_ack, is_data, is_fin, is_tcp
from lab import reason
from registry import scenario

BEFORE = 'the packet was lost before the capture point and never seen'
IN_SIGHT = 'the last packet in sight may or may not have arrived'
REPEATS = 0.75        # long enough for two repetitions


@scenario('a data segment is lost behind the capture, repeated and acknowledged')
def data_lost(lab):
    conn = lab.connect()
    lab.relay.drop('client', is_data, times=1)
    conn.talk(700, 20)
    lab.expect(conn, 'complete', 'none', states='ESTABLISHED ESTABLISHED')


@scenario('the client\'s FIN is lost behind the capture: repeated, never acknowledged')
def fin_lost_client(lab):
    conn = lab.connect()
    lab.relay.drop('client', is_fin)
    conn.finish('client')
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'half', by='client', states='FIN_WAIT1 ESTABLISHED',
               accept={'server.state': reason('CLOSE_WAIT', IN_SIGHT)})


@scenario('the server\'s FIN is lost behind the capture: FIN_WAIT1 at the server', point='server')
def fin_lost_server(lab):
    conn = lab.connect()
    lab.relay.drop('server', is_fin)
    conn.finish('server')
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'half', by='server', states='ESTABLISHED FIN_WAIT1',
               accept={'client.state': reason('CLOSE_WAIT', IN_SIGHT)})


@scenario('the client\'s FIN is lost before the capture', point='server')
def fin_lost_unseen(lab):
    conn = lab.connect()
    conn.talk(10, 10)
    lab.relay.drop('client', is_fin)
    conn.finish('client')
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'none', states='FIN_WAIT1 ESTABLISHED',
               accept={'client.state': reason('ESTABLISHED', BEFORE)})


@scenario('the ACKs of the client\'s FIN are lost before the capture: FIN_WAIT1 against CLOSE_WAIT')
def fin_ack_lost_unseen(lab):
    _fin_ack_lost(lab, {'server.state': reason('ESTABLISHED', BEFORE)})


@scenario('the ACKs of the client\'s FIN are lost behind the capture: both repeat', point='server')
def fin_ack_lost(lab):
    _fin_ack_lost(lab, {'client.state': reason('FIN_WAIT2', IN_SIGHT)})


def _fin_ack_lost(lab, accept):
    conn = lab.connect()
    lab.relay.drop('server', is_tcp)
    conn.finish('client')
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'half', by='client', states='FIN_WAIT1 CLOSE_WAIT',
               accept=accept)


@scenario('the client has closed; the server\'s FIN is lost behind the capture', point='server')
def second_fin_lost(lab):
    conn = lab.connect()
    conn.c.close()
    lab.settle(0.08)
    lab.relay.drop('server', is_fin)
    conn.s.close()
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'fin_unacked', by='client', states='FIN_WAIT2 LAST_ACK',
               accept={'client.state': reason('TIME_WAIT', IN_SIGHT)})


@scenario('the server has closed; the client\'s FIN is lost behind the capture: LAST_ACK at the '
          'client')
def second_fin_lost_client(lab):
    conn = lab.connect()
    conn.s.close()
    lab.settle(0.08)
    lab.relay.drop('client', is_fin)
    conn.c.close()
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'fin_unacked', by='server', states='LAST_ACK FIN_WAIT2',
               accept={'server.state': reason('TIME_WAIT', IN_SIGHT)})


@scenario('the very last ACK is lost behind the capture: the server repeats its FIN in LAST_ACK')
def last_ack_lost(lab):
    conn = lab.connect()
    conn.c.close()
    lab.settle(0.08)
    lab.relay.drop('client', is_bare_ack)
    conn.s.close()
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'fin', by='client', states='TIME_WAIT LAST_ACK',
               accept={'server.state': reason('CLOSE', IN_SIGHT)})


@scenario('the very last ACK is lost before the capture: LAST_ACK at the client')
def last_ack_lost_unseen(lab):
    conn = lab.connect()
    conn.s.close()
    lab.settle(0.08)
    lab.relay.drop('server', is_bare_ack)
    conn.c.close()
    time.sleep(REPEATS)
    lab.expect(conn, 'complete', 'fin_unacked', by='server', states='LAST_ACK TIME_WAIT',
               accept={'server.state': reason('FIN_WAIT2', BEFORE)})
