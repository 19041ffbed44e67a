"""A desktop and a home folder of our own, and Wireshark in it with our profile.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import atexit
import os
import pathlib
import re
import shutil
import sys

import pytest

SOURCE = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(SOURCE / "tests" / folder) for folder in ("tools", "reports", "golden")]

import desktop  # noqa: E402
import su_tshark  # noqa: E402

PROFILE = "Socket Usage"
NOBODY = 65534


def give_up_root():
    """Wireshark loads no personal plugins for root, and a bus lets nobody in but its owner."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def chown(folder):
    if os.getuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


# A plugin that runs a failed test again may set all fixtures up again, too; but root is given up, and
# the accessibility bus is chosen, once in a process.
MADE = {}


def make_place(place):
    shutil.copytree(os.environ["SU_HOME"], place / "home")
    shutil.copytree(SOURCE / "profile", place / "home/.config/wireshark/profiles")
    (place / "runtime").mkdir(mode=0o700)
    for folder in place.parents:
        if folder.name.startswith("pytest-"):
            folder.chmod(0o755)
    chown(place)
    give_up_root()
    os.environ["SU_HOME"] = str(place / "home")
    os.environ["XDG_RUNTIME_DIR"] = str(place / "runtime")
    return place


def make_screen(place):
    screen = desktop.Desktop(place)
    atexit.register(screen.close)
    return screen


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Folder of all that is written, owned by who this process is from now on."""
    if "place" not in MADE:
        MADE["place"] = make_place(tmp_path_factory.mktemp("gui"))
    return MADE["place"]


@pytest.fixture(scope="session")
def screen(place):
    if "screen" not in MADE:
        MADE["screen"] = make_screen(place)
    return MADE["screen"]


class Session:
    """Starts Wireshark, and looks after it."""

    def __init__(self, screen):
        self.screen = screen
        self.running = []

    def start(self, *arguments, profile=PROFILE, before=()):
        words = ["-C", profile] if profile else []
        program = desktop.Wireshark(self.screen, su_tshark.environment(), *words, *arguments,
                                    before=before)
        self.running.append(program)
        program.fill_screen()
        return program

    def open(self, path, *arguments, profile=PROFILE):
        program = self.start("-r", path, *arguments, profile=profile)
        program.wait_until_loaded(pathlib.Path(path).name)
        return program

    def close(self):
        for program in self.running:
            if program.process.poll() is None:
                desktop.stop(program.process)


@pytest.fixture
def session(screen):
    session = Session(screen)
    yield session
    session.close()


@pytest.fixture
def demo(session):
    return session.open(SOURCE / "captures/demo.pcapng")


def pytest_configure(config):
    """Where nothing works, each test would wait for long, three times."""
    config.option.maxfail = config.option.maxfail or 4


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Of what failed, a picture: in the folder that SU_GUI_PICTURES names."""
    outcome = yield
    folder = os.environ.get("SU_GUI_PICTURES")
    screen = item.funcargs.get("screen")
    if folder and screen and outcome.get_result().failed:
        screen.picture(pathlib.Path(folder) / (re.sub(r"\W+", "_", item.name) + ".png"))
