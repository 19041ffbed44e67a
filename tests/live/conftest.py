"""What the tests of this directory share: a place that tshark's user may write to.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "tools"), str(HERE.parent / "golden"),
             str(HERE.parent / "reports")]


@pytest.fixture(name="place")
def writable_place():
    """tshark runs as another user, and the paths of sockets must be short."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="su."))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)
