"""What the tests of this directory share: where things are, and folders that tshark can read.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ("tools", "golden", "reports")]


def open_to_all(path):
    """tshark runs as another user, and pytest's own folders are private."""
    for folder in (path, *path.parents):
        if folder.stat().st_uid == os.getuid() and "pytest-" in str(folder):
            folder.chmod(0o755)
    return path


@pytest.fixture(scope="module", name="place")
def readable_place(tmp_path_factory):
    """A place for files of all tests of one file."""
    return open_to_all(tmp_path_factory.mktemp("place"))
