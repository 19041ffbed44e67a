# test_seeds.py: the questions of the five older tools, put to the reports. What is expected is
# worked out here by those tools' own rules, from nothing but Wireshark's tcp fields.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import decimal
import json
import pathlib
import re

import pytest

import packets
import su_tshark

CAPTURES = pathlib.Path(__file__).resolve().parents[2] / 'captures'
TCP = ['frame.number', 'frame.time_epoch', 'ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst',
       'tcp.srcport', 'tcp.dstport', 'tcp.stream', 'tcp.flags', 'tcp.seq', 'tcp.ack', 'tcp.len']
FIN, SYN, RST, ACK = 1, 2, 4, 16
STATES = ['FIN_WAIT1', 'ESTABLISHED', 'TIME_WAIT', 'CLOSE', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT2',
          'LISTEN', 'CLOSING', 'CLOSE_WAIT', 'LAST_ACK', 'UNKNOWN']

Segment = collections.namedtuple('Segment', 'frame time src dst stream flags seq ack len')


def capture(name):
    return CAPTURES / f'{name}.pcapng'


def export(path, report, form, *options):
    done = su_tshark.run('-q', '-r', path, '-z', f'sockusage,export,{report},{form}', *options)
    assert (done.returncode, done.stderr) == (0, '')
    if form.startswith('json'):
        return json.loads(done.stdout, parse_float=decimal.Decimal)
    return done.stdout


def segments(path):
    """{stream: [Segment]}, ICMP errors left out; addresses with ports."""
    found = collections.defaultdict(list)
    for row in su_tshark.rows(path, TCP, only='tcp && !icmp && !icmpv6', two_passes=False):
        src, dst = row['ip.src'] or row['ipv6.src'], row['ip.dst'] or row['ipv6.dst']
        found[int(row['tcp.stream'])].append(Segment(
            int(row['frame.number']), decimal.Decimal(row['frame.time_epoch']),
            (src, int(row['tcp.srcport'])), (dst, int(row['tcp.dstport'])),
            int(row['tcp.stream']), int(row['tcp.flags'], 16), int(row['tcp.seq']),
            int(row['tcp.ack'] or 0), int(row['tcp.len'])))
    return found


# ---- socket_usage ---------------------------------------------------------------------------

def handshaken(stream):
    """All three of its packets are there."""
    syns = {s.src for s in stream if s.flags & (SYN | ACK) == SYN}
    answered = {s.dst for s in stream if s.flags & (SYN | ACK) == SYN | ACK}
    return any(s.src in syns & answered and s.flags & (SYN | ACK | RST) == ACK for s in stream)


def closed(stream):
    """The older tool's rule: each side's FIN was acknowledged, or there was a RST."""
    fins = {s.src: s.seq + s.len + 1 for s in stream if s.flags & FIN}
    acked = [src for src, end in fins.items()
             if any(s.dst == src and s.flags & ACK and s.ack >= end for s in stream)]
    return len(acked) == 2 or any(s.flags & RST for s in stream)


def condition(stream):
    if closed(stream):
        return 'closed'
    return 'linger' if any(s.flags & FIN for s in stream) else 'open'


def expected_usage(path):
    """{role: {host: [total, open, linger]}}: the higher port is the client's."""
    usage = {'server': collections.defaultdict(lambda: [0, 0, 0]),
             'client': collections.defaultdict(lambda: [0, 0, 0])}
    for stream in filter(handshaken, segments(path).values()):
        ends = sorted({stream[0].src, stream[0].dst}, key=lambda end: end[1])
        for role, (host, _) in zip(('server', 'client'), ends):
            usage[role][host][0] += 1
            usage[role][host][1] += condition(stream) == 'open'
            usage[role][host][2] += condition(stream) == 'linger'
    return usage


