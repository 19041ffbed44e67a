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


def open_to_all(path):
    """tshark runs as another user, and pytest's own folders are private."""
    for folder in (path, *path.parents):
        if folder.stat().st_uid == os.getuid() and "pytest-" in str(folder):
            folder.chmod(0o755)
    return path


@pytest.fixture(name="folder")
def readable_folder(tmp_path):
    """A place for files of one test."""
    return open_to_all(tmp_path)


@pytest.fixture(scope="module", name="place")
def readable_place(tmp_path_factory):
    """A place for files of all tests of one file."""
    return open_to_all(tmp_path_factory.mktemp("place"))
