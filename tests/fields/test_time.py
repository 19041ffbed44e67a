"""Gaps and exchanges: against a computation of our own from Wireshark's tcp.* fields, and the cases
in which a packet's exchange is only known later.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest

import shown
from packets import ACK, FIN, PSH, RST, SYN, Capture, Connection, address

CLIENT = address("10.0.0.1")
SERVER = address("10.0.0.2")
PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])

FACTS = ["frame.time_epoch", "tcp.stream", "tcp.srcport", "tcp.len", "tcp.flags"]
GAPS = ["sockusage.gap", "sockusage.gap.same_side"]
EXCHANGE = [f"sockusage.exchange{name}" for name in
            ("", ".start_latency", ".finish_latency", ".service_time", ".server_think",
             ".request_bytes", ".response_bytes", ".bytes")]


def nanoseconds(text):
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0"))


# ---- the same, computed anew ------------------------------------------------------------------

class Exchange:
    """Of a connection without losses, whose sides take turns."""

    def __init__(self, number):
        self.number = number
        self.request, self.response = [], []  # (time, octets) each
        self.acked = None

    def fields(self):
        first, last = self.request[0][0], self.request[-1][0]
        times = [None] * 4
        if self.response:
            service = self.response[0][0] - last
            network = self.acked - last if self.acked else 0
            times = [self.response[0][0] - first, self.response[-1][0] - first, service,
                     service - network]
        octets = [sum(size for _, size in part) for part in (self.request, self.response)]
        return [self.number, *times, *octets, octets[1]]


class Flow:
    """One connection; tells of each of its packets: gap, gap of this side, exchange."""

    def __init__(self, client):
        self.client = client
        self.before = None  # time of the packet before
        self.payload = {}   # side: time of its payload before
        self.exchanges = []

    def part(self, client, octets, now):
        """The exchange of a packet with payload."""
        if client and (not self.exchanges or self.exchanges[-1].response):
            self.exchanges.append(Exchange(len(self.exchanges) + 1))
        now_in = self.exchanges[-1]
        (now_in.request if client else now_in.response).append((now, octets))
        return now_in

    def packet(self, now, port, octets):
        client = port == self.client
        has_payload = octets > 0
        gap = now - self.before if self.payload or has_payload else None
        same_side = now - self.payload[port] if has_payload and port in self.payload else None
        exchange = None
        if has_payload:
            exchange = self.part(client, octets, now)
            self.payload[port] = now
        elif not client and self.exchanges and not self.exchanges[-1].response:
            self.exchanges[-1].acked = self.exchanges[-1].acked or now
        self.before = now
        return gap, same_side, exchange


def computed(capture):
    """{frame: [the values of GAPS and EXCHANGE]}, None where there is none."""
    flows = {}
    told = {}
    for number, found in shown.by_fields(capture, FACTS).items():
        time, stream, port, octets, flags = (found[name][0] for name in FACTS)
        if int(flags, 16) & (SYN | ACK) == SYN:
            flows[stream] = Flow(port)
        told[number] = flows[stream].packet(nanoseconds(time), port, int(octets))
    return {number: [gap, side, *(exchange.fields() if exchange else [None] * len(EXCHANGE))]
            for number, (gap, side, exchange) in told.items()}


def value(name, found):
    if name not in found:
        return None
    text = found[name][0]
    return nanoseconds(text) if "." in text else int(text)


@pytest.mark.parametrize("name", ["nginx_ab_keepalive", "nginx_ab", "nginx_curl_v6"])
def test_as_computed_from_the_fields_of_tcp(captures, name):
    capture = captures / f"{name}.pcapng"
    names = GAPS + EXCHANGE
    ours = {number: [value(field, found) for field in names]
            for number, found in shown.by_fields(capture, names, "-2").items()}
    want = computed(capture)
    assert ours == want
    assert any(row[2] for row in want.values())


def test_in_one_pass_a_packet_tells_what_is_known_by_then(captures):
    capture = captures / "nginx_ab_keepalive.pcapng"
    once = shown.by_fields(capture, GAPS + EXCHANGE)
    twice = shown.by_fields(capture, GAPS + EXCHANGE, "-2")
    late = set(EXCHANGE[1:])
    for number, found in twice.items():
        known = once[number].items()
        assert {name: texts for name, texts in found.items() if name not in late} == \
            {name: texts for name, texts in known if name not in late}
    requests = [number for number, found in twice.items()
                if EXCHANGE[0] in found and EXCHANGE[1] not in once[number]]
    assert len(requests) > 10
    assert all(EXCHANGE[1] in twice[number] for number in requests)


# ---- made packets -----------------------------------------------------------------------------

def connection(capture, port=40000):
    return Connection(capture, (CLIENT, port), (SERVER, 80))


def of_frames(path, name, *passes):
    return {number: found[name][0] for number, found in shown.by_fields(path, [name],
                                                                       *passes).items()
            if name in found}


def test_a_connection_without_payload_has_nothing_of_this(folder):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.close()
    path = capture.write(folder / "made.pcap")
    fields = shown.by_fields(path, GAPS + EXCHANGE + ["sockusage.gap.cause"], "-2")
    assert len(fields) == 6
    assert not any(fields.values())


def test_what_looked_like_the_next_request_was_not(folder):
    """While the response flows the client says more, and the server goes on without having seen it.
    Only then it is known that all is one exchange."""
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("s", PSH | ACK, b"first")
    seen = conn.next["c"]
    conn.say("c", PSH | ACK, b"more")
    capture.tcp((SERVER, 80), (CLIENT, 40000), PSH | ACK, conn.next["s"], seen, b"second")
    conn.next["s"] += len(b"second")
    conn.say("s", ACK)
    conn.say("c", PSH | ACK, b"request again")
    path = capture.write(folder / "made.pcap")
    assert of_frames(path, "sockusage.exchange") == {4: "1", 5: "1", 6: "2", 7: "1", 9: "2"}
    assert of_frames(path, "sockusage.exchange", "-2") == {4: "1", 5: "1", 6: "1", 7: "1", 9: "2"}
    assert of_frames(path, "sockusage.exchange.request_bytes", "-2")[5] == "11"
    assert of_frames(path, "sockusage.exchange.response_bytes", "-2")[6] == "11"


@PASSES
def test_a_greeting_is_exchange_0(folder, passes):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.say("s", PSH | ACK, b"220 ready")
    conn.say("c", PSH | ACK, b"HELO")
    conn.say("s", PSH | ACK, b"250")
    path = capture.write(folder / "made.pcap")
    assert of_frames(path, "sockusage.exchange", *passes) == {4: "0", 5: "1", 6: "1"}
    assert of_frames(path, "sockusage.exchange.start_latency", *passes).get(4) is None


def test_unanswered(folder):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    for word in (b"one", b"two"):
        conn.say("c", PSH | ACK, word)
        if word == b"one":
            conn.say("s", PSH | ACK, b"answer")
    conn.say("s", RST | ACK)
    path = capture.write(folder / "made.pcap")
    assert shown.by_filter(path, "sockusage.exchange.unanswered", "-2") == {6}
    assert shown.by_filter(path, "sockusage.exchange.unanswered") == set()


@PASSES
def test_long_times_are_not_cut(folder, passes):
    """More than 2^32 ns, before packets with payload and without, and within an exchange."""
    capture = Capture()
    conn = connection(capture)
    conn.open()
    for pause_s, side, payload in ((5, "c", b"request"), (7, "s", b""), (11, "s", b"response"),
                                   (13, "s", b"still"), (17, "c", b"request")):
        capture.now_us += pause_s * 1_000_000 - capture.step_us
        conn.say(side, PSH | ACK if payload else ACK, payload)
    path = capture.write(folder / "made.pcap")
    gaps = of_frames(path, "sockusage.gap", *passes)
    assert [nanoseconds(gaps[number]) // 10**9 for number in range(4, 9)] == [5, 7, 11, 13, 17]
    sides = of_frames(path, "sockusage.gap.same_side", *passes)
    assert {number: nanoseconds(text) // 10**9 for number, text in sides.items()} == {7: 13, 8: 48}
    ends = of_frames(path, "sockusage.exchange.finish_latency", *passes)
    assert nanoseconds(ends[7]) == 31 * 10**9
    thinks = of_frames(path, "sockusage.exchange.server_think", *passes)
    assert nanoseconds(thinks[7]) == 11 * 10**9


def test_an_exchange_may_take_many_frames(folder):
    """More than 2^16, of another connection, between request and response."""
    capture = Capture(step_us=1)
    conn = connection(capture)
    other = connection(capture, 40001)
    conn.open()
    other.open()
    conn.say("c", PSH | ACK, b"request")
    other.say("s", ACK)
    capture.records += capture.records[-2:] * 66_000
    conn.say("s", PSH | ACK, b"response")
    conn.close("s")
    path = capture.write(folder / "made.pcap")
    numbers = of_frames(path, "sockusage.exchange", "-2")
    assert numbers == {7: "1", 66_009: "1"}
    latencies = of_frames(path, "sockusage.exchange.start_latency", "-2")
    assert {nanoseconds(text) for text in latencies.values()} == {2000}


def test_an_exchange_goes_on_after_what_seemed_the_end(folder):
    """A weak RST, inside the window but not exact, is undone by the receiver's next word."""
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("s", ACK)
    capture.tcp((SERVER, 80), (CLIENT, 40000), RST, conn.next["s"] + 1000)
    conn.say("c", PSH | ACK, b" and more")
    conn.say("s", PSH | ACK, b"response")
    path = capture.write(folder / "made.pcap")
    assert of_frames(path, "sockusage.close", "-2")[1] == "none"
    assert of_frames(path, "sockusage.exchange", "-2") == {4: "1", 7: "1", 8: "1"}
    assert of_frames(path, "sockusage.exchange.request_bytes", "-2")[8] == "16"


