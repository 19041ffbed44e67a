"""What the plugin takes it gives back: when tshark ends, and when a program opens file after file.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import exports
import su_tshark
import variants

FILES = 100
REPORTS = ["tree", "export,all,json", "exchanges,tcp", "ladder", "hosts", "handshakes"]
WHILE_PACKETS_COME = ["monitor", "stream", "stream,tcp.flags.syn == 1", "prometheus,{place}/x.prom",
                      "serve,{place}/s"]
FORGET = ("-o", "sockusage.forget_after:1", "-o", "sockusage.time_wait:1")
RECORD = re.compile(r"\d[\d,]* (?:\([^)]*\) )?bytes in [\d,]+ blocks are (definitely|indirectly|possibly) lost")
MISUSE = re.compile(r"Invalid (read|write|free)|uninitialised")
FRAME = re.compile(r"(?:at|by) 0x[0-9A-F]+: (.*)")
PROVIDERS = re.compile(r"vgpreload|/lib(c|glib-2\.0|gobject-2\.0|gio-2\.0)\.so")
OURS = re.compile(r"sockusage\.so|\bsu_\w+ \(|\((%s):\d+\)" % "|".join(
    path.name for path in (exports.SOURCE / "plugin").rglob("*.c")))
pytestmark = pytest.mark.skipif("SU_PRELOAD" in os.environ, reason="a sanitizer is at work already")


@pytest.fixture(scope="module", name="everything")
def many_captures(place):
    """And in the end one of years later, so that all others can be forgotten."""
    path, later = place / "everything.pcapng", place / "later.pcapng"
    variants.call("editcap", "-t", 10**9, exports.capture("demo"), later)
    variants.call("mergecap", "-a", "-w", path, *sorted(exports.CAPTURES.glob("*.pcapng")), later)
    path.chmod(0o644)
    return path


def innermost(record):
    """Where it happened, and who called that. Further out we are in every packet's way."""
    return "\n".join(FRAME.findall(record)[:2])


def taker(record):
    """Who took the memory."""
    frames = [frame for frame in FRAME.findall(record) if not PROVIDERS.search(frame)]
    return frames[0] if frames else ""


def lost(*arguments, home=None):
    """The records of losses: [[line, line ...], ...]. Wireshark's own are among them."""
    if not shutil.which("valgrind"):
        pytest.skip("needs valgrind")
    words = su_tshark.command(*arguments)
    at = next(i for i, word in enumerate(words) if word.endswith("tshark"))
    # The tshark of these tests is a script, and valgrind wants the program.
    place = pathlib.Path(words[at]).parent.parent / "stock"
    folders = [folder for folder in os.environ["PATH"].split(":")
               if pathlib.Path(folder, "tshark").exists() and folder != str(place.parent / "bin")]
    words[at:at + 1] = ["valgrind", "--leak-check=full", "--keep-debuginfo=yes",
                        "--show-leak-kinds=definite,indirect,possible", "--num-callers=40",
                        f"{folders[0]}/tshark"]
    environment = su_tshark.environment() | {
        "WIRESHARK_PLUGIN_DIR": str(place), "WIRESHARK_EXTCAP_DIR": str(place)}
    if home:
        environment["HOME"] = str(home)
    done = subprocess.run(words, env=environment, cwd="/", capture_output=True, text=True,
                          timeout=600, check=False, errors="replace")
    assert done.returncode == 0, (words, done.stderr[-2000:])
    assert "ERROR SUMMARY" in done.stderr
    parts = re.split(r"\n==\d+== \n", done.stderr)
    assert [part for part in parts if MISUSE.search(part) and OURS.search(innermost(part))] == []
    return [part for part in parts if RECORD.search(part)]


def ours(records):
    return [record for record in records if OURS.search(taker(record))]


def words_of(reports, place):
    return [word for report in reports for word in ("-z", f"sockusage,{report.format(place=place)}")]


WAYS = {
    "two passes": (("-2", "-V"), (), REPORTS),
    "sessions": (("-q", "-M", "500"), (), [*REPORTS, *WHILE_PACKETS_COME]),
    "forgotten": (("-q",), FORGET, [*REPORTS, *WHILE_PACKETS_COME]),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_ours_is_lost_when_tshark_ends(everything, way, place):
    how, settings, reports = WAYS[way]
    place.chmod(0o777)
    records = lost("-r", everything, *how, *settings, *words_of(reports, place))
    assert ours(records) == [], "\n\n".join(ours(records))
    bare = place / "bare"
    bare.mkdir(exist_ok=True)
    # Plain tshark 4.0 needs something to do: with -q and -M alone it aborts.
    assert len(records) <= len(lost("-r", everything, *how, "-V", home=bare))


def resident_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def ask(sharkd, method, **parameters):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    sharkd.stdin.write(json.dumps(request) + "\n")
    sharkd.stdin.flush()
    reply = json.loads(sharkd.stdout.readline())
    assert "result" in reply, reply


def growth_kib(home, tap):
    """Of a sharkd that opens FILES more files, from the tenth on."""
    words = su_tshark.command()
    words[-2:] = [shutil.which("sharkd"), "-"]
    environment = su_tshark.environment() | {"HOME": str(home)}
    with subprocess.Popen(words, env=environment, cwd="/", text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as sharkd:
        for number in range(FILES + 10):
            if number == 10:
                before = resident_kib(sharkd.pid)
            ask(sharkd, "load", file=str(exports.capture("demo")))
            ask(sharkd, "tap", **tap)
        grown = resident_kib(sharkd.pid) - before
        sharkd.stdin.close()
        sharkd.wait(60)
    return grown


@pytest.mark.skipif(not shutil.which("sharkd"), reason="needs sharkd")
def test_file_after_file_in_one_process(place):
    """Wireshark's own sharkd 4.0 grows by 11 MiB with every file, so only the difference can tell."""
    bare = place / "nothing"
    bare.mkdir()
    stock = growth_kib(bare, {"tap0": "conv:TCP"})
    with_us = growth_kib(os.environ["SU_HOME"],
                         {"tap0": "stat:sockusage", "tap1": "nstat:sockusage,hosts"})
    assert with_us - stock < FILES * 64
