"""Wireshark as its users see it: menus, windows, filters, the profile.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import subprocess
import time

import pytest

import desktop
import exports
import su_tshark
from desktop import table, wait_for
from windows import (DEMO, REPORTS, apply, counts_in, details, go_to, hosts, leaves, of_sharkd,
                     once, shown, texts, title, wait_for_rows)

# A click can be lost between X, Qt and the accessibility bus; each try has a Wireshark of its own.
pytestmark = pytest.mark.flaky(reruns=2)


# ---- menus and windows --------------------------------------------------------------------------

def test_all_windows_are_in_one_menu(demo):
    names = demo.menu_names("Statistics")
    assert [name for name in names if name.startswith("Socket Usage")] == \
        [title(report) for report in sorted(REPORTS)] + [title("Overview")]
    places = [names.index(title(report)) for report in sorted(REPORTS)]
    assert places == list(range(places[0], places[0] + len(places)))


@pytest.mark.parametrize("report", REPORTS)
def test_a_window_shows_what_tshark_prints(demo, report):
    wait_for_rows(demo.open_window(title(report)), of_sharkd(DEMO, report))


def test_the_overview_shows_what_tshark_prints(demo):
    window = demo.open_window(title("Overview"))
    found = once([(row[0], row[1]) for row in table(window)[1]])
    want = counts_in(exports.printed(DEMO, "tree"))
    common = set(found) & set(want)
    assert len(common) > 12
    assert {name: found[name] for name in common} == {name: want[name] for name in common}


def test_a_filter_is_applied_and_taken_back(demo):
    window = demo.open_window(title("Hosts"))
    filter = 'sockusage.handshake == "refused"'
    want = hosts(DEMO, filter=filter)
    assert 0 < len(want) < len(shown(window))
    apply(window, filter)
    wait_for_rows(window, want)
    apply(window, "")
    wait_for_rows(window, hosts(DEMO))


def test_two_windows_of_one_report(demo):
    first = demo.open_window(title("Hosts"))
    demo.menu("Statistics", title("Hosts"))
    for each in (demo.window(title("Hosts"), count=2), first):
        wait_for_rows(each, hosts(DEMO))


def values(cells):
    """As numbers, if all are that are not empty; nothing is less than anything."""
    if all(re.fullmatch(r"\s*(\d+(\.\d+)?)?", cell) for cell in cells):
        return [float(cell or -1) for cell in cells]
    return cells


class Columns:
    """Of a window that may be wider than the screen."""

    def __init__(self, program, window):
        self.program = program
        self.window = window
        self.tree = window.find("tree")
        program.place_window(window.name, 0, width=3000)
        self.left = window.extents()[0]
        self.count = len(self.tree.headers())

    def header(self, place):
        """It is brought onto the screen."""
        x, y = self.tree.child(place).middle()
        if not 0 < x < self.program.desktop.width - 20:
            self.left -= x - 300
            self.program.place_window(self.window.name, self.left)
            x, y = self.tree.child(place).middle()
        return x, y

    def values(self, place):
        cells = range(self.count + place, self.tree.size(), self.count)
        return values([self.tree.child(cell).name for cell in cells])

    def click_until(self, place, orders):
        """It is in one of these orders; a click may be lost. Returns which."""
        for _ in range(4):
            self.program.desktop.click_at(*self.header(place))
            try:
                return wait_for("the order", lambda: next(
                    (order for order in orders if self.values(place) == order), None), patience_s=1)
            except desktop.Missing:
                pass
        assert self.values(place) in orders, self.tree.child(place).name


@pytest.mark.parametrize("report", REPORTS)
def test_columns_sort_by_value(demo, report):
    """Each way. Where all is equal there is nothing to see."""
    columns = Columns(demo, demo.open_window(title(report)))
    several = [place for place in range(columns.count) if len(set(columns.values(place))) > 1]
    assert len(several) >= {"Handshakes": 1, "States": 5}.get(report, 8)
    for place in several:
        up = sorted(columns.values(place))
        first = columns.click_until(place, [up, up[::-1]])
        columns.click_until(place, [first[::-1]])


def clipboard():
    return subprocess.run(["xclip", "-o", "-selection", "clipboard"], capture_output=True,
                          text=True, timeout=20, check=True).stdout


def test_a_window_can_be_copied(demo):
    window = demo.open_window(title("Hosts"))
    window.find("button", "^Copy$").click()
    time.sleep(0.5)
    text = clipboard()
    for _, host, total, *_ in table(window)[1]:
        assert re.search(rf"{re.escape(host)}\s+{total}\b", text)


# ---- packets ------------------------------------------------------------------------------------

def test_the_top_line_and_the_links(demo):
    go_to(demo, 8)
    item = details(demo).find("table cell", r"^\[?Socket Usage: ")
    assert re.match(r"\[?Socket Usage: client 192\.0\.2\.78:\d+, ESTABLISHED / ESTABLISHED, "
                    r"handshake complete, close fin by \w+, SYN RTT 0\.\d\d ms\]?$", item.name)
    item.click()
    demo.desktop.key("Right")
    link = wait_for("the link", lambda: next(
        (each for each in details(demo).all("table cell", r"^\[?SYN-ACK in: 4\]?$")), None))
    link.scroll_into_view(of=details(demo))
    x, y = link.middle()
    demo.desktop.xdotool("mousemove", x, y, "click", "--repeat", 2, "--delay", 50, 1)
    wait_for("frame 4", lambda: any(
        each.name.startswith("Frame 4:") for each in details(demo).children()))


FILTERS = {
    "this connection": lambda row: f"sockusage.stream == {row['sockusage.stream']}",
    "all of this client": lambda row:
        f"sockusage.stream && sockusage.client.ip == {row['sockusage.client.ip']}",
    "all of this server": lambda row:
        f"sockusage.stream && sockusage.server.ip == {row['sockusage.server.ip']}",
}
COLUMNS = ["frame.number", "sockusage.stream", "sockusage.client.ip", "sockusage.server.ip",
           "sockusage.client.open", "sockusage.outcome"]


def rows_of(path, filter=None):
    return {int(row["frame.number"]): row for row in su_tshark.rows(path, COLUMNS, only=filter)}


def wanted_filter(program):
    return program.main.find("text", "Display filter entry").text()


def choose_filter(program, name):
    program.menu("Analyze", "Conversation Filter", f"Socket Usage: {name}.*")
    return wait_for("a filter", lambda: wanted_filter(program))


@pytest.mark.parametrize("name", FILTERS)
def test_conversation_filters(demo, name):
    go_to(demo, 22)
    row = rows_of(DEMO)[22]
    assert choose_filter(demo, name) == FILTERS[name](row)
    want = len(rows_of(DEMO, FILTERS[name](row)))
    wait_for(f"{want} frames", lambda: demo.shown_frames() == want)


def streams_of(filter):
    """The numbers in a set such as {1, 4..6}."""
    for part in re.search(r"\{(.*)\}", filter)[1].split(", "):
        first, _, last = part.partition("..")
        yield from range(int(first), int(last or first) + 1)


def open_at(path, frame):
    """Connections of this frame's client that are open then: told by a run of one pass that ends
    there, as the outcome so far."""
    words = ["-r", path, "-c", frame, "-T", "fields", "-E", "separator=/t"]
    for name in COLUMNS:
        words += ["-e", name]
    last = {}
    for line in su_tshark.run(*words).stdout.splitlines():
        row = dict(zip(COLUMNS, line.split("\t")))
        last[row["sockusage.stream"]] = row
    client = row["sockusage.client.ip"]
    return {int(number) for number, row in last.items()
            if row["sockusage.outcome"] == "open" and row["sockusage.client.ip"] == client}


@pytest.mark.parametrize("frame", [22, 350])
def test_what_a_client_has_open_at_a_moment(demo, frame):
    want = open_at(DEMO, frame)
    assert len(want) == int(rows_of(DEMO)[frame]["sockusage.client.open"])
    go_to(demo, frame)
    filter = choose_filter(demo, "open at this moment")
    assert filter.startswith(f"sockusage.client.ip == {rows_of(DEMO)[frame]['sockusage.client.ip']}"
                             " && sockusage.stream in {")
    assert set(streams_of(filter)) == want


def test_expert_information(demo):
    window = demo.open_window("Expert Information", menu="Analyze")
    wait_for("our items", lambda: {row[1] for row in table(window)[1] if row[3] == "SockUsage"} >= {
        "Connection refused", "Connection reset", "Connection attempt timed out", "SYN repeated",
        "Lingering at the end of the capture"})


def test_every_preference_explains_itself():
    """The text that appears when the mouse rests on it."""
    words = [word for word in su_tshark.command("-G", "defaultprefs") if word != "-n"]
    text = subprocess.run(words, env=su_tshark.environment(), capture_output=True, text=True,
                          timeout=60, check=True).stdout
    found = dict(re.findall(r"^# (.*)\n(?:# .*\n)*#sockusage\.(\w+):", text, re.M))
    assert len(found) == len(re.findall(r"^#sockusage\.", text, re.M)) > 9
    assert all(len(explanation) > 60 for explanation in found)


# ---- the profile --------------------------------------------------------------------------------

def open_our_preferences(program):
    """Letters that are typed choose from the list on the left."""
    program.menu("Edit", "Preferences.*")
    window = program.window("Preferences")
    for word in ("prot", "sockusage"):
        window.desktop.type(word)
        time.sleep(1.5)
        window.desktop.key("Right")
        time.sleep(0.5)
    return window


def add_filter(program, editor, *values):
    """The editor of the name is open at once, and Tab goes on to what is beside it."""
    editor.find("button", "^$|new|Create").press()
    time.sleep(1)
    for value in values:
        program.desktop.type(value)
        program.desktop.key("Tab")
        time.sleep(0.5)


@pytest.fixture
def filters_file(place):
    """Where Wireshark keeps named filters; other tests have none."""
    file = place / "home/.config/wireshark/profiles/Socket Usage/sockusage_filters"
    yield file
    file.unlink(missing_ok=True)


def test_named_filters_are_edited(demo, filters_file):
    """A row of one's own, for the window Handshakes, now and after the next start."""
    window = open_our_preferences(demo)
    next(each for each in window.all("button", "^Edit") if each.is_shown()).click()
    editor = demo.window("named filters")
    add_filter(demo, editor, "web", "RX", "", "80,443")
    editor.find("button", "^OK$").click()
    wait_for("the end of the editor", lambda: len(demo.titles()) == 2)
    window.find("button", "^OK$").click()
    wait_for("the end of the preferences", lambda: len(demo.titles()) == 1)
    want = exports.lines(DEMO, "handshakes", "-o", 'uat:sockusage_filters:"web","RX","","80,443"')
    wait_for_rows(demo.open_window(title("Handshakes")), texts(leaves(row) for row in want))
    assert '"web","RX","","80,443"' in filters_file.read_text(encoding="utf-8")


