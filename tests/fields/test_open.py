"""Open connections, in all and by host: against a model that knows what was sent, and against what
tshark says of each connection, packet by packet.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json
import random
import shutil
import subprocess

import pytest

import shown
import su_tshark
from packets import ACK, FIN, PSH, RST, SYN, Capture, Connection, address

OPEN = ["sockusage.open", "sockusage.client.open", "sockusage.server.open",
        "sockusage.client.peers.open"]
PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])


class Model:
    """What is open, told by who made the packets."""

    def __init__(self):
        self.open = set()  # (client, server, port)

    def counts(self, client, server):
        of_client = [flow for flow in self.open if flow[0] == client]
        others = [flow for flow in of_client if flow[1] != server]
        of_server = [flow for flow in self.open if flow[1] == server]
        return [len(self.open), len(of_client), len(of_server), len(others)]


class Script:
    """Made connections, and what is to be seen in each frame."""

    def __init__(self):
        self.capture = Capture()
        self.model = Model()
        self.want = {}

    def say(self, flow, *words):
        """A packet, after which the flow is open or not: words[0]."""
        client, server, _ = flow.name
        flow.conn.say(*words[1:])
        (self.model.open.add if words[0] else self.model.open.discard)(flow.name)
        self.want[len(self.want) + 1] = self.model.counts(client, server)

    def write(self, path):
        return self.capture.write(path)


class Flow:
    """A connection that does one step after the other; `steps` are arguments for Script.say()."""

    FATES = {
        "fin": [(False, "c", FIN | ACK), (False, "s", FIN | ACK), (False, "c", ACK)],
        "half": [(False, "s", FIN | ACK), (False, "c", ACK)],
        "rst": [(False, "s", RST | ACK)],
        "stays": [],
    }
    START = [(False, "c", SYN), (False, "s", SYN | ACK), (True, "c", ACK),
             (True, "c", PSH | ACK, b"request"), (True, "s", PSH | ACK, b"response")]
    REFUSED = [(False, "c", SYN), (False, "s", RST | ACK)]

    def __init__(self, capture, name, fate):
        client, server, port = name
        self.name = name
        self.conn = Connection(capture, (address(client), port), (address(server), 80))
        self.steps = list(self.REFUSED if fate == "refused" else self.START + self.FATES[fate])


def scripted(seed, flows=60):
    """Connections among five hosts, all of which are clients and servers; their packets in any
    order."""
    chance = random.Random(seed)
    hosts = [f"10.0.0.{number}" for number in range(1, 6)]
    script = Script()
    alive = []
    for port in range(40000, 40000 + flows):
        fate = chance.choice([*Flow.FATES, "fin", "refused"])
        alive.append(Flow(script.capture, (*chance.sample(hosts, 2), port), fate))
    chance.shuffle(alive)
    while alive:
        flow = chance.choice(alive[:12])
        script.say(flow, *flow.steps.pop(0))
        if not flow.steps:
            alive.remove(flow)
    return script


def by_frame(path, *passes):
    return {number: [int(found[name][0]) for name in OPEN]
            for number, found in shown.by_fields(path, OPEN, *passes).items()}


@PASSES
@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_exact_in_every_frame(folder, seed, passes):
    script = scripted(seed)
    path = script.write(folder / "made.pcap")
    assert by_frame(path, *passes) == script.want
    totals = [counts[0] for counts in script.want.values()]
    assert max(totals) > 10
    assert totals != sorted(totals)


def sharkd_columns(path, names, frames):
    """The columns of single frames, in any order, as Wireshark's packet list asks for them."""
    columns = {f"column{place}": f"{name}:1" for place, name in enumerate(names)}
    calls = [("load", {"file": str(path)})]
    calls += [("frames", {"skip": number - 1, "limit": 1, **columns}) if number > 1 else
              ("frames", {"limit": 1, **columns}) for number in frames]
    requests = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                for number, (method, params) in enumerate([*calls, ("bye", {})], 1)]
    words = su_tshark.command()
    words[-2:] = [shutil.which("sharkd"), "-"]
    done = subprocess.run(words, env=su_tshark.environment(), input="\n".join(requests) + "\n",
                          cwd="/", capture_output=True, text=True, timeout=300, check=False)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    return [reply["result"][0]["c"] for reply in replies[1:-1]]


def test_counts_are_exact_in_any_order(folder):
    script = scripted(3)
    path = script.write(folder / "made.pcap")
    frames = list(script.want)
    random.Random(4).shuffle(frames)
    shown_then = sharkd_columns(path, OPEN, frames)
    assert [[int(text) for text in row] for row in shown_then] == \
        [script.want[number] for number in frames]


def test_tree_columns_and_filters_agree(folder):
    script = scripted(5)
    path = script.write(folder / "made.pcap")
    fields = shown.by_fields(path, OPEN, "-2")
    assert shown.by_tree(path, OPEN, "-2") == fields
    assert shown.by_columns(path, OPEN, "-2") == fields
    most = max(counts[0] for counts in script.want.values())
    assert shown.by_filter(path, f"sockusage.open == {most}", "-2") == \
        {number for number, counts in script.want.items() if counts[0] == most}


