"""A screen of our own with Wireshark on it: finds what it shows by name, through the accessibility
bus, and clicks and types there as a user does.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

PATIENCE_S = int(os.environ.get("SU_GUI_PATIENCE", "40"))  # a machine may be busy
SETTINGS = str(pathlib.Path(__file__).with_name("openbox.xml"))
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


class Missing(AssertionError):
    """What was looked for did not appear."""


def wait_for(what, look, patience_s=PATIENCE_S):
    """The first true value of look()."""
    end = time.monotonic() + patience_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Missing(f"{what} did not appear within {patience_s} s")
        time.sleep(0.1)


def start(words, **options):
    return subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL, **options)


def stop(process):
    """With all it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Desktop:
    """X server, window manager, and the bus by which programs tell what they show. One for each
    process: what it sets in the environment is read by libraries once."""

    def __init__(self, folder, width=1280, height=1080):
        self.folder = pathlib.Path(folder)
        self.width = width
        self.log = open(self.folder / "desktop.log", "w", encoding="utf-8")
        self.parts = []
        self.start_screen(width, height)
        self.start_bus()
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        self.atspi = Atspi
        self.gone = GLib.Error  # what is said of a thing that is no more
        Atspi.set_timeout(20000, 20000)

    def run(self, *words, **options):
        part = start(words, stderr=self.log, **options)
        self.parts.append(part)
        return part

    def start_screen(self, width, height):
        """The X server finds a free number by itself. It must not reset itself when nobody is left
        for a moment: the address of the bus is a property of its root window."""
        read, write = os.pipe()
        self.run("Xvfb", "-displayfd", str(write), "-noreset", "-nolisten", "tcp", "-screen", "0",
                 f"{width}x{height}x24", pass_fds=(write,))
        os.close(write)
        with open(read, encoding="ascii") as answer:
            number = answer.readline().strip()
        os.environ["DISPLAY"] = f":{number}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        self.run("openbox", "--sm-disable", "--config-file", SETTINGS, stdout=self.log)

    def start_bus(self):
        bus = self.run("dbus-daemon", "--session", "--nofork", "--print-address",
                       stdout=subprocess.PIPE, text=True)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        launcher = next(path for path in LAUNCHERS if os.path.exists(path))
        self.run(launcher, "--launch-immediately", stdout=self.log)
        self.wait_for_bus()
        os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
        os.environ["QT_ACCESSIBILITY"] = "1"
        os.environ["NO_AT_BRIDGE"] = "0"

    @staticmethod
    def wait_for_bus():
        """Until its address is known, on the session's bus and on the screen. Qt 5 registers a program
        in vain that starts before (it takes the bus for there, since it was told to be accessible)."""
        from gi.repository import Gio, GLib

        def asks():
            try:
                return Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
                    "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                    Gio.DBusCallFlags.NONE, 5000)
            except GLib.Error:
                return None
        wait_for("the accessibility bus", asks)

    def close(self):
        for part in reversed(self.parts):
            stop(part)
        self.log.close()

    # ---- hands ----

    @staticmethod
    def xdotool(*words):
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=30,
                       stdout=subprocess.DEVNULL)

    def key(self, *keys):
        self.xdotool("key", "--clearmodifiers", *keys)

    def type(self, text):
        self.xdotool("type", "--delay", "5", text)

    def move_to(self, x, y):
        """In two steps: what lies there takes notice of a mouse that moves."""
        self.xdotool("mousemove", x - 3, y, "mousemove", x, y)

    def click_at(self, x, y, button=1):
        self.xdotool("mousemove", x, y, "click", button)

    def click_all(self, places, repeat=1):
        """One after the other, slow enough not to be double clicks."""
        clicks = ["click", 1, "sleep", 0.1 if repeat == 1 else 0.5] * repeat
        self.xdotool(*(word for place in places for word in ("mousemove", *place, *clicks)))

    def picture(self, path, window="root"):
        subprocess.run(["import", "-window", window, str(path)], check=True, timeout=30)


