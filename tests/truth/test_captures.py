# test_captures.py: the captures, their truth files, their README and the scripts that make them
# belong together, and cover what they are there for.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import re
import struct
import subprocess
import sys

import pytest

from verdicts import CAPTURES, truths

TRUTHS = truths()
STATES = {'LISTEN', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'CLOSE_WAIT',
          'CLOSING', 'LAST_ACK', 'TIME_WAIT', 'CLOSE'}
HANDSHAKES = {'complete', 'complete_simul', 'complete_tfo', 'inferred', 'refused', 'reset_client',
              'aborted_client', 'no_ack', 'icmp_hard', 'icmp_soft', 'stale_synack', 'challenged',
              'timeout', 'pending', 'unsolicited', 'midstream'}
CLOSES = {'none', 'half', 'fin', 'fin_simul', 'fin_unacked', 'rst', 'fin_rst_self', 'fin_rst_peer',
          'superseded', 'na'}
MAX_OCTETS = 1_500_000
ENHANCED_PACKET = 6


def seen(word, proto='tcp'):
    return {c[word] for t in TRUTHS.values() for c in t['connections'] if c['proto'] == proto}


def packets(path):
    """Packets in a pcapng file of ours."""
    data, at, count = path.read_bytes(), 0, 0
    while at < len(data):
        kind, size = struct.unpack_from('<II', data, at)
        count += kind == ENHANCED_PACKET
        at += size
    return count


def test_every_state_occurs_at_either_end():
    assert seen('server.state') == STATES
    assert seen('client.state') == STATES - {'LISTEN'}  # whoever listens is the server


def test_every_word_occurs():
    assert seen('handshake') == HANDSHAKES
    assert seen('close') == CLOSES


def test_every_capture_has_its_truth():
    assert {p.stem for p in CAPTURES.glob('*.pcapng')} == set(TRUTHS)
    assert len(TRUTHS) >= 25


def test_captures_are_small():
    assert sum(p.stat().st_size for p in CAPTURES.glob('*.pcapng')) < MAX_OCTETS


@pytest.mark.parametrize('name', TRUTHS)
def test_truth_belongs_to_its_capture(name):
    truth = TRUTHS[name]
    assert truth['name'] == name
    assert truth['capture']['packets'] == packets(CAPTURES / f'{name}.pcapng') > 0
    assert truth['connections']


@pytest.mark.parametrize('name', TRUTHS)
def test_other_values_have_a_reason(name):
    for connection in TRUTHS[name]['connections']:
        for kind in ('accept', 'so_far'):
            for values in connection.get(kind, {}).values():
                assert all(len(reason.split()) > 2 for reason in values.values())


def test_readme_has_one_line_for_each_capture():
    text = (CAPTURES / 'README.md').read_text('utf-8')
    lines = re.findall(r'^\| (\w+) \| (.*) \| (.*) \|$', text, re.M)
    told = {name: (origin, shows) for name, origin, shows in lines if name != 'capture'}
    assert told == {n: (t['origin'], t['shows']) for n, t in TRUTHS.items()}


def test_every_scenario_has_been_played():
    done = subprocess.run([sys.executable, CAPTURES / 'make' / 'make.py', '--list'], text=True,
                          capture_output=True, check=True)
    listed = dict(line.split(': ', 1) for line in done.stdout.splitlines())
    assert listed == {n: t['shows'] for n, t in TRUTHS.items()}