@pytest.mark.parametrize('name', ['nginx_ab', 'demo', 'close_server_first', 'half_close_client'])
def test_socket_usage(name):
    usage = expected_usage(capture(name))
    assert any(usage['server'].values())
    got = export(capture(name), 'hosts', 'json', '-o', 'sockusage.role:port')
    for role, hosts in usage.items():
        rows = {r['host']: [r['total'], r['open'], r['linger']] for r in got[role] if r['total']}
        assert rows == hosts
        totals = [r['total'] for r in got[role]]
        assert totals == sorted(totals, reverse=True)
    assert got['open'] == sum(row[1] for row in usage['server'].values())
    assert got['linger'] == sum(row[2] for row in usage['server'].values())


def test_socket_usage_table():
    """The look: heading, both lists beside each other and whole, two lines at the end."""
    text = export(capture('demo'), 'hosts', 'text')
    rows = [line.split() for line in text.splitlines()]
    assert ['Server', 'Total', 'Open', 'Linger', 'Client', 'Total', 'Open', 'Linger'] in rows
    for role, hosts in expected_usage(capture('demo')).items():
        for host, numbers in hosts.items():
            assert f'{host} {" ".join(map(str, numbers))}' in ' '.join(sum(rows, [])), role
    assert 'Total no. of open sockets: 3\n' in text
    assert 'Total no. of lingering sockets: 3\n' in text


def test_socket_usage_host_and_port_filter():
    got = export(capture('demo'), 'hosts', 'json,ip.addr==192.0.2.201 && tcp.port==8080')
    assert [(r['host'], r['total'], r['linger']) for r in got['server']] == [('192.0.2.201', 3, 3)]


def test_socket_usage_list_of_lingering_sockets():
    """With -2 a packet knows the end, so only what lingers at the end is listed."""
    flows = export(capture('demo'), 'flows', 'json,sockusage.linger', '-2')
    listed = {f['stream'] for f in flows}
    lingering = {number for number, stream in segments(capture('demo')).items()
                 if handshaken(stream) and condition(stream) == 'linger'}
    assert listed == lingering
    assert len(listed) == 3


# ---- network-connections --------------------------------------------------------------------

@pytest.mark.parametrize('name', ['demo', 'nginx_ab', 'nginx_curl_v6', 'half_close_client'])
def test_network_connections(name):
    got = export(capture(name), 'states', 'json')
    assert list(got) == ['tcp4', 'tcp6', 'udp4', 'udp6', 'tcp', 'udp', 'all']
    for table in got.values():
        assert list(table) == STATES
        assert all(type(count) is int and count >= 0 for count in table.values())
    for state in STATES:
        for kind in ('tcp', 'udp'):
            assert got[kind][state] == got[f'{kind}4'][state] + got[f'{kind}6'][state]
        assert got['all'][state] == got['tcp'][state] + got['udp'][state]
    assert sum(got['tcp'].values()) == 2 * len(segments(capture(name)))


def test_network_connections_against_the_kernel():
    """The states that /proc/net/tcp showed at the end of the capture. A server that never answered
    in TCP may listen or not; that is said to be LISTEN, and the kernel had nothing to show."""
    truth = json.loads((CAPTURES / 'demo.json').read_text(encoding='utf-8'))
    kernel = collections.Counter(
        'LISTEN' if 'LISTEN' in c.get('accept', {}).get(f'{side}.state', ()) else c[f'{side}.state']
        for c in truth['connections'] for side in ('client', 'server') if c['proto'] == 'tcp')
    got = export(capture('demo'), 'states', 'json')['tcp']
    assert kernel['LISTEN'] == 4
    assert {state: count for state, count in got.items() if count} == kernel


# ---- tcpeek ---------------------------------------------------------------------------------

def only(number, dupsyn=0, timeout=0, reject=0, unreach=0):
    return {'success': {'total': number, 'dupsyn': dupsyn, 'dupsynack': 0},
            'failure': {'total': timeout + reject + unreach, 'timeout': timeout,
                        'reject': reject, 'unreach': unreach}}


