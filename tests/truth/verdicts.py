# verdicts.py: what the plugin says of each connection of a capture, and how it is held against what
# the kernels said. Knows the truth files' form, but not how they are made.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve()
CAPTURES = HERE.parents[2] / 'captures'
sys.path.insert(0, str(HERE.parents[1] / 'tools'))

import su_tshark  # noqa: E402 (the path must be known first)

WORDS = ('client.state', 'server.state', 'handshake', 'close', 'close.by', 'close.rst_by')
STREAMS = {'tcp': 'sockusage.stream', 'udp': 'sockusage.udp.stream'}
ENDS = [f'sockusage.{side}.{part}' for side in ('client', 'server')
        for part in ('ip', 'ipv6', 'port')]
FIELDS = [*STREAMS.values(), *ENDS, *(f'sockusage.{word}' for word in WORDS)]


def truths():
    """{name: truth} of all captures that have one."""
    found = {}
    for path in sorted(CAPTURES.glob('*.json')):
        found[path.stem] = json.loads(path.read_text(encoding='utf-8'))
    return found


def _end(row, side):
    address = row[f'sockusage.{side}.ip'] or f'[{row[f"sockusage.{side}.ipv6"]}]'
    return f'{address}:{row[f"sockusage.{side}.port"]}'


def verdicts(name, two_passes):
    """[{proto, client, server, words}]: the last frame of each connection has the last word.
    Where a frame shows both, the UDP is the outside of a tunnel, which no truth file describes."""
    last = {}
    only = ' || '.join(STREAMS.values())
    for row in su_tshark.rows(CAPTURES / f'{name}.pcapng', FIELDS, only=only,
                              two_passes=two_passes):
        proto = next(proto for proto, field in STREAMS.items() if row[field])
        last[proto, int(row[STREAMS[proto]])] = row
    return [{'proto': proto, 'client': _end(row, 'client'), 'server': _end(row, 'server'),
             **{word: row[f'sockusage.{word}'] for word in WORDS}}
            for (proto, _), row in sorted(last.items(), key=lambda item: item[0])]


def _differences(truth, got, two_passes):
    for word in WORDS:
        if word not in truth or truth[word] is None:
            continue
        allowed = {truth[word], *truth.get('accept', {}).get(word, ())}
        if not two_passes:
            allowed |= set(truth.get('so_far', {}).get(word, ()))
        if got[word] not in allowed:
            others = sorted(allowed - {truth[word]})
            also = f' (or {", ".join(others)})' if others else ''
            yield f'{word}: expected {truth[word] or "nothing"}{also}, got {got[word] or "nothing"}'


def disagreements(truth, found, two_passes):
    """One readable line for each."""
    pool = collections.defaultdict(list)
    for got in found:
        pool[got['proto'], got['client'], got['server']].append(got)
    for connection in truth['connections']:
        client, server = connection['client'], connection['server']
        label = f'{connection["proto"]} {client} > {server}'
        here, back = (pool[connection['proto'], *ends]
                      for ends in ((client, server), (server, client)))
        if here:
            for difference in _differences(connection, here.pop(0), two_passes):
                yield f'{label}: {difference}'
        elif back:
            back.pop(0)
            yield f'{label}: client and server are exchanged'
        else:
            yield f'{label}: no such connection reported'
    for left in pool.values():
        for got in left:
            yield f'{got["proto"]} {got["client"]} > {got["server"]}: there was no such connection'