def number_packets(capture, numbers):
    """Give all packets of a capture IP IDs."""
    for place, number in zip(range(2, len(capture.records), 2), numbers):
        packet = bytearray(capture.records[place])
        packet[18:20] = number.to_bytes(2, "big")
        capture.records[place] = bytes(packet)


def of_flag(path, name):
    return set(of_frames(path, f"sockusage.gap.{name}", "-2"))


def test_a_hole_and_what_fills_it_at_once(folder):
    """The server's last two segments change places, as their IP IDs show."""
    capture = Capture(step_us=100)
    conn = connection(capture)
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    for _ in range(10):
        conn.say("s", PSH | ACK, b"r" * 1000)
    overtaken = conn.next["s"]
    conn.next["s"] += 1000
    conn.say("s", PSH | ACK, b"r" * 1000)
    capture.tcp((SERVER, 80), (CLIENT, 40000), PSH | ACK, overtaken, conn.next["c"], b"r" * 1000)
    number_packets(capture, [1, 501, 2, 3, *range(502, 512), 513, 512])
    path = capture.write(folder / "made.pcap")
    assert of_flag(path, "seq_hole") == {15}
    assert of_flag(path, "out_of_order") == of_flag(path, "certain") == {16}
    assert of_frames(path, "sockusage.gap.cause", "-2")[16] == "OUT_OF_ORDER"
    assert of_frames(path, "sockusage.exchange.response_bytes", "-2")[5] == "12000"


