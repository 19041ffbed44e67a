# su_tshark.py: runs tshark with the plugin under test and hands back rows of fields.
# SU_HOME is the home folder that holds the plugin; as root, tshark is started as an ordinary user,
# since it loads no personal plugins for root.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import shutil
import subprocess

NOBODY = '65534'
# What a sanitizer build of the plugin needs to be loaded at all.
PASSED_ON = ('LD_PRELOAD', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'WIRESHARK_EXTCAP_DIR')


def environment():
    """Nothing of the caller's settings comes along."""
    fixed = {'PATH': os.environ['PATH'], 'HOME': os.environ['SU_HOME'], 'LC_ALL': 'C.UTF-8',
             'TZ': 'UTC'}
    return fixed | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def command(*arguments):
    drop = []
    if os.getuid() == 0:
        drop = ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--']
    return [*drop, shutil.which('tshark') or 'tshark', '-n', *map(str, arguments)]


def run(*arguments):
    """The finished process, whatever became of it."""
    return subprocess.run(command(*arguments), env=environment(), cwd='/', text=True, timeout=300,
                          capture_output=True, errors='replace', check=False)


def rows(capture, fields, *arguments, only=None, two_passes=True):
    """One {field: text} for each frame that passes the display filter `only`. Where a field occurs
    more than once in a frame, the last is taken: the innermost connection of a tunnel."""
    words = ['-r', capture, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=l']
    words += ['-2'] if two_passes else []
    words += ['-Y', only] if only else []
    for field in fields:
        words += ['-e', field]
    done = run(*words, *arguments)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f'tshark ended with {done.returncode}: {done.stderr.strip()}')
    return [dict(zip(fields, line.split('\t'))) for line in done.stdout.splitlines()]
