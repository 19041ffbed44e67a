"""What configuring refuses: a Wireshark too old, headers and tshark that do not fit each other; and what
goes without one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["SU_SOURCE"])
CONFIG = """
set(PACKAGE_VERSION {version})
set(Wireshark_VERSION {version})
set(Wireshark_MAJOR_VERSION {major})
set(Wireshark_MINOR_VERSION {minor})
set(Wireshark_INSTALL_PREFIX "${{CMAKE_CURRENT_LIST_DIR}}")
set(Wireshark_INCLUDE_DIR "${{CMAKE_CURRENT_LIST_DIR}}")
set(Wireshark_PLUGIN_LIBDIR "lib/wireshark/plugins/{major}.{minor}")
set(Wireshark_PLUGIN_INSTALL_DIR "${{CMAKE_CURRENT_LIST_DIR}}/${{Wireshark_PLUGIN_LIBDIR}}")
add_library(epan INTERFACE)
"""


def fake_wireshark(folder, version, headers=None):
    """Development files that say they are of `version`; its ws_version.h may say otherwise."""
    folder.mkdir()
    major, minor = version.split(".")[:2]
    (folder / "WiresharkConfig.cmake").write_text(
        CONFIG.format(version=version, major=major, minor=minor), encoding="utf-8")
    major, minor = (headers or version).split(".")[:2]
    (folder / "ws_version.h").write_text(
        f"#define WIRESHARK_VERSION_MAJOR {major}\n#define WIRESHARK_VERSION_MINOR {minor}\n"
        "#define WIRESHARK_VERSION_MICRO 1\n", encoding="utf-8")
    return f"-DWireshark_DIR={folder}"


def fake_tshark(path, says):
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(0o755)
    return f"-DSU_TSHARK={path}"


def configure(tmp_path, *options):
    """Exit status and all that was said, on one line."""
    result = subprocess.run(
        ["cmake", "-G", "Ninja", "-S", str(SOURCE), "-B", str(tmp_path / "build"), "-DSU_TESTS=OFF", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, " ".join(result.stdout.split())


def test_headers_and_tshark_of_one_version(tmp_path):
    status, text = configure(tmp_path, fake_wireshark(tmp_path / "ws", "4.2.5"),
                             fake_tshark(tmp_path / "tshark", "TShark (Wireshark) 4.2.9."))
    assert status == 0, text
    assert "Warning" not in text


@pytest.mark.parametrize("banner, series", [
    ("TShark (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0+deb12u3)", "4.0"),
    ("TShark (Wireshark) 4.6.9.", "4.6"),
])
def test_another_minor_version_is_refused(tmp_path, banner, series):
    options = (fake_wireshark(tmp_path / "ws", "4.2.5"), fake_tshark(tmp_path / "tshark", banner))
    status, text = configure(tmp_path, *options)
    assert status != 0
    assert f"built for Wireshark 4.2, but {tmp_path}/tshark is Wireshark {series}" in text
    assert "-DSU_ALLOW_OTHER_WIRESHARK=ON" in text

    status, text = configure(tmp_path, *options, "-DSU_ALLOW_OTHER_WIRESHARK=ON")
    assert status == 0, text
    assert "CMake Warning" in text and f"is Wireshark {series}" in text


def test_no_tshark_is_only_warned_of(tmp_path):
    status, text = configure(tmp_path, fake_wireshark(tmp_path / "ws", "4.2.5"),
                             "-DSU_TSHARK=")
    assert status == 0, text
    assert "No tshark was found" in text


def test_a_silent_tshark_is_only_warned_of(tmp_path):
    status, text = configure(tmp_path, fake_wireshark(tmp_path / "ws", "4.2.5"),
                             fake_tshark(tmp_path / "tshark", ""))
    assert status == 0, text
    assert "does not tell its version" in text


def test_too_old_a_wireshark_is_refused(tmp_path):
    status, text = configure(tmp_path, fake_wireshark(tmp_path / "ws", "3.6.2"),
                             fake_tshark(tmp_path / "tshark", "TShark (Wireshark) 3.6.2"))
    assert status != 0
    assert "needs Wireshark 4.0 or later" in text and "3.6.2" in text


def test_two_installations_mixed_are_refused(tmp_path):
    status, text = configure(tmp_path, fake_wireshark(tmp_path / "ws", "4.2.5", headers="4.4.1"),
                             fake_tshark(tmp_path / "tshark", "TShark (Wireshark) 4.2.5"))
    assert status != 0
    assert "are of version 4.4" in text and "are of 4.2.5" in text


def test_no_wireshark_names_the_packages(tmp_path):
    status, text = configure(tmp_path, "-DCMAKE_DISABLE_FIND_PACKAGE_Wireshark=ON")
    assert status != 0
    assert "apt-get install wireshark-dev libwireshark-dev" in text


def test_the_engine_and_its_tests_want_no_wireshark(tmp_path):
    status, text = configure(tmp_path, "-DSU_PLUGIN=OFF", "-DSU_TESTS=ON")
    assert status == 0, text
    built = subprocess.run(["cmake", "--build", tmp_path / "build"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, check=False)
    assert built.returncode == 0, built.stdout[-3000:]
