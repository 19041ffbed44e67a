"""What has to survive: windows that come and go, and what happens to a file while they are open.
With all windows, many times and under sanitizers: tests/gui/survive.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import subprocess
import sys
import time

import pytest

from desktop import Missing, wait_for
from windows import (CHECKED, DEMO, OTHER, THOROUGH, TIMES, WINDOWS, all_tables, apply,
                     assert_numbers, details, filtered, frames, go_to, hosts, of_sharkd, open_file,
                     shown, title, wait_for_rows)

# A click can be lost between X, Qt and the accessibility bus; each try has a Wireshark of its own.
pytestmark = pytest.mark.flaky(reruns=2)

FILTERS = ['sockusage.handshake == "refused"', "tcp.flags.reset == 1"]
HEADERS_ONLY = "ip.proto==6,sockusage"
FAST_PROFILE = "Socket Usage (fast)"


def open_all(program):
    return {report: program.open_window(title(report)) for report in ["Overview", *CHECKED]}


def close_all(program):
    for name in program.titles():
        if "Socket Usage" in name:
            program.close_window(name)


def apply_again(windows, want):
    """Wireshark fills a window when it is opened, and when it is told to. While it goes through all
    packets already it refuses to begin another time, but has emptied the windows by then; then it is
    told again, as a user would."""
    for report in set(windows) & set(want):
        windows[report].find("button", "^Apply$").press()
        try:
            wait_for("rows", lambda: shown(windows[report]), patience_s=8)
        except Missing:
            windows[report].find("button", "^Apply$").press()
        wait_for_rows(windows[report], want[report])


def titles_of_packet(program, frame):
    go_to(program, frame)
    return {item.name.partition(",")[0] for item in details(program).children()}


# ---- windows ------------------------------------------------------------------------------------

def test_windows_open_and_close_many_times(demo):
    for report in WINDOWS:
        for _ in range(TIMES):
            demo.close_window(demo.choose_window("Statistics", title(report)))
    assert_numbers(demo, DEMO)
    assert demo.close() == 0


def test_every_window_takes_a_filter(demo):
    everything = all_tables(DEMO)
    for report in CHECKED:
        window = demo.open_window(title(report))
        for filter in FILTERS:
            apply(window, filter)
            wait_for_rows(window, filtered(DEMO, report, filter))
        apply(window, "")
        wait_for_rows(window, everything[report])
        demo.close_window(window.name)
    assert demo.close() == 0


def click_headers(program, window):
    """All, from left to right; the window is moved to the left when they are beyond the screen."""
    left = window.extents()[0]
    places = [header.middle() for header in window.find("tree").headers()]
    while places:
        seen = [place for place in places if place[0] < program.desktop.width - 20]
        program.desktop.click_all(seen, repeat=2 if THOROUGH else 1)
        places = places[len(seen):]
        if places:
            distance = places[0][0] - 60
            left -= distance
            program.place_window(window.name, left)
            places = [(x - distance, y) for x, y in places]


def test_every_column_of_every_window_is_sorted(demo):
    want = all_tables(DEMO)
    for report in CHECKED:
        window = demo.open_window(title(report))
        demo.place_window(window.name, 0, width=3000)
        click_headers(demo, window)
        wait_for_rows(window, want[report])
        demo.close_window(window.name)
    assert demo.close() == 0


# ---- files --------------------------------------------------------------------------------------

def test_files_come_and_go_while_windows_are_open(demo):
    open_all(demo)
    demo.menu("View", "Reload")
    time.sleep(1)
    demo.wait_until_loaded(DEMO.name)
    close_all(demo)
    assert_numbers(demo, DEMO)
    open_all(demo)
    open_file(demo, OTHER)
    close_all(demo)
    assert_numbers(demo, OTHER)
    open_all(demo)
    demo.menu("File", "Close")
    wait_for("an empty main window", lambda: OTHER.name not in demo.main.name)
    close_all(demo)
    open_file(demo, DEMO)
    assert_numbers(demo, DEMO)
    assert demo.close() == 0


def test_it_starts_without_a_file(session):
    program = session.start()
    assert title("Hosts") in program.menu_names("Statistics")
    open_file(program, DEMO)
    assert_numbers(program, DEMO)
    assert program.close() == 0


# ---- packets dissected anew ---------------------------------------------------------------------

def test_following_a_stream_leaves_windows_alone(demo):
    windows = open_all(demo)
    go_to(demo, 8)
    demo.menu("Analyze", "Follow", "TCP Stream")
    stream = demo.window("Follow TCP Stream")
    stream.find("button", "^Close$").click()
    wait_for("the end of the stream", lambda: len(demo.titles()) == 1 + len(windows))
    demo.filter("")
    wait_for("all frames", lambda: demo.shown_frames() == frames(DEMO))
    apply_again(windows, all_tables(DEMO))
    assert demo.close() == 0


def switch_profile(program, name):
    program.menu("Edit", "Configuration Profiles.*")
    window = program.window("Configuration Profiles")
    entry = next(each for each in window.find("tree").children() if each.name == name)
    entry.click()
    window.find("button", "^OK$").press()
    program.main.find("label", f"^Profile: {name}$".replace("(", r"\(").replace(")", r"\)"))


def test_the_profile_changes_while_windows_are_open(demo):
    windows = open_all(demo)
    for name in ("Default", "Socket Usage"):
        switch_profile(demo, name)
        apply_again(windows, all_tables(DEMO))
    assert demo.close() == 0


def decode_as(program, change):
    program.menu("Analyze", "Decode As.*")
    window = program.window("Decode As")
    change(window, window.find("tree"))
    window.find("button", "^OK$").press()
    wait_for("the end of the dialog", lambda: not any("Decode As" in each
                                                      for each in program.titles()))


def cell(tree, place):
    """Of the first row: field, value, type, default, current."""
    return [each for each in tree.children() if each.role == "table cell"][place]


def write(desktop, *keys, text):
    """What takes the text opens with a click, and ends with a click on another cell."""
    time.sleep(0.5)
    if keys:
        desktop.key(*keys)
    desktop.type(text)


def add_our_entry(window, tree):
    """The editor of the field is open at once, and hides the value."""
    window.find("button", "^$|new").press()
    wait_for("the entry", lambda: any(each.role == "table cell" for each in tree.children()))
    write(tree.desktop, text="IP protocol")
    tree.desktop.key("Return")
    time.sleep(0.5)
    cell(tree, 4).click()
    wait_for("the field", lambda: cell(tree, 0).name == "IP protocol")
    cell(tree, 1).click()
    write(tree.desktop, "ctrl+a", text="6")
    cell(tree, 4).click()
    write(tree.desktop, text="SockUsage")
    tree.desktop.key("Return")
    wait_for("what was written", lambda: [cell(tree, place).name for place in (0, 1, 4)]
             == ["IP protocol", "6", "SockUsage"])


def remove_our_entry(window, tree):
    cell(tree, 2).click()
    list(window.all("button", "^$|entry|remove"))[1].press()
    wait_for("no entry", lambda: all(each.role != "table cell" for each in tree.children()))


def test_headers_alone_are_decoded_and_all_again(demo):
    windows = open_all(demo)
    decode_as(demo, add_our_entry)
    assert "Transmission Control Protocol" not in titles_of_packet(demo, 8)
    apply_again(windows, {"Hosts": hosts(DEMO, "-d", HEADERS_ONLY)})
    decode_as(demo, remove_our_entry)
    assert "Transmission Control Protocol" in titles_of_packet(demo, 8)
    apply_again(windows, all_tables(DEMO))
    assert demo.close() == 0


def test_the_fast_profile_comes_and_goes(demo):
    windows = open_all(demo)
    switch_profile(demo, FAST_PROFILE)
    assert "Transmission Control Protocol" not in titles_of_packet(demo, 8)
    apply_again(windows, {"Hosts": hosts(DEMO, "-d", HEADERS_ONLY)})
    switch_profile(demo, "Socket Usage")
    assert "Transmission Control Protocol" in titles_of_packet(demo, 8)
    apply_again(windows, all_tables(DEMO))
    assert demo.close() == 0


# ---- live ---------------------------------------------------------------------------------------

NAMESPACE = ["unshare", "--user", "--keep-caps", "--net", f"--map-user={os.getuid() or 65534}",
             f"--map-group={os.getgid() or 65534}"]
TRAFFIC = str(pathlib.Path(__file__).with_name("traffic.py"))


@pytest.fixture
def namespace(place):
    """Words that start a program with a network of its own, in which it may capture packets."""
    words = [*NAMESPACE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    done = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no namespaces for users here: {done.stderr.strip()}")
    return words


def make_traffic(program, count):
    subprocess.run(["nsenter", "--target", str(program.process.pid), "--user", "--net",
                    "--preserve-credentials", sys.executable, TRAFFIC, str(count)], check=True,
                   timeout=60)


def test_windows_are_open_during_a_live_capture(session, namespace, place):
    file = place / "live.pcapng"
    program = session.start("-k", "-i", "lo", "-w", file, before=namespace)
    wait_for("the capture", lambda: "Capturing" in program.main.name)
    windows = open_all(program)
    for count in (3, 5):
        before = shown(windows["Hosts"])
        make_traffic(program, count)
        wait_for("new rows", lambda: press_apply(windows) and shown(windows["Hosts"]) != before)
    program.menu("Capture", "Stop")
    program.wait_until_loaded(file.name)
    close_all(program)
    assert len(of_sharkd(file, "Flows")) == 16
    assert_numbers(program, file)
    assert program.close() == 0


def press_apply(windows):
    """One after another: while Wireshark fills one, it empties any other and leaves it so."""
    for window in windows.values():
        window.find("button", "^Apply$").press()
        time.sleep(1)
    return True
