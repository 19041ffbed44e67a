# make.py: makes the captures and their truth files anew. Run as root by make.sh, not by itself.
# One scenario = NAME.pcapng (what tcpdump saw), NAME.json (what the kernels said when it ended).
#
# SPDX-License-Identifier: GPL-2.0-or-later
import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import traceback

import readme
from capture import LINK_NAMES, write_pcapng
from lab import ATTRIBUTES, Lab
from registry import SCENARIOS

SCENES = ('scenes_close', 'scenes_reset', 'scenes_icmp', 'scenes_handshake', 'scenes_loss',
          'scenes_partial', 'scenes_wire', 'scenes_programs')
ATTEMPTS = 3
POINTS = {'client': 'at the client', 'server': 'at the server', 'mirror': 'at a mirror port'}


FIRST_TO_CLOSE = {('TIME_WAIT', 'CLOSE'): 'client', ('CLOSE', 'TIME_WAIT'): 'server'}


class Missed(Exception):
    """The story did not end as it should have: play it again."""


def endpoint(pair):
    return f'[{pair[0]}]:{pair[1]}' if ':' in pair[0] else f'{pair[0]}:{pair[1]}'


def verdict(lab, connection, snapshots):
    states = lab.states(connection, snapshots)
    if connection.truth['close.by'] is None:
        connection.truth['close.by'] = FIRST_TO_CLOSE.get(states)
    row = {'proto': connection.proto, 'client': endpoint(connection.client),
           'server': endpoint(connection.server), 'client.state': states[0],
           'server.state': states[1], **connection.truth}
    if connection.proto == 'udp':
        row = {k: v for k, v in row.items() if k not in ATTRIBUTES[2:]}
    return row


def check(lab, before, after):
    """The states must be those of the story, and the same before and after the capture's end."""
    if before != after:
        raise Missed('states changed while the capture was being ended')
    for connection, row in zip(lab.connections, before):
        got = f'{row["client.state"]} {row["server.state"]}'
        if row.get('close.by') is None and row['proto'] == 'tcp':
            raise Missed(f'{row["client"]}: nobody closed first, the kernels say {got}')
        if connection.guard and connection.guard != got:
            raise Missed(f'{row["client"]}: wanted {connection.guard}, the kernels say {got}')


def play(entry, kernel):
    with Lab(entry.name, **entry.setup) as lab:
        if not entry.late:
            lab.start_capture()
        entry.play(lab)
        lab.settle()
        first = lab.snapshots()
        link, records = lab.capture.stop()
        last = lab.snapshots()
        lab.add_seen(records)
        before, after = ([verdict(lab, c, s) for c in lab.connections] for s in (first, last))
        check(lab, before, after)
        truth = {
            'name': entry.name, 'shows': entry.shows, 'origin': entry.origin,
            'kernel': kernel,
            'capture': {'where': POINTS[lab.point], 'interface': lab.capture.interface,
                        'link': LINK_NAMES[link], 'filter': lab.capture.filter,
                        'packets': len(records)},
            'connections': after,
        }
        return truth, link, records


def write(folder, result, program):
    truth, link, records = result
    path = folder / truth['name']
    texts = {'comment': truth['shows'], 'system': 'Linux ' + truth['kernel'], 'program': program,
             'interface': truth['capture']['interface']}
    write_pcapng(f'{path}.pcapng', link, records, texts)
    with open(f'{path}.json', 'w', encoding='utf-8') as f:
        json.dump(truth, f, indent=1, ensure_ascii=False)
        f.write('\n')


def make(entry, folder, kernel, program):
    for attempt in range(ATTEMPTS):
        try:
            result = play(entry, kernel)
            write(folder, result, program)
            print(f'{entry.name}: {len(result[2])} packets, '
                  f'{len(result[0]["connections"])} connections', flush=True)
            return True
        except (Missed, TimeoutError, OSError, RuntimeError) as problem:
            print(f'{entry.name}: attempt {attempt + 1}: {problem!r}', file=sys.stderr)
            if not isinstance(problem, Missed):
                traceback.print_exc()
    return False


def arguments():
    parser = argparse.ArgumentParser(description='Make the captures and their truth files.')
    parser.add_argument('names', nargs='*', help='scenarios (default: all)')
    parser.add_argument('--out', type=pathlib.Path, help='folder (default: captures/)',
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument('--list', action='store_true', help='only list the scenarios')
    return parser.parse_args()


def main():
    args = arguments()
    for scene in SCENES:
        importlib.import_module(scene)
    if args.list:
        print('\n'.join(f'{s.name}: {s.shows}' for s in SCENARIOS.values()))
        return 0
    unknown = set(args.names) - set(SCENARIOS)
    if unknown:
        print('no such scenario: ' + ' '.join(sorted(unknown)), file=sys.stderr)
        return 2
    version = subprocess.run(['tcpdump', '--version'], capture_output=True, text=True, check=False)
    program = (version.stdout + version.stderr).split('\n')[0].replace(' version', '')
    kernel = os.uname().release.split('-')[0]
    failed = [name for name in args.names or SCENARIOS
              if not make(SCENARIOS[name], args.out, kernel, program)]
    readme.write(args.out)
    if failed:
        print('not made: ' + ' '.join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
