"""Runs programs in turn and notes time and memory. Knows nothing of what the numbers mean.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time

NOBODY = 65534
PAGE = os.sysconf("SC_PAGE_SIZE")


def ordinary_user():
    """Keywords for subprocess: whom to run tshark as; root's ignores our plugin."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


class Place:
    """A folder with what tshark needs: homes, and folders of plugins with ours and without."""

    def __init__(self, path, tshark):
        self.path = path
        self.tshark = tshark
        path.chmod(0o755)
        (path / "home").mkdir()
        scratch = path / "scratch"
        scratch.mkdir()
        scratch.chmod(0o777)
        folders = subprocess.run([tshark, "-G", "folders"], capture_output=True, text=True,
                                 check=True).stdout
        self.stock = pathlib.Path(
            re.search(r"^Global Plugins:\s*(\S.*)$", folders, re.MULTILINE).group(1))
        self.add("without", None)

    def add(self, name, plugin):
        """A folder of plugins: all that tshark has, and `plugin` instead of ours."""
        target = self.path / name / self.stock.name
        if self.stock.is_dir():
            shutil.copytree(self.stock, target, ignore=shutil.ignore_patterns("sockusage.so"))
        (target / "epan").mkdir(parents=True, exist_ok=True)
        if plugin:
            shutil.copy(plugin, target / "epan/sockusage.so")
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", self.path / name], check=True)

    def has(self, name):
        return (self.path / name).is_dir()

    def environment(self, plugin):
        return {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                "HOME": str(self.path / "home"), "WIRESHARK_EXTCAP_DIR": str(self.path / "home"),
                "WIRESHARK_PLUGIN_DIR": str(self.path / plugin)}


def readable(path):
    return subprocess.run(["test", "-r", str(path)], check=False, **ordinary_user()).returncode == 0


class Sum:
    """The memory of a group of processes together, at its highest: looked at as it runs."""

    def __init__(self, group):
        self.group = str(group)
        self.peak = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.over.wait(0.1):
            self.peak = max(self.peak, sum(map(self.resident, self.members())))

    def members(self):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                try:
                    text = pathlib.Path(entry.path, "stat").read_text(encoding="latin-1")
                except OSError:
                    continue
                if text.rpartition(")")[2].split()[2] == self.group:
                    yield entry.path

    @staticmethod
    def resident(path):
        try:
            return int(pathlib.Path(path, "statm").read_text(encoding="ascii").split()[1]) * PAGE
        except (OSError, IndexError):
            return 0

    def end(self):
        self.over.set()
        self.thread.join()
        return self.peak


def run(contender, capture, place):
    """{seconds, cpu, peak} of one run. Several processes: their CPU time and memory together."""
    python = shutil.which("python3", path="/usr/bin:/bin") or "python3"
    words = contender.words.format(capture=shlex.quote(str(capture)), tshark=place.tshark,
                                   python=python, scratch=place.path / "scratch/half")
    alone = words.startswith("exec ")
    with open(place.path / "output", "w+", encoding="utf-8", errors="replace") as out:
        start = time.perf_counter()
        process = subprocess.Popen(["sh", "-c", words], stdout=out, stderr=subprocess.STDOUT,
                                   env=place.environment(contender.plugin), cwd="/",
                                   start_new_session=True, **ordinary_user())
        together = None if alone else Sum(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss * 1024
        if together:
            peak = max(peak, together.end())
        out.seek(0)
        if process.returncode != 0:
            sys.exit(f"bench/run: {contender.name}: failed:\n{out.read()[-2000:]}")
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": peak}


def can_run(contender, capture, place):
    """Does this machine, this build take it at all? Tried on a small capture."""
    try:
        run(contender, capture, place)
    except SystemExit as problem:
        print(problem, file=sys.stderr)
        return False
    return True
