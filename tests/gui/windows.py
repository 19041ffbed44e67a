"""Our windows: their names, what they show, and what tshark and sharkd say that they should show.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re

import desktop
import exports
import su_tshark
from desktop import table, wait_for

DEMO = exports.capture("demo")
OTHER = exports.capture("nginx_ab_keepalive")
REPORTS = ["Hosts", "Services", "States", "Handshakes", "Flows", "Exchanges"]
WINDOWS = ["Overview", *REPORTS]
# How often each window is opened and closed; if often, the rest is done with all windows, too.
TIMES = int(os.environ.get("SU_GUI_TIMES", "2"))
THOROUGH = TIMES > 2
CHECKED = REPORTS if THOROUGH else ["Hosts", "States"]


def title(report):
    return f"Socket Usage {report}"


def leaves(value):
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return ["" if value is None else str(value)]


def texts(rows):
    """In an order of ours; what is unknown is empty, and numbers that sort as text are padded."""
    return sorted([str(cell).strip() for cell in row] for row in rows)


def once(pairs):
    """{name: count} of the names that there are once."""
    names = [name for name, _ in pairs]
    return {name: count for name, count in pairs if names.count(name) == 1}


def counts_in(text):
    """Of a tree that was printed or saved."""
    return once(re.findall(r"^ *(\S(?:.*?\S)?) {2,}(\d+)\b", text, re.M))


def shown(window):
    return texts(table(window)[1])


def wait_for_rows(window, want):
    try:
        wait_for("the rows", lambda: shown(window) == want)
    except desktop.Missing:
        found = shown(window)
        assert found == want, f"{window.name}: {found} instead of {want}"


# ---- what they should show ----------------------------------------------------------------------

def hosts(path, *options, filter=""):
    """As tshark exports them."""
    return texts(leaves(row) for row in exports.lines(path, "hosts", *options, filter=filter))


def all_tables(path):
    """{report: rows} as sharkd has them; that these are tshark's is tested elsewhere."""
    found = exports.sharkd_tables(path, [report.lower() for report in REPORTS])
    return {report: texts(found[report.lower()]) for report in REPORTS}


def of_sharkd(path, report):
    return all_tables(path)[report]


def milliseconds(cells):
    """The last three are exported as seconds."""
    return cells[:-3] + [cell and f"{float(cell) * 1000:.3f}" for cell in cells[-3:]]


def filtered(path, report, filter):
    """As tshark has them with this filter. A line of a connection remains as it is, if it does."""
    lines = exports.lines(path, report.lower(), filter=filter)
    if report == "Services":
        return texts(milliseconds(leaves(line)) for line in lines)
    if report not in ("Flows", "Exchanges"):
        return texts(leaves(line) for line in lines)
    left = {leaves(line)[0] for line in lines}
    return [row for row in of_sharkd(path, report) if row[0] in left]


# ---- what is done with them ---------------------------------------------------------------------

def apply(window, filter):
    entry = window.find("text", "Display filter entry")
    entry.click()
    entry.desktop.key("ctrl+a", "Delete")
    entry.desktop.type(filter)
    window.find("button", "^Apply$").press()


def assert_numbers(program, path, reports=CHECKED):
    """A window of each that is opened now has the rows that it should have."""
    want = all_tables(path)
    for report in reports:
        window = program.open_window(title(report))
        wait_for_rows(window, want[report])
        program.close_window(title(report))


# ---- the main window ----------------------------------------------------------------------------

def details(program):
    return program.main.find("tree", "^Packet details$")


def go_to(program, frame):
    program.menu("Go", "Go to Packet.*")
    program.main.find("button", "^Go to packet$")
    program.desktop.type(str(frame))
    program.desktop.key("Return")
    wait_for(f"frame {frame}", lambda: any(
        each.name.startswith(f"Frame {frame}:") for each in details(program).children()))


def open_file(program, path):
    program.menu("File", "Open")
    dialog = program.window("Open Capture File")
    dialog.find("text", "File name|^$").click()
    program.desktop.key("ctrl+a", "Delete")
    program.desktop.type(str(path))
    program.desktop.key("Return")
    program.wait_until_loaded(path.name)


def frames(path):
    return len(su_tshark.rows(path, ["frame.number"]))