def luminance(colour):
    """As WCAG 2 reckons it, of red, green and blue up to 65535."""
    parts = [value / 65535 for value in colour]
    return sum(weight * (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
               for weight, part in zip((0.2126, 0.7152, 0.0722), parts))


def test_text_is_legible_on_each_colour():
    """WCAG 2 wants a contrast of 4.5."""
    rules = (exports.SOURCE / "profile/Socket Usage/colorfilters").read_text(encoding="utf-8")
    pairs = re.findall(r"\[(.*?)\]\[(.*?)\]$", rules, re.M)
    assert len(pairs) == 5
    for pair in pairs:
        dark, light = sorted(luminance(map(int, colour.split(","))) for colour in pair)
        assert (light + 0.05) / (dark + 0.05) > 5, pair


def test_nothing_complains_of_the_profile(demo):
    assert demo.titles() == [demo.main.name]
    assert "rror" not in demo.log.read_text(encoding="utf-8", errors="replace")


def test_columns_and_buttons_of_the_profile(demo):
    headers = [each.name for each in demo.main.find("tree", "^Packet list$").children()[:13]]
    assert headers == ["No.", "Time", "Source", "Destination", "From", "Client is", "Server is",
                       "Handshake", "Close", "Gap", "Open", "Protocol", "Info"]
    for name in ("Failed", "Reset", "Lingering", "Slow handshake", "Long gap", "Events"):
        demo.main.find("button", f"^{name}$", shown=False)


def test_a_button_filters(demo):
    demo.main.find("button", "^Reset$").click()
    want = len(rows_of(DEMO, 'sockusage.outcome == "aborted"'))
    wait_for(f"{want} frames", lambda: demo.shown_frames() == want)


def copied_curve(window, name):
    """{second: value} of what the graph copies as CSV, without zeros."""
    window.find("button", "^Copy$").click()
    time.sleep(0.5)
    head, *lines = [line.replace('"', "").split(",") for line in clipboard().splitlines()]
    if name not in head:
        return None
    curve = {int(float(line[0])): float(line[head.index(name)]) for line in lines}
    return {second: value for second, value in curve.items() if value}


def test_the_graph_of_open_connections_is_the_known_curve(demo):
    """The most in each second, as the fields have it, is what the graph copies as CSV."""
    most = {}
    for row in su_tshark.rows(DEMO, ["frame.time_relative", "sockusage.open"]):
        second = int(float(row["frame.time_relative"]))
        most[second] = max(most.get(second, 0), int(row["sockusage.open"] or 0))
    window = demo.open_window("I/O Graphs")
    names = " ".join(each.name for each in window.find("tree").children())
    assert "Worst gap" in names and "SYN RTT" in names
    wait_for("the curve", lambda: copied_curve(window, "Open connections") == most)
    assert len(set(most.values())) > 2


def test_the_protocol_hierarchy_is_of_others(demo):
    """Socket Usage tells of packets; none is made of it."""
    window = demo.open_window("Protocol Hierarchy")
    wait_for("protocols", lambda: any(each.name == "Hypertext Transfer Protocol"
                                      for each in window.find("tree").children()))
    names = [each.name for each in window.find("tree").children()]
    assert "Transmission Control Protocol" in names
    assert not [name for name in names if "Socket Usage" in name]