EVERYTHING = only(33, 1, timeout=2, reject=3, unreach=2)
TO_WEB = only(24)
EXPRESSIONS = {
    '': [{'RX': EVERYTHING}, {'TX': EVERYTHING}],
    'all:RX@%:% web:RX@*:80:443': [{'all': EVERYTHING}, {'web': TO_WEB}],
    'web:TX@192.0.2.0/24:80,192.0.2.18:443': [{'web': TO_WEB}],
    'web:RX@192.0.2.0/24:80,192.0.2.132:443': [{'web': TO_WEB}],
    'one:TX@192.0.2.18:80,192.0.2.201:443 both:TX@%:443': [{'one': only(13)}, {'both': only(2)}],
    'rest:RX@%:% :RX@%:80:443': [{'rest': only(9, 1, timeout=2, reject=3, unreach=2)}],
    ':RX@%:80:443 rest:RX@%:%': [{'rest': only(9, 1, timeout=2, reject=3, unreach=2)}],
    'web:RX@%:80:443 :TX@*:22': [{'web': TO_WEB}],
}


def by_flags(path, ports):
    """(succeeded, failed) of the attempts to these ports, by tcpeek's rule: a SYN, then what."""
    ok = [handshaken(s) for s in segments(path).values()
          if not s[0].flags & ACK and s[0].dst[1] in ports]
    return sum(ok), len(ok) - sum(ok)


@pytest.mark.parametrize('expression', EXPRESSIONS)
def test_tcpeek_json(expression):
    options = ['-o', f'sockusage.handshake_filter:{expression}'] if expression else []
    assert export(capture('demo'), 'handshakes', 'json', *options) == EXPRESSIONS[expression]


def test_tcpeek_numbers_are_those_of_the_packets():
    """What the table above says of demo is not taken from the plugin."""
    assert by_flags(capture('demo'), range(65536)) == (33, 7)
    assert by_flags(capture('demo'), {80, 443}) == (24, 0)
    assert by_flags(capture('demo'), {443}) == (2, 0)


@pytest.mark.parametrize('wrong', ['web:QX@%:80', 'web:RX@%:http', 'web:RX@300.1.1.1:80'])
def test_tcpeek_refuses_a_wrong_expression(wrong):
    done = su_tshark.run('-q', '-r', capture('demo'), '-z', 'sockusage,export,handshakes,json',
                         '-o', f'sockusage.handshake_filter:{wrong}')
    assert done.returncode != 0 and done.stdout == ''
    assert 'sockusage.handshake_filter' in done.stderr


def test_tcpeek_summary():
    text = export(capture('demo'), 'handshakes', 'text',
                  '-o', 'sockusage.handshake_filter:rest:RX@%:% :RX@%:80:443')
    shown = {key.strip(): int(value) for key, value in
             re.findall(r'^ +([A-Z][\w/ ]+?) *: +(\d+)(?: session)?$', text, re.M)}
    assert shown == {'Success': 9, 'SYN Segment Duplicate': 1, 'S/A Segment Duplicate': 0,
                     'Failure': 7, 'Connection Timed Out': 2, 'Connection Rejected': 3,
                     'ICMP Unreachable': 2}
    assert [line.strip() for line in text.splitlines()].count('rest') == 1
    for word in ('from', 'to', 'time'):
        assert re.search(rf'^ +{word} : ', text, re.M)


# ---- the S3 GET timing script ---------------------------------------------------------------

def gets(stream):
    """One {bytes, start_latency, finish_latency, interpacket_times} for each request: the script's
    rules, with seconds throughout, and without packets that carry no data."""
    client, rtt, found, syn = stream[0].src, None, [], stream[0].time
    asking, end = False, {}
    for s in stream:
        if s.flags & (SYN | ACK) == SYN | ACK:
            rtt = s.time - syn
        if not s.len or s.seq + s.len <= end.get(s.src, 0):
            continue
        end[s.src] = s.seq + s.len
        if s.src == client:
            if not asking:
                found.append({'start': s.time, 'addr': stream[0].dst[0], 'syn_rtt': rtt})
            asking = True
            continue
        reply = found[-1]
        if asking:
            reply |= {'seq': s.seq, 'first': s.time, 'interpacket_times': []}
        else:
            gap = [s.time - reply['last'], s.seq + s.len - reply['seq']]
            reply['interpacket_times'].append(gap)
        reply |= {'last': s.time, 'bytes': s.seq + s.len - reply['seq']}
        asking = False
    return [{'addr': g['addr'], 'syn_rtt': g['syn_rtt'], 'bytes': g['bytes'],
             'start_latency': g['first'] - g['start'], 'finish_latency': g['last'] - g['start'],
             'interpacket_times': g['interpacket_times']} for g in found]


