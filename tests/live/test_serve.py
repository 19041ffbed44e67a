"""The socket: where it may be, who may ask, what is answered, and clients that mean no good.
tshark captures from a pipe, which is a live capture that needs no rights.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import grp
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import pytest

import exports
import live
import packets
import su_tshark

SERVER = (packets.address("192.0.2.1"), 80)
CLIENT = packets.address("10.0.0.1")


def serving(place, *arguments):
    """A tshark whose socket is there."""
    tshark = live.Tshark("-z", f"sockusage,serve,{place}/s", *arguments)
    live.wait_for(lambda: answers(place / "s"), "the socket")
    return tshark


def answers(path):
    try:
        return live.ask(path, "HELP")
    except OSError:
        return None


def as_user(act, uid=65534, gid=65534):
    """Whether a child of ours can do it as that user; by default, as whoever tshark runs as."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    status = 1
    try:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        act()
        status = 0
    finally:
        os._exit(status)


def get_help(path):
    assert live.ask(path, "HELP").startswith("One line")


class Traffic:
    """Connections one after another, each with a port of its own."""

    def __init__(self, tshark):
        self.tshark, self.port = tshark, 10_000
        self.tshark.feed(packets.HEADER)

    def send(self, talk, count=1):
        capture = packets.Capture(step_us=10, start_us=time.time_ns() // 1000)
        for _ in range(count):
            self.port += 1
            talk(packets.Connection(capture, (CLIENT, self.port), SERVER))
        self.tshark.feed(b"".join(capture.records[1:]))


def succeed(connection):
    connection.open()
    connection.close()


def refuse(connection):
    connection.refuse()


def connections(path):
    return live.ask_json(path, "GET totals")["rows"][0]["connections"]


# ---- where it is -----------------------------------------------------------------------------

def test_only_for_the_user(place):
    with serving(place) as tshark:
        Traffic(tshark).send(refuse)
        live.wait_for(lambda: connections(place / "s") == 1, "the capture to start")
        mode = (place / "s").stat().st_mode
        assert mode & 0o777 == 0o600
        assert tshark.stop(signal.SIGTERM) == 0
    assert not list(place.iterdir())


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to ask as others")
def test_for_a_group(place):
    """A group of the user's own; 65534 is that of the tests' user."""
    name = grp.getgrgid(65534).gr_name
    with serving(place, "-o", f"sockusage.socket_group:{name}"):
        status = (place / "s").stat()
        assert status.st_mode & 0o777 == 0o660 and status.st_gid == 65534
        for uid, gid, may in ((1234, 65534, True), (1234, 1234, False)):
            assert as_user(lambda: get_help(place / "s"), uid, gid) == may


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to ask as others")
def test_nobody_else(place):
    """Even if the socket were open to all, the kernel says who asks."""
    with serving(place):
        (place / "s").chmod(0o666)
        for uid, may in ((1234, False), (65534, True), (0, True)):
            assert as_user(lambda: get_help(place / "s"), uid, uid) == may


def test_no_such_group(place):
    done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,serve,{place}/s",
                       "-o", "sockusage.socket_group:no-such-group")
    assert done.returncode != 0 and "no such group" in done.stderr
    assert not list(place.iterdir())


def bind(path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)


MAKERS = {
    "file": lambda path: pathlib.Path(path).write_text("precious", encoding="utf-8"),
    "link": lambda path: (pathlib.Path(path + ".other").touch(), os.symlink(path + ".other", path)),
    "dangling": lambda path: os.symlink("/nonexistent/x", path),
    "folder": os.mkdir,
    "fifo": os.mkfifo,
    "link to socket": lambda path: (bind(path + ".other"), os.symlink(path + ".other", path)),
    "stale": bind,
    "lock link": lambda path: (pathlib.Path(path + ".other").touch(),
                               os.symlink(path + ".other", path + ".lock")),
}


def make(path, kind):
    assert as_user(lambda: MAKERS[kind](str(path)))


@pytest.mark.parametrize("kind, says", [
    ("file", "not a socket"), ("link", "symbolic link"), ("dangling", "symbolic link"),
    ("folder", "not a socket"), ("fifo", "not a socket"), ("link to socket", "symbolic link"),
    ("lock link", "symbolic link")])
def test_what_is_there_stays(kind, says, place):
    make(place / "s", kind)
    before = {entry.name: entry.lstat().st_ino for entry in place.iterdir()}
    done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,serve,{place}/s")
    assert done.returncode != 0 and says in done.stderr
    after = {entry.name: entry.lstat().st_ino for entry in place.iterdir()}
    assert after == before
    if kind == "file":
        assert (place / "s").read_text() == "precious"


