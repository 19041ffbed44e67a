"""What the tests of this directory share: where things are, and a capture that holds all others.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).parents[1]
sys.path += [str(TESTS / "tools"), str(TESTS / "reports"), str(TESTS / "fields")]


def readable(path):
    """tshark runs as another user, and pytest's own folders are private."""
    for folder in (path, *path.parents):
        if folder.name.startswith("pytest-") and folder.stat().st_uid == os.getuid():
            folder.chmod(0o755)
    path.chmod(0o755)
    return path


@pytest.fixture(name="folder")
def readable_folder(tmp_path):
    return readable(tmp_path)


@pytest.fixture(name="everything", scope="module")
def all_captures_in_one(tmp_path_factory):
    """All shipped captures, one behind the other, in one file."""
    path = readable(tmp_path_factory.mktemp("all")) / "everything.pcapng"
    names = sorted((TESTS.parent / "captures").glob("*.pcapng"))
    subprocess.run(["mergecap", "-a", "-w", path, *names], check=True)
    return path
