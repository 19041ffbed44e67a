"""What a window saves and copies is what tshark prints.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import re
import time
import xml.etree.ElementTree

import pytest

import exports
from desktop import wait_for
from windows import DEMO, REPORTS, THOROUGH, counts_in, of_sharkd, texts, title

# A click can be lost between X, Qt and the accessibility bus; each try has a Wireshark of its own.
pytestmark = pytest.mark.flaky(reruns=2)


def choose_kind(dialog, kind):
    """In the list below the file's name; a text file is what it begins with."""
    box = wait_for("the kinds of files", lambda: next(
        (each for each in dialog.all("combo box") if "Plain text" in each.name), None))
    if kind not in box.name:
        box.click()
        time.sleep(0.5)
        box.desktop.type(kind)
        box.desktop.key("Return")
        wait_for(kind, lambda: kind in box.name)


def save(program, window, path, kind):
    """Through Save as, as a file of this kind."""
    before = len(program.titles())
    window.find("button", "^Save as").press()
    dialog = program.window("Save Statistics As")
    choose_kind(dialog, kind)
    dialog.find("text", "File name").click()
    program.desktop.key("ctrl+a", "Delete")
    program.desktop.type(str(path))
    program.desktop.key("Return")
    wait_for(f"{path}", path.exists)
    wait_for("the end of the dialog", lambda: len(program.titles()) == before)
    return path.read_text(encoding="utf-8")


def of_text(text):
    """Columns are two spaces apart, or more; of a file with cells that are empty, words."""
    lines = [line for line in text.splitlines() if line and set(line) - set("=-")]
    return sorted(re.split(r" {2,}", line.strip()) for line in lines[2:])


def of_csv(text):
    return texts(list(csv.reader(text.splitlines()))[1:])


def of_xml(text):
    """The first row has the names."""
    rows = [[entry.text or "" for entry in row.iter("entry")]
            for row in xml.etree.ElementTree.fromstring(text).iter("row")]
    return texts(rows[1:])


def of_yaml(text):
    """The values, in the columns' order; a dash begins a row."""
    rows = []
    for mark, value in re.findall(r"^  (-| ) [^:]+: (.*)$", text, re.M):
        if mark == "-":
            rows.append([])
        rows[-1].append(value.strip('"'))
    return texts(rows)


# What a file's name ends with, which Wireshark sees to: what its kind is called, how it is read.
KINDS = {"txt": ("Plain text", of_text), "csv": ("Comma", of_csv), "xml": ("XML", of_xml),
         "yaml": ("YAML", of_yaml)}


def test_what_is_saved_is_what_tshark_prints(demo, place):
    window = demo.open_window(title("Hosts"))
    for end, (kind, read) in KINDS.items():
        text = save(demo, window, place / f"hosts.{end}", kind)
        assert read(text) == of_sharkd(DEMO, "Hosts"), end


def test_each_window_can_be_saved(demo, place):
    for report in REPORTS if THOROUGH else ["Flows"]:
        window = demo.open_window(title(report))
        text = save(demo, window, place / f"{report}.csv", "Comma")
        assert of_csv(text) == of_sharkd(DEMO, report)
        demo.close_window(window.name)


def test_the_overview_can_be_saved(demo, place):
    text = save(demo, demo.open_window(title("Overview")), place / "overview.txt", "Plain text")
    found, want = counts_in(text), counts_in(exports.printed(DEMO, "tree"))
    common = set(found) & set(want)
    assert len(common) > 12
    assert {name: found[name] for name in common} == {name: want[name] for name in common}
