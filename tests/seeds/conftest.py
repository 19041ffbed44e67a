# conftest.py: where the helpers of these tests are, and a folder that tshark can read.
# What the tests share with tests/truth and tests/golden is only the tools, no expectations.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / 'tools'), str(TESTS / 'golden')]


@pytest.fixture(name='place')
def readable_place(tmp_path):
    """tshark runs as another user, and pytest's own folders are private."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and 'pytest-' in str(folder):
            folder.chmod(0o755)
    return tmp_path
