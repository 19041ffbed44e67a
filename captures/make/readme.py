# readme.py: writes captures/README.md from the truth files, one line a capture.
# tests/truth/test_captures.py holds the two against each other.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json

HEAD = '''# Captures

Small real captures, made by [make/make.sh](make/make.sh) from real programs between network
namespaces; no packet comes from anywhere else. Beside each `NAME.pcapng` stands `NAME.json`: what
`/proc/net/tcp`, `tcp6`, `udp` and `udp6` of both hosts said of every connection when the capture
ended (a socket that is not listed is `CLOSE`), the handshake result and the close that were played,
and under `accept`, each with its reason, other values that this capture cannot exclude.
`so_far` are values that are right only while the rest of the file is still unread (one pass).

`tests/truth/` compares the plugin with these files. To make them anew, as root:
`captures/make/make.sh`, or `captures/make/make.sh NAME...` for some of them; the table below is
written by the same program. All addresses are from the ranges reserved for documentation, for
private use or for the loopback device.

| capture | origin (`captures/make/`) | shows |
|---|---|---|
'''


def write(folder):
    rows = []
    for path in sorted(folder.glob('*.json')):
        with open(path, encoding='utf-8') as f:
            truth = json.load(f)
        rows.append(f'| {truth["name"]} | {truth["origin"]} | {truth["shows"]} |\n')
    (folder / 'README.md').write_text(HEAD + ''.join(rows), encoding='utf-8')
