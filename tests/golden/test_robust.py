"""The overview on captures that are broken, odd or large. Every capture is made here.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import random
import shutil
import subprocess

import pytest

import programs
import tree
from packets import ACK, FIN, HEADER, PSH, RST, SYN, Capture, Connection, address

CLIENT = address("10.0.0.1")
SERVER = address("10.0.0.2")
ALL = ("Connections", "All")
ESTABLISHED = ("Connections", "Total established")
OTHER = ("Connections",)


def outcome(text, name):
    count = tree.counts(text)
    return count[(ESTABLISHED if name in tree.TOTAL else OTHER) + (name,)]


def connection(capture, port, **more):
    return Connection(capture, (CLIENT, port), (SERVER, 80), **more)


def mixture(capture):
    """One connection of every outcome that takes but a few packets."""
    makers = (lambda c: (c.open(), c.close("c")), lambda c: (c.open(), c.close("s")),
              lambda c: (c.open(), c.reset("s")), lambda c: (c.open(), c.say("c", FIN | ACK)),
              lambda c: c.open(), lambda c: c.refuse(), lambda c: c.say("c", SYN),
              lambda c: (c.open(), c.say("c", PSH | ACK, b"x" * 700), c.say("s", ACK)))
    for number, make in enumerate(makers):
        make(connection(capture, 40000 + number))
    return capture


def both_passes(path, *arguments, **more):
    """The tree, which has to be the same in one pass and in two."""
    once = programs.tree(path, *arguments, **more)
    twice = programs.tree(path, "-2", *arguments, **more)
    assert once == twice
    tree.check_identity(once)
    return once


# ---- what is no capture, or not a whole one ---------------------------------------------------

def test_header_only(folder):
    path = folder / "header.pcap"
    path.write_bytes(HEADER)
    count = tree.counts(both_passes(path))
    assert set(count.values()) == {0}


def test_empty_file(folder):
    """tshark takes a file of no bytes for a capture of no packets, or refuses it, as it likes."""
    path = folder / "empty.pcap"
    path.write_bytes(b"")
    done = programs.run("-q", "-r", path, "-z", "sockusage,tree")
    plain = programs.run("-q", "-r", path, "-z", "conv,tcp")
    assert (done.returncode, done.stderr) == (plain.returncode, plain.stderr)
    if done.returncode == 0:
        assert set(tree.counts(done.stdout).values()) == {0}


def test_cut_in_the_middle_of_a_packet(folder):
    """The report of what can be read, and tshark's own complaint."""
    capture = mixture(Capture())
    whole = capture.bytes()
    cut = folder / "cut.pcap"
    cut.write_bytes(whole[:-30])
    capture.records = capture.records[:-2]
    short = capture.write(folder / "short.pcap")
    done = programs.run("-q", "-r", cut, "-z", "sockusage,tree")
    assert done.returncode != 0
    assert "cut short in the middle of a packet" in done.stderr
    assert done.stdout in (programs.tree(short), "")


@pytest.mark.parametrize("seed", range(5))
def test_damaged_packets(folder, seed):
    """Any octet may be wrong: no crash, the sums still hold."""
    chance = random.Random(seed)
    capture = mixture(Capture())
    for index in range(2, len(capture.records), 2):
        packet = bytearray(capture.records[index])
        packet[chance.randrange(14, len(packet))] ^= 1 << chance.randrange(8)
        capture.records[index] = bytes(packet)
    both_passes(capture.write(folder / "damaged.pcap"))


# ---- odd, but whole --------------------------------------------------------------------------

def test_the_mixture_is_what_it_says(folder):
    text = both_passes(mixture(Capture()).write(folder / "mixture.pcap"))
    found = {name: outcome(text, name) for name in ("Open", "Linger", "Closed", "Aborted", "Failed",
                                                    "Pending")}
    assert found == {"Open": 2, "Linger": 1, "Closed": 2, "Aborted": 1, "Failed": 1, "Pending": 1}
    assert tree.read(text)[("Servers", "10.0.0.2")] == ["8", "6", "2", "1"]
    assert tree.read(text)[("Clients", "10.0.0.1")] == ["8", "6", "2", "1"]
    assert tree.counts(text)[("SYN RTT (ms)", "1 to 10 ms")] == 6
    assert tree.counts(text)[("Closed first by", "server")] == 2


