"""sockusage-doctor finds what is wrong, and install.sh puts things where the doctor looks.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import shutil
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["SU_SOURCE"])
BUILD = pathlib.Path(os.environ["SU_BUILD"])
HOME = pathlib.Path(os.environ["SU_HOME"])
SERIES = os.environ["SU_SERIES"]
PLUGIN = HOME / ".local/lib/wireshark/plugins" / SERIES / "epan/sockusage.so"
NOBODY = 65534


def run(*words, home, as_root=False):
    """As an ordinary user: root gets no personal plugins."""
    drop = [] if as_root or os.getuid() != 0 else ["setpriv", "--reuid", str(NOBODY), "--regid",
                                                   str(NOBODY), "--clear-groups", "--"]
    return subprocess.run([*drop, *map(str, words)], capture_output=True, text=True, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": str(home)}, timeout=120)


def doctor(home, *arguments, **more):
    done = run(SOURCE / "packaging/sockusage-doctor", *arguments, home=home, **more)
    assert done.stderr == ""
    assert (done.returncode == 0) == ("BAD" not in done.stdout), done.stdout
    return done.returncode, done.stdout


def own(path):
    if os.getuid() == 0:
        for each in (path, *path.rglob("*")):
            shutil.chown(each, NOBODY, NOBODY)
    return path


@pytest.fixture(name="home")
def home_of_a_user(tmp_path):
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and "pytest-" in str(folder):
            folder.chmod(0o755)
    return own(tmp_path)


def put(home, place, make=lambda path: shutil.copy(PLUGIN, path)):
    path = home / ".local/lib/wireshark/plugins" / place / "sockusage.so"
    path.parent.mkdir(parents=True)
    make(path)
    own(home)
    return path


def test_all_is_well(home):
    path = put(home, f"{SERIES}/epan")
    status, text = doctor(home)
    assert status == 0
    assert f"found {path}" in text
    assert text.endswith("All is well.\n")


def test_not_installed(home):
    status, text = doctor(home)
    assert status == 1
    assert "BAD  the plugin is not installed" in text


@pytest.mark.parametrize("place, what", [
    (SERIES, "it is in the wrong folder"),
    ("", "for another version than"),
    ("9.9/epan", "for another version than"),
])
def test_somewhere_else(home, place, what):
    path = put(home, place)
    status, text = doctor(home)
    assert status == 1
    assert what in text and f"there is {path}" in text
    assert f"{home}/.local/lib/wireshark/plugins/{SERIES}/epan" in text  # where it belongs


def test_for_another_version(home, tmp_path):
    code = tmp_path / "other.c"
    code.write_text('const char plugin_version[] = "0"; const int plugin_want_major = 9, '
                    'plugin_want_minor = 9; void plugin_register(void) {}', encoding="ascii")
    put(home, f"{SERIES}/epan", lambda path: subprocess.run(
        ["cc", "-shared", "-fPIC", "-o", path, code], check=True))
    status, text = doctor(home)
    assert status == 1
    assert "compiled for" in text and "9.9" in text


def test_damaged(home):
    put(home, f"{SERIES}/epan", lambda path: path.write_bytes(b"no plugin at all"))
    status, text = doctor(home)
    assert status == 1
    assert "BAD" in text and "All is well" not in text


def test_cannot_be_read(home):
    put(home, f"{SERIES}/epan").chmod(0)
    status, text = doctor(home)
    assert status == 1
    assert "cannot be read" in text


def test_disabled(home):
    put(home, f"{SERIES}/epan")
    config = home / ".config/wireshark"
    config.mkdir(parents=True)
    (config / "disabled_protos").write_text("sockusage\n", encoding="ascii")
    own(home)
    status, text = doctor(home)
    assert status == 1
    assert "the protocol is disabled" in text


@pytest.mark.skipif(os.getuid() != 0, reason="about root")
def test_root_gets_no_personal_plugins(home):
    """Also where the plugin is installed for everybody: this tshark tells of another folder."""
    put(home, f"{SERIES}/epan")
    tshark = home / "tshark"
    tshark.write_text("#!/bin/sh\ntshark \"$@\" | sed 's,^\\(Global Plugins:[[:space:]]*\\).*,"
                      f"\\1{home}/global/{SERIES},'\n", encoding="ascii")
    tshark.chmod(0o755)
    status, text = doctor(home, tshark, as_root=True)
    assert status == 1
    assert "you are root" in text and "for this user only" in text


def test_no_tshark(home):
    status, text = doctor(home, "/nonexistent/tshark")
    assert status == 2
    assert "there is no /nonexistent/tshark" in text


# ---- install.sh, as in the tarball ---------------------------------------------------------------

@pytest.fixture(name="archive")
def unpacked_archive(tmp_path):
    """What scripts/package puts into the tarball."""
    place = tmp_path / "archive"
    for name in ("man", "doc", "profile/Socket Usage"):
        (place / name).mkdir(parents=True)
    shutil.copy(PLUGIN, place)
    for name in ("install.sh", "sockusage-doctor"):
        shutil.copy(SOURCE / "packaging" / name, place)
    for name in ("sockusage.7.gz", "sockusage-doctor.1.gz"):
        (place / "man" / name).write_bytes(b"")
    (place / "doc/README.md").write_text("read me", encoding="ascii")
    (place / "profile/Socket Usage/preferences").write_text("# none\n", encoding="ascii")
    (place / "series").write_text(SERIES + "\n", encoding="ascii")
    return own(place)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(name="user")
def new_user(home):
    (home / "user").mkdir()
    return own(home) / "user"


def test_install_for_a_user_and_remove(archive, user):
    done = run(archive / "install.sh", home=user)
    assert (done.returncode, done.stderr) == (0, "")
    assert "All is well." in done.stdout
    assert f".local/lib/wireshark/plugins/{SERIES}/epan/sockusage.so" in files(user)
    assert ".config/wireshark/profiles/Socket Usage/preferences" in files(user)
    assert len(files(user)) == 6
    assert run(archive / "install.sh", home=user).returncode == 0  # again, over itself
    done = run(archive / "install.sh", "--remove", home=user)
    assert (done.returncode, files(user)) == (0, [])


def test_an_archive_for_another_version_is_refused(archive, user):
    (archive / "series").write_text("9.9\n", encoding="ascii")
    done = run(archive / "install.sh", home=user)
    assert done.returncode != 0
    assert "this archive is for Wireshark 9.9" in done.stderr
    assert files(user) == []