@PASSES
def test_a_rst_that_is_undone(folder, passes):
    """Inside the window but not exact: closed, until its receiver goes on."""
    capture = Capture()
    conn = Connection(capture, (address("10.0.0.1"), 40000), (address("10.0.0.2"), 80))
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("s", ACK)
    capture.tcp(conn.socket["s"], conn.socket["c"], RST, conn.next["s"] + 1000)
    conn.say("c", PSH | ACK, b"more")
    conn.say("s", ACK)
    counts = by_frame(capture.write(folder / "made.pcap"), *passes)
    assert [counts[number][0] for number in range(1, 9)] == [0, 0, 1, 1, 1, 0, 1, 1]


@PASSES
def test_a_port_used_again(folder, passes):
    """The old connection is open until the new one's SYN is answered."""
    capture = Capture()
    ends = ((address("10.0.0.1"), 40000), (address("10.0.0.2"), 80))
    Connection(capture, *ends).open()
    Connection(capture, *ends, isn=900_000_000).open()
    counts = by_frame(capture.write(folder / "made.pcap"), *passes)
    assert [counts[number][0] for number in range(1, 7)] == [0, 0, 1, 1, 0, 1]


@PASSES
def test_a_connection_of_a_host_with_itself(folder, passes):
    capture = Capture()
    here = address("127.0.0.1")
    conn = Connection(capture, (here, 40000), (here, 80))
    conn.open()
    conn.close()
    counts = by_frame(capture.write(folder / "made.pcap"), *passes)
    assert [counts[number] for number in range(1, 7)] == \
        [[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 0]] + [[0, 0, 0, 0]] * 3


def test_who_is_client_may_turn_out_late(folder):
    """From the middle, with equal ports: the client is who speaks first, until there is payload."""
    capture = Capture()
    conn = Connection(capture, (address("10.0.0.1"), 5000), (address("10.0.0.2"), 5000))
    conn.say("s", ACK)
    other = Connection(capture, (address("10.0.0.1"), 50000), (address("10.0.0.3"), 80))
    other.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("s", PSH | ACK, b"response")
    path = capture.write(folder / "made.pcap")
    first = {number: found["sockusage.client.ip"][0] for number, found in
             shown.by_fields(path, ["sockusage.client.ip"]).items()}
    assert (first[1], first[5]) == ("10.0.0.2", "10.0.0.1")
    once = by_frame(path)
    assert once[1] == [1, 1, 1, 0]  # of 10.0.0.2, as it seemed
    assert once[4] == [2, 1, 1, 0]
    assert once[5] == [2, 2, 1, 1]  # both are of 10.0.0.1
    twice = by_frame(path, "-2")
    assert twice[1] == [1, 1, 1, 0]
    assert twice[4] == [2, 2, 1, 1]
    assert twice[6] == once[6]


# ---- against tshark's own words ---------------------------------------------------------------

NAMES = ["sockusage.stream", "sockusage.outcome", "sockusage.client.ip", "sockusage.client.ipv6",
         "sockusage.server.ip", "sockusage.server.ipv6"]


def recount(fields):
    """{frame: total}: what the connections' outcomes, as each frame knows them so far, add
    up to. Frames with more than one packet are left out, and make all that follows doubtful."""
    is_open = collections.Counter()
    totals = {}
    for number, found in fields.items():
        if NAMES[0] not in found:
            continue
        if len(found[NAMES[0]]) > 1:
            break
        is_open[found[NAMES[0]][0]] = found[NAMES[1]][0] == "open"
        totals[number] = sum(is_open.values())
    return totals


def test_all_captures_as_their_outcomes_say(captures):
    checked = 0
    for path in sorted(captures.glob("*.pcapng")):
        if "reuse" in path.name or "syn_on_live" in path.name:
            continue  # an outcome changes without a packet of the connection
        fields = shown.by_fields(path, NAMES + OPEN)
        totals = recount(fields)
        assert {number: int(fields[number][OPEN[0]][0]) for number in totals} == totals, path.name
        checked += len(totals)
    assert checked > 1000


def test_one_pass_and_two_agree_on_everything_open(everything):
    assert shown.by_fields(everything, OPEN) == shown.by_fields(everything, OPEN, "-2")


def test_the_whole_is_the_sum_of_its_parts(everything):
    """Of any frame: a client's connections are those to this server's host and those to others."""
    clients = NAMES[2:4]
    for found in shown.by_fields(everything, clients + OPEN, "-2").values():
        if OPEN[0] not in found or len(found[OPEN[0]]) > 1:
            continue
        total, client, server, others = (int(found[name][0]) for name in OPEN)
        assert others <= client <= total
        assert server <= total