def test_time_running_backwards(folder):
    """Verdicts do not depend on the clock; a round trip that ends before it begins is none."""
    forwards = tree.counts(both_passes(mixture(Capture()).write(folder / "f.pcap")))
    backwards = tree.counts(both_passes(mixture(Capture(step_us=-1000)).write(folder / "b.pcap")))
    for path in forwards:
        if path[0] != "SYN RTT (ms)":
            assert backwards[path] == forwards[path], path
    assert backwards[("SYN RTT (ms)", "All")] == 0


def test_the_same_time_for_all_packets(folder):
    still = tree.counts(both_passes(mixture(Capture(step_us=0)).write(folder / "still.pcap")))
    assert still[ALL] == 8
    assert still[("SYN RTT (ms)", "below 1 ms")] == 6


@pytest.mark.skipif(not shutil.which("mergecap"), reason="needs mergecap")
def test_doubled_packets(folder):
    """A mirror port that copies both directions: the same connections, the same verdicts."""
    path = mixture(Capture()).write(folder / "single.pcap")
    doubled = folder / "doubled.pcap"
    subprocess.run(["mergecap", "-w", doubled, path, path], check=True)
    doubled.chmod(0o644)
    assert both_passes(doubled) == both_passes(path)


def test_time_alone_changes_a_verdict(folder):
    """The SYN timeout and the end of TIME_WAIT come without a packet of that connection."""
    capture = Capture()
    connection(capture, 40000).say("c", SYN)
    closed = connection(capture, 40001)
    closed.open()
    closed.close("c")
    early = both_passes(capture.write(folder / "early.pcap"))
    capture.now_us += 100_000_000
    connection(capture, 40002).open()
    late = both_passes(capture.write(folder / "late.pcap"))
    assert (outcome(early, "Pending"), outcome(early, "Failed")) == (1, 0)
    assert (outcome(late, "Pending"), outcome(late, "Failed")) == (0, 1)
    assert tree.counts(early)[("Sockets", "Client side", "TIME_WAIT")] == 1
    assert ("Sockets", "Client side", "TIME_WAIT") not in tree.counts(late)


# ---- large -----------------------------------------------------------------------------------

def test_every_port_of_one_pair_of_hosts(folder):
    """65,535 connections between two addresses."""
    capture = Capture(step_us=10)
    for port in range(1, 65536):
        conn = connection(capture, port, isn=port * 60000)
        if port % 3 == 0:
            conn.refuse()
            continue
        conn.open()
        if port % 3 == 1:
            conn.close("c" if port % 2 else "s")
    path = capture.write(folder / "ports.pcap")
    text = programs.tree(path)
    tree.check_identity(text)
    # Port 80 to port 80: 80 % 3 == 2, left open like its neighbours.
    found = (tree.counts(text)[ALL], outcome(text, "Failed"), outcome(text, "Closed"),
             outcome(text, "Open"))
    assert found == (65535, 21845, 21845, 21845)
    assert tree.read(text)[("Servers", "10.0.0.2")] == ["65535", "43690", "21845", "0"]


def test_one_pair_of_sockets_used_a_thousand_times(folder):
    """Closed ones end as they did; those given up are superseded by the next."""
    capture = Capture()
    for turn in range(1000):
        conn = connection(capture, 40000, isn=(turn * 1_000_003) & 0xFFFFFFFF)
        conn.open()
        conn.say("c", PSH | ACK, b"GET / HTTP/1.0\r\n\r\n")
        if turn % 2:
            conn.close("s")
    text = both_passes(capture.write(folder / "reuse.pcap"))
    assert tree.counts(text)[ALL] == 1000
    assert (outcome(text, "Closed"), outcome(text, "Superseded")) == (500, 500)


