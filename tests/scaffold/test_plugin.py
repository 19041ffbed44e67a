"""The shared object itself: what it exports, how it is hardened, how it gets to its place.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import stat
import subprocess

SOURCE = pathlib.Path(os.environ["SU_SOURCE"])
BUILD = pathlib.Path(os.environ["SU_BUILD"])
PLUGIN = BUILD / "plugin" / "sockusage.so"
EXPORTED = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register",
            "plugin_describe"}


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def test_exports_what_wireshark_asks_for_and_nothing_else():
    lines = run("nm", "-D", "--defined-only", str(PLUGIN)).splitlines()
    assert {line.split()[-1] for line in lines} == EXPORTED


def test_is_hardened():
    headers = run("readelf", "-lW", str(PLUGIN))
    assert "GNU_RELRO" in headers
    assert "RWE" not in headers
    assert "BIND_NOW" in run("readelf", "-dW", str(PLUGIN))


def test_needs_no_library_beyond_wiresharks_own():
    needed = [line.split("[")[1].rstrip("]") for line in run("readelf", "-dW", str(PLUGIN))
              .splitlines() if "(NEEDED)" in line]
    known = ("libwireshark.so", "libwiretap.so", "libwsutil.so", "libglib-2.0.so", "libc.so",
             "libm.so", "libgmodule-2.0.so", "libgio-2.0.so", "libgobject-2.0.so")
    assert [name for name in needed if not name.startswith(known)] == []


def put(source, folder):
    run("cmake", f"-DFROM={source}", f"-DTO={folder}", "-P", str(SOURCE / "cmake/PutPlugin.cmake"))


def test_installing_replaces_the_file_and_does_not_write_into_it(tmp_path):
    """A tshark that runs with the old file must keep it."""
    source = tmp_path / "sockusage.so"
    folder = tmp_path / "plugins" / "epan"
    source.write_text("old", encoding="utf-8")
    put(source, folder)
    with open(folder / "sockusage.so", encoding="utf-8") as loaded:
        source.write_text("new", encoding="utf-8")
        put(source, folder)
        assert loaded.read() == "old"
    assert (folder / "sockusage.so").read_text(encoding="utf-8") == "new"
    assert [path.name for path in folder.iterdir()] == ["sockusage.so"]


def test_installed_file_is_readable_for_everybody(tmp_path):
    source = tmp_path / "sockusage.so"
    source.write_text("x", encoding="utf-8")
    source.chmod(0o700)
    put(source, tmp_path / "plugins")
    assert stat.S_IMODE((tmp_path / "plugins" / "sockusage.so").stat().st_mode) == 0o644


def test_install_goes_to_wiresharks_plugin_folder(tmp_path):
    run("cmake", "--install", str(BUILD), env={**os.environ, "DESTDIR": str(tmp_path)})
    found = [path.relative_to(tmp_path) for path in tmp_path.rglob("sockusage.so")]
    assert len(found) == 1
    series = os.environ["SU_SERIES"]
    assert str(found[0]).endswith(f"wireshark/plugins/{series}/epan/sockusage.so")
