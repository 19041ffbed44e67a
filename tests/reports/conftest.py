"""What the tests of this directory share: where things are, and how goldens are rewritten.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path += [str(HERE.parent / "tools"), str(HERE.parent / "golden")]


def pytest_addoption(parser):
    parser.addoption("--update", action="append", default=[], metavar="NAME",
                     help="write expected/NAME.* anew instead of comparing; 'all' for all")


@pytest.fixture(scope="module", name="place")
def readable_place(tmp_path_factory):
    """A place for files of all tests of one file. tshark runs as another user, and pytest's own
    folders are private."""
    path = tmp_path_factory.mktemp("place")
    for folder in (path, *path.parents):
        if folder.stat().st_uid == os.getuid() and "pytest-" in str(folder):
            folder.chmod(0o755)
    return path