def test_what_a_dead_process_left_is_replaced(place):
    make(place / "s", "stale")
    with serving(place) as tshark:
        assert "One line" in live.ask(place / "s", "HELP")
        assert tshark.stop(signal.SIGKILL) == -signal.SIGKILL
    assert (place / "s").is_socket()
    with serving(place) as tshark:
        assert "One line" in live.ask(place / "s", "HELP")
        tshark.stop()
    assert not list(place.iterdir())


def test_a_living_server_stays(place):
    """Ours, and one that knows nothing of our lock."""
    with serving(place):
        done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,serve,{place}/s")
        assert done.returncode != 0 and "another process serves there" in done.stderr
        assert "One line" in live.ask(place / "s", "HELP")
    for left in place.iterdir():
        left.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place / "s"))
        other.listen()
        if os.getuid() == 0:
            os.chown(place / "s", 65534, 65534)
        done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,serve,{place}/s")
        assert done.returncode != 0 and "another process serves there" in done.stderr
        assert (place / "s").is_socket()


# ---- what is answered ------------------------------------------------------------------------

def test_questions(place):
    with serving(place) as tshark:
        traffic = Traffic(tshark)
        traffic.send(succeed, 3)
        traffic.send(refuse, 2)
        live.wait_for(lambda: connections(place / "s") == 5, "five connections")
        counts = {"RX": (3, 0, 0, 0, 2, 0), "TX": (3, 0, 0, 0, 2, 0)}
        assert live.handshake_counts(live.ask_json(place / "s", "GET")) == counts
        assert live.handshake_counts(live.ask_json(place / "s", "REFRESH")) == counts
        none = {"RX": (0,) * 6, "TX": (0,) * 6}
        assert live.handshake_counts(live.ask_json(place / "s", "REFRESH")) == none
        traffic.send(succeed, 1)
        live.wait_for(lambda: connections(place / "s") == 6, "one more")
        assert live.handshake_counts(live.ask_json(place / "s", "REFRESH")) == {
            "RX": (1, 0, 0, 0, 0, 0), "TX": (1, 0, 0, 0, 0, 0)}
        assert live.handshake_counts(live.ask_json(place / "s", "GET")) == {
            "RX": (4, 0, 0, 0, 2, 0), "TX": (4, 0, 0, 0, 2, 0)}
        host = live.ask_json(place / "s", "GET hosts")["rows"]
        assert [(row["role"], row["host"], row["closed"], row["failed"]) for row in host] == [
            ("server", "192.0.2.1", 4, 2), ("client", "10.0.0.1", 4, 2)]
        assert tshark.stop() == 0


@pytest.mark.parametrize("question", [
    "", " ", "GIVE", "GET nonsense", "GET exchanges", "GET ladder", "GET flows since=",
    "GET flows since=-1", "GET flows since=x", "GET flows limit=0", "GET flows limit=501",
    "GET flows since=99999999999999999999999", "REFRESH x", "HELP x", "GET\0", "GET flows x=1",
    "\x1b[2J", "GET " * 40])
def test_what_makes_no_sense(question, place):
    with serving(place):
        answer = live.ask(place / "s", question)
        if question != "GET\0": # a text ends there
            assert list(json.loads(answer)) == ["error"]


def test_line_ends(place):
    with serving(place):
        for line in (b"GET\n", b"GET\r\n", b"get totals\r\n", b"GET\nGET\n", b"HELP\n" * 3):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(place / "s"))
                client.sendall(line)
                assert client.recv(100)
        with socket.socket(socket.AF_UNIX) as client: # echo -n GET | nc -N
            client.connect(str(place / "s"))
            client.sendall(b"GET")
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100)


