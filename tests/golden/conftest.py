"""What the tests of this directory share: where things are, and how goldens are rewritten.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tools"))


def pytest_addoption(parser):
    parser.addoption("--update", action="append", default=[], metavar="NAME",
                     help="write expected/NAME.txt anew instead of comparing; 'all' for all")


@pytest.fixture(name="folder")
def readable_folder(tmp_path):
    """A place for files; tshark runs as another user, and pytest's own folders are private."""
    for path in (tmp_path, *tmp_path.parents):
        if path.name.startswith("pytest-") and path.stat().st_uid == os.getuid():
            path.chmod(0o755)
    tmp_path.chmod(0o755)
    return tmp_path