class Thing:
    """Something on the screen."""

    def __init__(self, desktop, accessible):
        self.desktop = desktop
        self.accessible = accessible

    @property
    def name(self):
        try:
            return self.accessible.get_name() or ""
        except self.desktop.gone:
            return ""

    @property
    def role(self):
        """Newer buses call a push button a button."""
        try:
            return self.accessible.get_role_name().removeprefix("push ")
        except self.desktop.gone:
            return ""

    def each_child(self):
        """None, if it has just gone. A bus is asked: it answers a few hundred times a second."""
        try:
            for place in range(self.accessible.get_child_count()):
                child = self.accessible.get_child_at_index(place)
                if child is not None:
                    yield Thing(self.desktop, child)
        except self.desktop.gone:
            return

    def children(self):
        return list(self.each_child())

    def size(self):
        """How many children it has."""
        try:
            return self.accessible.get_child_count()
        except self.desktop.gone:
            return 0

    def child(self, place):
        """Without asking those before it."""
        return Thing(self.desktop, self.accessible.get_child_at_index(place))

    def headers(self):
        """Those of a table come first."""
        return list(itertools.takewhile(lambda child: child.role.endswith("column header"),
                                        self.each_child()))

    def state(self, name):
        try:
            return self.accessible.get_state_set().contains(
                getattr(self.desktop.atspi.StateType, name))
        except self.desktop.gone:
            return False

    def is_shown(self):
        return self.state("SHOWING")

    def all(self, role=None, name=None, depth=12):
        """All below it that fit, `name` being a regular expression."""
        for child in self.children():
            if (role is None or child.role == role) and \
                    (name is None or re.search(name, child.name)):
                yield child
            if depth > 1 and child.role not in ("table cell", "tree"):
                yield from child.all(role, name, depth - 1)

    def find(self, role=None, name=None, shown=True, patience_s=PATIENCE_S):
        return wait_for(f"{role} {name!r} in {self.name!r}", lambda: next(
            (each for each in self.all(role, name) if each.is_shown() or not shown), None),
            patience_s)

    def extents(self):
        box = self.desktop.atspi.Component.get_extents(
            self.accessible, self.desktop.atspi.CoordType.SCREEN)
        return box.x, box.y, box.width, box.height

    def middle(self):
        x, y, width, height = self.extents()
        return x + width // 2, y + height // 2

    def click(self, button=1):
        self.desktop.click_at(*self.middle(), button)

    def press(self):
        """As a screen reader does it; also where a button is out of sight."""
        try:
            self.desktop.atspi.Action.do_action(self.accessible, 0)
        except self.desktop.gone:
            pass

    def scroll_into_view(self, of):
        """Down, `of` being what scrolls."""
        def is_in_view():
            _, top, _, height = of.extents()
            _, y = self.middle()
            if not top < y < top + height - 20:
                self.desktop.key("Page_Down")
                time.sleep(0.2)
            return top < y < top + height - 20
        wait_for(self.name, is_in_view)

    def text(self):
        text = self.desktop.atspi.Text
        return text.get_text(self.accessible, 0, text.get_character_count(self.accessible))