@pytest.mark.parametrize("report", ["flows", "hosts", "services", "states", "handshakes", "totals"])
def test_differences(report, place):
    """Two who ask at different times both get everything, and in the end what the report says."""
    class Consumer:
        def __init__(self):
            self.rows, self.sequence = {}, 0

        def ask(self):
            more = True
            while more:
                answer = live.ask_json(place / "s",
                                       f"GET {report} since={self.sequence} limit=7")
                assert len(answer["rows"]) <= 7 and answer["since"] == self.sequence
                self.sequence, more = answer["sequence"], answer["more"]
                for row in answer["rows"]:
                    self.rows[tuple(row.get(key) for key in ("stream", "role", "host", "addr",
                                                             "port", "sockets", "name"))] = row

    with serving(place, "-z", f"sockusage,export,{report},ndjson") as tshark:
        traffic = Traffic(tshark)
        often, seldom = Consumer(), Consumer()
        for round_ in range(1, 4):
            traffic.send(succeed, 5)
            traffic.send(refuse, 4)
            live.wait_for(lambda: connections(place / "s") == 9 * round_, "all connections")
            often.ask()
        seldom.ask()
        nothing = live.ask_json(place / "s", f"GET {report} since={often.sequence}")
        assert nothing["rows"] == [] and nothing["sequence"] == often.sequence
        whole = live.ask_json(place / "s", f"GET {report} since=999999999")
        assert whole["since"] == 0
        assert tshark.stop() == 0
    exported = [json.loads(line) for line in tshark.out.splitlines()]
    for rows in (often.rows.values(), seldom.rows.values(), whole["rows"]):
        assert sorted(map(json.dumps, rows)) == sorted(map(json.dumps, exported))


# ---- clients that mean no good ---------------------------------------------------------------

def memory_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


class Hostile:
    """Everything at once, until stopped."""

    def __init__(self, path):
        self.path, self.is_over, self.kept = str(path), False, []
        self.threads = [threading.Thread(target=work, daemon=True) for work in
                        (self.silent, self.drip, self.deaf, self.flood, self.vanish)]
        for thread in self.threads:
            thread.start()

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(1)
        client.connect(self.path)
        return client

    def repeat(self, act, pause_s):
        while not self.is_over:
            try:
                act()
            except OSError:
                pass
            time.sleep(pause_s)

    def silent(self):
        """Connects and says nothing. An ordinary user may have 1,024 files open: 600 are kept."""
        def act():
            self.kept.append(self.connect())
            if len(self.kept) > 600:
                self.kept.pop(0).close()
        self.repeat(act, 0.001)

    def drip(self):
        client = self.connect()
        self.repeat(lambda: client.sendall(b"G"), 1)

    def deaf(self):
        """Asks and never reads."""
        clients = []

        def act():
            clients.append(self.connect())
            clients[-1].sendall(b"GET flows\n")
            if len(clients) > 100:
                clients.pop(0).close()
        self.repeat(act, 0.01)

    def flood(self):
        self.repeat(lambda: self.connect().sendall(b"x" * 1_048_576), 0.01)

    def vanish(self):
        def act():
            with self.connect() as client:
                client.sendall(b"GET flows\n")
                client.recv(10)
        self.repeat(act, 0.01)

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def test_hostile_clients(place):
    """Not a packet is lost, who behaves is answered, and memory stays where it is. How fast an
    answer comes depends on the machine; bench/live measures it."""
    with serving(place) as tshark:
        traffic = Traffic(tshark)
        traffic.send(succeed, 1000)
        live.wait_for(lambda: connections(place / "s") == 1000, "the first connections")
        for _ in range(20): # what an answer takes is taken once
            live.ask(place / "s", "GET flows")
        pid = tshark.process.pid
        before = memory_kib(pid)
        hostile = Hostile(place / "s")
        try:
            for number in range(40):
                traffic.send(succeed, 10)
                answer = live.ask_json(place / "s", "GET")
                assert list(answer[0]) == ["RX"]
                time.sleep(0.1)
        finally:
            hostile.stop()
        live.wait_for(lambda: connections(place / "s") == 1400, "all connections")
        grown = memory_kib(pid) - before
        assert tshark.stop() == 0
    assert grown < 8 * 1024 + 400 * 4 # the connections that came meanwhile


def test_sigkill_leaves_a_whole_file(place):
    """Killed at any moment: the file is there, and complete to its last line."""
    for attempt in range(25):
        with live.Tshark("-z", f"sockusage,prometheus,{place}/x.prom,1") as tshark:
            live.wait_for((place / "x.prom").exists, "the file")
            traffic = Traffic(tshark)
            traffic.send(succeed, 50)
            time.sleep(0.05 * (attempt % 5))
            tshark.process.kill()
            tshark.process.wait()
        text = (place / "x.prom").read_text(encoding="utf-8")
        assert text.splitlines()[-1].startswith('sockusage_sockets{protocol="udp6"')
        assert text.endswith("\n")


# ---- the client ------------------------------------------------------------------------------