def told_of(path):
    keys = ['addr', 'syn_rtt', 'bytes', 'start_latency', 'finish_latency', 'interpacket_times']
    rows = collections.defaultdict(list)
    for row in export(path, 'exchanges', 'json'):
        row['interpacket_times'] = [gap[:2] for gap in row['interpacket_times']]
        rows[row['stream']].append({key: row[key] for key in keys})
    return rows


@pytest.mark.parametrize('name', ['nginx_gets', 'nginx_ab_keepalive', 'nginx_curl_v6', 'nginx_ab'])
def test_s3_script(name):
    expected = {number: gets(stream) for number, stream in segments(capture(name)).items()}
    expected = {number: rows for number, rows in expected.items() if rows}
    assert expected
    assert told_of(capture(name)) == expected


def test_s3_script_finds_the_servers_pause():
    """Three GETs over one connection; in the middle of the second reply nginx waits."""
    replies = gets(segments(capture('nginx_gets'))[0])
    assert [len(r['interpacket_times']) for r in replies] == [8, 11, 0]
    pause, offset = max(replies[1]['interpacket_times'])
    assert pause > 1 > 10 * max(t for r in replies for t, _ in r['interpacket_times'] if t != pause)
    told = export(capture('nginx_gets'), 'exchanges', 'json')
    assert [t['gap']['largest'] for t in told] == [
        max((t for t, _ in r['interpacket_times']), default=None) for r in replies]
    longest, = (gap for gap in told[1]['interpacket_times'] if gap[0] == pause)
    assert longest == [pause, offset, 'LAST_PACKET_SHORT', 'APP_IDLE']
    assert told[1]['gap']['frame'] == next(
        s.frame for s in segments(capture('nginx_gets'))[0]
        if s.len and s.seq + s.len == offset + told_start(told[1]))


def told_start(exchange):
    """Number of the first octet of an exchange's response."""
    first = exchange['frames']['response_first']
    return next(s.seq for s in segments(capture('nginx_gets'))[0] if s.frame == first)


def connect(cap, client, server, rtt_us=1000):
    cap.step_us = rtt_us
    cap.tcp(client, server, packets.SYN, 1000)
    cap.tcp(server, client, packets.SYN | packets.ACK, 5000, 1001)
    cap.step_us = 1000
    cap.tcp(client, server, packets.ACK, 1001, 5001)


def test_s3_script_large_replies(place):
    """Two GETs in one connection, each answered by several packets: the times between them."""
    cap = packets.Capture()
    client, server = (packets.address('192.0.2.1'), 40000), (packets.address('192.0.2.2'), 80)
    connect(cap, client, server)
    push, sent, got = packets.ACK | packets.PSH, 1001, 5001
    for sizes in ([1460, 1460, 700], [1460, 40]):
        cap.tcp(client, server, push, sent, got, b'GET / HTTP/1.1\r\n\r\n')
        sent += 18
        for size in sizes:
            cap.now_us += size
            cap.tcp(server, client, push, got, sent, b'x' * size)
            got += size
        cap.tcp(client, server, packets.ACK, sent, got)
    path = cap.write(place / 'gets.pcap')
    expected = gets(segments(path)[0])
    assert [(g['bytes'], len(g['interpacket_times'])) for g in expected] == [(3620, 2), (1500, 1)]
    assert told_of(path) == {0: expected}


# ---- the tutorial's questions ---------------------------------------------------------------

def test_tutorial_slow_synack():
    """The first connection whose SYN-ACK took more than 300 ms."""
    slow = []
    for number, stream in segments(capture('demo')).items():
        syn, answer = ([s.time for s in stream if s.flags & (SYN | ACK) == want]
                       for want in (SYN, SYN | ACK))
        if answer and answer[0] - max(t for t in syn if t <= answer[0]) > decimal.Decimal('0.3'):
            slow.append((stream[0].frame, number))
    rows = su_tshark.rows(capture('demo'), ['frame.number', 'tcp.stream'],
                          only='sockusage.syn_rtt > 0.3')
    assert slow and tuple(map(int, rows[0].values())) == min(slow)
    assert {int(r['tcp.stream']) for r in rows} == {number for _, number in slow}