class Wireshark:
    """The program, and its windows."""

    def __init__(self, desktop, environment, *arguments, before=()):
        """before: words of a program that is to start it."""
        self.desktop = desktop
        self.log = desktop.folder / "wireshark.log"
        self.output = open(self.log, "w", encoding="utf-8")
        seen = {"DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON",
                "QT_ACCESSIBILITY", "XDG_RUNTIME_DIR"}
        environment = environment | {name: os.environ[name] for name in seen if name in os.environ}
        self.process = start([*before, shutil.which("wireshark") or "wireshark", "-n", "-o",
                              "gui.ask_unsaved:FALSE", "-o", "gui.update.enabled:FALSE",
                              *map(str, arguments)], env=environment, stdout=self.output,
                             stderr=self.output, cwd="/")
        self.application = wait_for("Wireshark", self.find_application)
        self.main = wait_for("the main window", self.find_main)

    def find_application(self):
        self.assert_alive()
        top = self.desktop.atspi.get_desktop(0)
        for number in range(top.get_child_count()):
            each = top.get_child_at_index(number)
            if each is not None and each.get_process_id() == self.process.pid:
                each.set_cache_mask(self.desktop.atspi.Cache.NONE)  # names change
                return Thing(self.desktop, each)
        return None

    def find_main(self):
        return next((each for each in self.application.children()
                     if any(child.role == "menu bar" for child in each.children())), None)

    def assert_alive(self):
        if self.process.poll() is not None:
            self.output.flush()
            raise AssertionError(f"Wireshark ended with {self.process.returncode}:\n"
                                 + self.log.read_text(encoding="utf-8", errors="replace")[-4000:])

    def close(self):
        """It must end by itself when it is asked to."""
        if self.process.poll() is None:
            self.menu("File", "Quit")
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                stop(self.process)
                raise AssertionError("Wireshark did not quit") from None
        self.output.close()
        return self.process.returncode

    # ---- what a user does ----

    def search(self, name):
        """Words that make xdotool look for windows of this program."""
        return ["search", "--all", "--onlyvisible", "--pid", str(self.process.pid), "--name", name]

    def fill_screen(self):
        """The main window as large as the screen."""
        self.desktop.xdotool(*self.search("^" + re.escape(self.main.name)), "windowmove", 0, 0,
                             "windowsize", "100%", "100%")

    def place_window(self, title, left, width=None):
        size = ["windowsize", width, 400] if width else []
        self.desktop.xdotool(*self.search(re.escape(title)), "windowmove", "--", left, 300, *size)
        time.sleep(0.5)

    def titles(self):
        """Of the windows that the screen shows. A window that goes away must not be asked by its
        accessible name: Qt then believes it to be there, and does not tell of the next one."""
        done = subprocess.run(["xdotool", *self.search("."), "getwindowname", "%@"], timeout=30,
                              capture_output=True, text=True, check=False)
        return [name for name in done.stdout.splitlines() if name != "wireshark"]

    def close_window(self, title):
        """Escape closes a dialog, once it has the keyboard."""
        left = len(self.titles()) - 1

        def close():
            self.desktop.xdotool(*self.search(re.escape(title)), "windowactivate")
            time.sleep(0.2)
            if re.search(re.escape(title), self.active_title()):
                self.desktop.key("Escape")
            time.sleep(0.2)
            return len(self.titles()) <= left
        wait_for(f"the end of {title!r}", close)

    @staticmethod
    def active_title():
        done = subprocess.run(["xdotool", "getactivewindow", "getwindowname"], timeout=30,
                              capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def wait_until_loaded(self, name):
        """The status line tells how many packets there are."""
        wait_for(f"{name} in the main window", lambda: name in self.main.name)
        return self.main.find("label", r"^Packets: \d+")

    def shown_frames(self):
        """How many packets pass the display filter."""
        label = self.main.find("label", r"^Packets: \d+")
        match = re.search(r"Displayed: (\d+)", label.name) or re.search(r"Packets: (\d+)", label.name)
        return int(match[1])

    def filter(self, text):
        """Types a display filter, and Enter."""
        entry = self.main.find("text", "Display filter entry")
        entry.click()
        self.desktop.key("ctrl+a", "Delete")
        self.desktop.type(text)
        self.desktop.key("Escape" if text else "Delete", "Return")

    def choose_window(self, menu, name):
        """Its title; a click may be lost on a busy machine."""
        for _ in range(3):
            self.menu(menu, name)
            try:
                return wait_for(f"the window {name!r}", lambda: next(
                    (each for each in self.titles() if re.search(rf"\b{name}\b", each)), None),
                    patience_s=8)
            except Missing:
                self.desktop.key("Escape", "Escape")
        raise Missing(f"the window {name!r}")

    def open_window(self, name, menu="Statistics"):
        """Now and then Qt does not tell of a window that is there: then once more."""
        for _ in range(3):
            title = self.choose_window(menu, name)
            try:
                return self.window(f"^{re.escape(title)}$", patience_s=4)
            except Missing:
                self.close_window(title)
        raise Missing(f"what the window {name!r} holds, among {self.windows()}, {self.titles()}")

    def all_windows(self):
        """Of what is cached here, names may be old."""
        self.assert_alive()
        self.application.accessible.clear_cache()
        return [each for each in self.application.children() if each.is_shown()]

    def windows(self):
        return [each.name for each in self.all_windows()]

    def window(self, name, count=1, patience_s=PATIENCE_S):
        """By a regular expression for its title; one of so many. What it holds may come later."""
        def look():
            found = [each for each in self.all_windows() if re.search(name, each.name)]
            return found[-1] if len(found) == count else None
        return wait_for(f"the window {name!r}", look, patience_s)

    def menu(self, *path):
        """Opens a menu with the mouse and clicks its way down."""
        self.assert_alive()
        item = self.menu_item(path[0])
        wait_for(f"use of {path[0]!r}", lambda: item.state("SENSITIVE"))  # not yet, while it starts
        item.click()
        for name in path[1:]:
            popup = wait_for(f"the menu of {item.name!r}", lambda: next(
                (each for each in item.children() if each.is_shown()), None))
            item = wait_for(f"{name!r} in {item.name!r}", lambda: next(
                (each for each in popup.children() if re.fullmatch(name, each.name)), None))
            self.choose(item)

    def menu_item(self, name):
        """In the bar, which comes late if the machine is busy."""
        return wait_for(f"the menu {name!r}", lambda: next(
            (item for bar in self.main.children() if bar.role == "menu bar"
             for item in bar.children() if item.name == name), None))

    def choose(self, item):
        """The mouse moves to an entry of an open menu, and clicks."""
        where = wait_for(f"the place of {item.name!r}", lambda: self.at_rest(item))
        self.desktop.move_to(*where)
        time.sleep(0.1)
        self.desktop.xdotool("click", 1)

    @staticmethod
    def at_rest(item):
        """Its middle, if it is the same twice."""
        before = item.middle()
        time.sleep(0.1)
        return before if before == item.middle() else None

    def menu_names(self, *path):
        item = self.menu_item(path[0])
        for name in path[1:]:
            item = next(each for each in item.children()[0].children() if each.name == name)
        return [each.name for each in item.children()[0].children()]


def table(window):
    """Headers and rows of a window's table."""
    tree = window.find("tree")
    headers = [each.name for each in tree.headers()]
    width = max(len(headers), 1)
    cells = [each.name for each in itertools.islice(tree.each_child(), len(headers), None)]
    return headers, [cells[i:i + width] for i in range(0, len(cells), width)]
