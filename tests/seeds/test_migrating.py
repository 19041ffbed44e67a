# test_migrating.py: what docs/migrating.md says that our commands print, they print. A block that
# begins with "$ tshark" is run; "..." in it stands for anything. JSON may be broken anywhere.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import re
import shlex

import pytest

import su_tshark

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r'^```\n\$ (tshark (?:[^\n]*\\\n)*[^\n]*)\n(.*?)^```$', re.M | re.S)


def blocks():
    text = (ROOT / 'docs' / 'migrating.md').read_text('utf-8')
    return [(command.replace('\\\n', ' '), output) for command, output in BLOCK.findall(text)]


def pattern(text):
    return '.*'.join(map(re.escape, text.split('...')))


def run(command):
    words = shlex.split(command)[1:]
    done = su_tshark.run(*[ROOT / w if w.startswith('captures/') else w for w in words])
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout


@pytest.mark.parametrize('command, output', blocks())
def test_output(command, output):
    printed = run(command)
    if ',json' in command:
        printed, output = (re.sub(r'\s', '', text) for text in (printed, output))
    assert re.fullmatch(pattern(output), printed, re.S), printed


def test_each_tool_has_an_output_of_ours():
    text = (ROOT / 'docs' / 'migrating.md').read_text('utf-8')
    sections = re.split(r'^## ', text, flags=re.M)[1:]
    assert len(sections) == 5
    assert all(BLOCK.search(section) for section in sections)