def test_more_hosts_than_rows(folder):
    """1,000 hosts have rows of their own, the others share one; none is lost."""
    capture = Capture()
    for number in range(1300):
        client = bytes((10, 1, number // 256, number % 256))
        Connection(capture, (client, 40000), (SERVER, 80)).open()
    text = both_passes(capture.write(folder / "hosts.pcap"))
    hosts = {path[1]: numbers for path, numbers in tree.read(text).items()
             if path[0] == "Clients" and path[1] != "All"}
    assert len(hosts) == 1001
    assert hosts["other hosts"] == ["300", "300", "300", "0"]
    assert list(hosts)[0] == "other hosts"  # the most frequent first, whoever it is


# ---- filters and sessions --------------------------------------------------------------------

def test_a_filter_chooses_connections_not_packets(folder):
    """One packet is enough, and then the whole connection counts, with its end."""
    capture = mixture(Capture())
    path = capture.write(folder / "mixture.pcap")
    text = both_passes(path, filter="tcp.port == 40000 && tcp.flags.syn == 1")
    assert (tree.counts(text)[ALL], outcome(text, "Closed")) == (1, 1)
    assert "Filter: tcp.port == 40000 && tcp.flags.syn == 1\n" in text
    nothing = both_passes(path, filter="tcp.port == 1")
    assert set(tree.counts(nothing).values()) == {0}
    assert both_passes(path, filter="tcp").replace("Filter: tcp\n", "") == both_passes(path)


def test_a_filtered_connection_is_followed_between_its_packets(folder):
    """Superseded by packets that do not pass the filter, and counted as that."""
    capture = Capture()
    connection(capture, 40000, isn=1000).open()
    connection(capture, 40000, isn=900_000).open()
    path = capture.write(folder / "reuse.pcap")
    text = both_passes(path, filter="frame.number <= 3")
    assert (tree.counts(text)[ALL], outcome(text, "Superseded")) == (1, 1)


def test_a_filtered_syn_is_counted_where_it_belongs(folder):
    """A SYN on a live connection passes before its answer tells that it began another one."""
    capture = Capture()
    connection(capture, 40000, isn=1000).open()
    connection(capture, 40000, isn=900_000).open()
    path = capture.write(folder / "reuse.pcap")
    text = both_passes(path, filter="tcp.flags.syn == 1 && tcp.flags.ack == 0")
    assert (outcome(text, "Superseded"), outcome(text, "Open")) == (1, 1)
    text = both_passes(path, filter="tcp.seq_raw == 900000")
    assert (tree.counts(text)[ALL], outcome(text, "Open")) == (1, 1)


def test_two_trees_with_two_filters(folder):
    path = mixture(Capture()).write(folder / "mixture.pcap")
    both = programs.output("-q", "-r", path, "-z", "sockusage,tree,tcp.port == 40000", "-z",
                         "sockusage,tree,tcp.port == 40005")
    one = programs.tree(path, filter="tcp.port == 40000")
    other = programs.tree(path, filter="tcp.port == 40005")
    assert both in (one + other, other + one)


def test_sessions_add_up(folder):
    """-M frees everything after so many packets: what was counted stays, numbers start anew."""
    capture = Capture()
    for number in range(50):
        conn = connection(capture, 40000 + number)
        conn.open()
        conn.close("c")  # six packets in all
    path = capture.write(folder / "sessions.pcap")
    done = programs.run("-q", "-r", path, "-M", "6", "-z", "sockusage,tree")
    assert done.returncode == 0
    assert done.stdout == programs.tree(path)
    split = programs.run("-q", "-r", path, "-M", "4", "-z", "sockusage,tree")
    tree.check_identity(split.stdout)
    assert tree.counts(split.stdout)[ALL] == 100  # all are cut in two
    assert "Cut by new sessions, and counted again: 50\n" in split.stdout


# ---- what is refused -------------------------------------------------------------------------

@pytest.mark.parametrize("argument, why", [
    ("sockusage", "-z sockusage,tree[,filter]"),
    ("sockusage,", "-z sockusage,tree[,filter]"),
    ("sockusage,nothing", "there is no such report"),
    ("sockusage,treeX", "there is no such report"),
    ("sockusage,tree X", "there is no such report"),
    ("sockusage,tree,tcp.port ==", "Unexpected end of filter expression"),
    ("sockusage,tree,no.such.field", "no.such.field"),
])
def test_a_wrong_argument_is_refused_before_reading(folder, argument, why):
    path = mixture(Capture()).write(folder / "mixture.pcap")
    done = programs.run("-r", path, "-z", argument)
    assert done.returncode != 0
    assert why in done.stderr
    assert done.stdout == ""  # no packet was printed


def test_an_empty_filter_is_no_filter(folder):
    path = mixture(Capture()).write(folder / "mixture.pcap")
    assert programs.output("-q", "-r", path, "-z", "sockusage,tree,") == programs.tree(path)


def test_eighty_columns_are_enough(folder):
    text = programs.tree(mixture(Capture()).write(folder / "mixture.pcap"))
    assert max(map(len, text.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_a_lone_reset_is_no_attempt(folder):
    capture = Capture()
    capture.tcp((SERVER, 80), (CLIENT, 40000), RST, 5)
    text = both_passes(capture.write(folder / "rst.pcap"))
    assert tree.counts(text)[ALL] == 1
    assert ("Handshakes", "refused") not in tree.counts(text)