def test_a_sender_who_was_busy_elsewhere(folder):
    """His IP IDs count, and skip some."""
    capture = Capture(step_us=100)
    conn = connection(capture)
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    for _ in range(12):
        conn.say("s", PSH | ACK, b"r" * 1000)
    number_packets(capture, [1, 501, 2, 3, *range(502, 513), 600])
    path = capture.write(folder / "made.pcap")
    assert of_flag(path, "ipid_gap") == {16}


def test_flags_are_there_only_if_true(captures):
    flags = [row[0] for row in shown.table()
             if row[0].startswith("sockusage.gap.") and row[1] == "FT_BOOLEAN"]
    fields = shown.by_fields(captures / "data_lost.pcapng", [*flags, "sockusage.gap.cause"], "-2")
    assert {text for found in fields.values() for flag in flags
            for text in found.get(flag, ())} <= {"1", "True"}
    retrans = [found for found in fields.values() if "sockusage.gap.retrans" in found]
    assert retrans
    assert all(found["sockusage.gap.cause"] == ["RETRANS"] for found in retrans
               if "sockusage.gap.seq_hole" not in found and "sockusage.gap.cause" in found)


def test_the_first_flag_is_the_cause(everything):
    table = {row[0]: row[3] for row in shown.table()}
    others = ("same_side", "cause", "long", "rto_like", "certain")
    order = [name for name in table if name.startswith("sockusage.gap.")
             and name.rsplit(".", 1)[1] not in others]
    fields = shown.by_fields(everything, [*order, "sockusage.gap.cause"], "-2")
    causes = set()
    for found in fields.values():
        flags = [name.rsplit(".", 1)[1].upper() for name in order if name in found]
        if "sockusage.gap.cause" in found and len(found["sockusage.gap.cause"]) == 1 and flags:
            cause = found["sockusage.gap.cause"][0]
            assert cause in (flags[0], "RETRANS")  # RETRANS also if what it waited for was repeated
            causes.add(cause)
    assert {"APP_IDLE", "RETRANS"} <= causes


def test_fin_ends_no_gap_of_the_payload(folder):
    capture = Capture()
    conn = connection(capture)
    conn.open()
    conn.say("c", PSH | ACK, b"request")
    conn.say("c", FIN | ACK)
    path = capture.write(folder / "made.pcap")
    assert of_frames(path, "sockusage.gap") == {4: "0.001000000", 5: "0.001000000"}
    assert of_frames(path, "sockusage.gap.same_side") == {}