def stat(*arguments):
    return subprocess.run([str(live.STAT), *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, check=False)


def test_client(place):
    with serving(place) as tshark:
        traffic = Traffic(tshark)
        traffic.send(succeed, 600)
        traffic.send(refuse, 1)
        live.wait_for(lambda: connections(place / "s") == 601, "the connections")
        table = stat("-U", place / "s").stdout.splitlines()
        assert table[2].split()[:2] == ["name", "success.total"]
        assert table[3].split()[:2] == ["RX", "600"]
        for report in ("hosts", "services", "states", "totals", "flows"):
            done = stat("-U", place / "s", "-j", report)
            rows = json.loads(done.stdout)["rows"]
            assert len(rows) == {"hosts": 2, "services": 1, "states": 7, "totals": 1,
                                 "flows": 601}[report]
            assert stat("-U", place / "s", report).returncode == 0
        assert live.handshake_counts(json.loads(stat("-U", place / "s", "-r").stdout))["TX"][0] == 600
        assert live.handshake_counts(json.loads(stat("-U", place / "s", "-r").stdout))["TX"][0] == 0
        with subprocess.Popen([str(live.STAT), "-U", str(place / "s"), "-w", "0.1", "services"],
                              stdout=subprocess.PIPE, text=True) as watching:
            assert watching.stdout.readline().startswith("services, ")
            traffic.send(succeed, 2)
            live.wait_for(lambda: "(+2)" in watching.stdout.readline(), "the difference")
            watching.send_signal(signal.SIGINT)
            watching.stdout.read()
            assert watching.wait(60) == 0


def test_client_without_server(place):
    done = stat("-U", place / "s")
    assert done.returncode == 1 and done.stderr.startswith("sockusage-stat: ")
    assert stat("-w", "0").returncode == 2


# ---- while nothing comes ---------------------------------------------------------------------

def test_a_silent_link(place):
    """An attempt times out although no packet comes any more; and questions are answered."""
    with serving(place, "-z", "sockusage,monitor", "-z", "sockusage,stream") as tshark:
        traffic = Traffic(tshark)
        traffic.send(lambda connection: connection.say("c", packets.SYN))
        traffic.send(lambda connection: (connection.say("c", packets.SYN),
                                         connection.say("s", packets.SYN | packets.ACK)))
        live.wait_for(lambda: connections(place / "s") == 2, "two SYNs")
        assert "timeout" not in tshark.out
        live.wait_for(lambda: "failure (timeout)" in tshark.out, "the timeout")
        live.wait_for(lambda: "no_ack" in tshark.out, "what was never acknowledged")
        assert live.handshake_counts(live.ask_json(place / "s", "GET"))["RX"][3] == 1
        assert tshark.stop() == 0
    handshakes, _ = live.monitor_lines(tshark.out)
    assert sorted(row["what"] for row in handshakes) == ["failure (timeout)", "no_ack"]


def test_a_reader_who_leaves(place):
    """tshark ends as by Ctrl+C: nothing stays behind, not even its temporary file."""
    words = su_tshark.command("-i", "-", "-q", "-z", "sockusage,monitor", "-z",
                              f"sockusage,serve,{place}/s")
    reader, writer = os.pipe()
    with subprocess.Popen(words, env=su_tshark.environment() | {"TMPDIR": str(place)}, cwd="/",
                          stdin=subprocess.PIPE, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        live.wait_for((place / "s").is_socket, "the socket")
        os.close(reader)
        capture = packets.Capture(start_us=time.time_ns() // 1000)
        packets.Connection(capture, (CLIENT, 9), SERVER).refuse()
        process.stdin.write(capture.bytes())
        process.stdin.flush()
        assert process.wait(live.PATIENCE_S) == 0
        process.stdin.close()
    assert not list(place.iterdir())


def test_ring_buffer(place):
    """Files change under way (-b): all goes on, nothing is told twice."""
    with serving(place, "-z", "sockusage,stream", "-z", f"sockusage,prometheus,{place}/x.prom",
                 "-b", "packets:100", "-w", place / "ring.pcapng") as tshark:
        traffic = Traffic(tshark)
        for round_ in range(1, 6):
            traffic.send(refuse, 40)
            live.wait_for(lambda: connections(place / "s") >= 40 * round_, "all of them")
        assert live.handshake_counts(live.ask_json(place / "s", "GET"))["RX"][4] == 200
        assert tshark.stop() == 0
    assert len(list(place.glob("ring*"))) >= 4
    results = [json.loads(line)["result"] for line in tshark.out.splitlines()]
    assert results.count("reject") == 200
    assert live.metrics(place / "x.prom")[
        'sockusage_handshakes_total{filter="RX",result="reject"}'] == 200