BY_CLIENT = 'sockusage.close == "rst" && sockusage.close.by == "client" && tcp.flags.reset == 1'


def reset_by_client(path):
    """{frame: others}: RSTs of clients, and how many of their connections to others were open."""
    streams = [s for s in segments(path).values() if handshaken(s)]
    answer = {}
    for stream in streams:
        resets = [s for s in stream if s.flags & RST]
        if not resets or resets[0].src != stream[0].src or any(s.flags & FIN for s in stream):
            continue
        now = resets[0].frame
        before = [[s for s in other if s.frame <= now] for other in streams]
        answer[now] = sum(1 for other in before if other and other[0].src[0] == stream[0].src[0]
                          and other[0].dst[0] != stream[0].dst[0] and handshaken(other)
                          and condition(other) == 'open')
    return answer


def test_tutorial_reset_by_client():
    rows = su_tshark.rows(capture('demo'), ['frame.number', 'sockusage.client.peers.open'],
                          only=BY_CLIENT)
    assert {int(r['frame.number']): int(r['sockusage.client.peers.open']) for r in rows} \
        == reset_by_client(capture('demo')) != {}


def test_tutorial_reset_while_others_are_open(place):
    """Two connections to other servers, one to the same, one of another client, one over."""
    cap = packets.Capture()
    me, you = packets.address('192.0.2.1'), packets.address('192.0.2.9')
    hosts = [packets.address(f'198.51.100.{i}') for i in range(1, 5)]
    victim, over = ((me, 40000), (hosts[0], 80)), ((me, 40004), (hosts[3], 80))
    others = [((me, 40001), (hosts[1], 80)), ((me, 40002), (hosts[2], 443)),
              ((me, 40003), (hosts[0], 80)), ((you, 40000), (hosts[1], 80))]
    for client, server in [victim, over, *others]:
        connect(cap, client, server)
    cap.tcp(*over[::-1], packets.RST | packets.ACK, 5001, 1001)
    cap.tcp(*victim, packets.RST | packets.ACK, 1001, 5001)
    path = cap.write(place / 'resets.pcap')
    rows = su_tshark.rows(path, ['frame.number', 'sockusage.client.peers.open'], only=BY_CLIENT)
    assert list(reset_by_client(path).values()) == [2]
    assert {int(r['frame.number']): int(r['sockusage.client.peers.open']) for r in rows} \
        == reset_by_client(path)


def seen_at(place, name, network_us, server_us):
    """One GET; the capture point is network_us of round trip away from the server."""
    cap = packets.Capture()
    client, server = (packets.address('192.0.2.1'), 40000), (packets.address('192.0.2.2'), 80)
    connect(cap, client, server, rtt_us=network_us + 10)
    cap.step_us = network_us + server_us
    cap.tcp(client, server, packets.ACK | packets.PSH, 1001, 5001, b'GET /\r\n')
    cap.tcp(server, client, packets.ACK | packets.PSH, 5001, 1008, b'x' * 100)
    return cap.write(place / f'{name}.pcap')


@pytest.mark.parametrize('network_us, server_us', [(40_000, 5_000), (200, 700_000)])
def test_tutorial_network_or_server(place, network_us, server_us):
    """The same exchange at two points: what the far one adds is the network."""
    near, = export(seen_at(place, 'server', 0, server_us), 'exchanges', 'json')
    far, = export(seen_at(place, 'switch', network_us, server_us), 'exchanges', 'json')
    assert near['client'] == far['client'] and near['exchange'] == far['exchange']
    second = decimal.Decimal(1_000_000)
    assert near['start_latency'] == server_us / second
    assert far['start_latency'] - near['start_latency'] == network_us / second
    assert far['syn_rtt'] - near['syn_rtt'] == network_us / second
