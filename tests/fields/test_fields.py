"""Every field of the field table: registered, documented, and the same wherever it is shown.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re

import pytest

import shown

TABLE = shown.table()
NAMES = [row[0] for row in TABLE]
TYPES = {row[0]: row[1] for row in TABLE}
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "fields.md"
MANUAL = DOCUMENT.with_name("sockusage.7")

# Together they have nearly every field: see test_hardly_a_field_is_never_seen().
CAPTURES = ("demo", "close_client_first_v6", "icmp_port", "icmpv6_port", "tunnel_vxlan",
            "udp_two_way", "udp_unreachable_v6", "rst_in_window", "rst_in_time_wait")
PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
ONE_OF_A_KIND = [f"sockusage.{name}" for name in
                 ("stream", "handshake", "syn_rtt", "linger", "icmp.type", "client.bytes",
                  "client.port", "client.ip", "client.ipv6", "syn_frame")]


# ---- the table --------------------------------------------------------------------------------

def test_registered_exactly_as_the_table_says():
    ours = [row for row in shown.registered() if row[0] == "F" and row[4] == "sockusage" and
            not row[2].startswith("sockusage.expert.")]
    found = [(name, kind, title, blurb) for _, title, name, kind, _, _, _, blurb in ours]
    assert sorted(found) == sorted(TABLE)


def test_no_field_is_registered_under_another_protocol():
    strays = [row[2] for row in shown.registered()
              if row[0] == "F" and row[2].startswith("sockusage") and row[4] != "sockusage"]
    assert strays == []


def test_names_are_unique_and_every_help_says_something_of_its_own():
    assert len(set(NAMES)) == len(NAMES)
    assert len({row[3] for row in TABLE}) == len(TABLE)
    assert all(len(row[3]) > 15 for row in TABLE)


def test_documentation_is_fresh():
    """If not: tests/tools/fields_md.sh > docs/fields.md"""
    assert DOCUMENT.read_text(encoding="utf-8") == shown.document()


def test_manual_page_is_fresh():
    assert MANUAL.read_text(encoding="utf-8") == shown.manual()


# ---- the same everywhere ----------------------------------------------------------------------

def without_empty(frames):
    return {number: found for number, found in frames.items() if found}


@PASSES
@pytest.mark.parametrize("name", CAPTURES)
def test_tree_and_fields_agree(captures, name, passes):
    capture = captures / f"{name}.pcapng"
    fields = without_empty(shown.by_fields(capture, NAMES, *passes))
    assert fields
    assert without_empty(shown.by_tree(capture, NAMES, *passes)) == fields


def as_in_a_column(name, texts):
    """Columns print these in their own way."""
    if TYPES[name] == "FT_BOOLEAN":
        return [{"1": "True", "0": "False"}.get(text, text) for text in texts]
    return texts


@PASSES
@pytest.mark.parametrize("name", CAPTURES)
def test_columns_and_fields_agree(captures, name, passes):
    capture = captures / f"{name}.pcapng"
    fields = shown.by_fields(capture, NAMES, *passes)
    columns = shown.by_columns(capture, NAMES, *passes)
    assert columns.keys() == fields.keys()
    for number, found in fields.items():
        for field, texts in found.items():
            assert as_in_a_column(field, columns[number][field]) == \
                as_in_a_column(field, texts), (number, field)
        assert columns[number].keys() == found.keys(), number


@pytest.fixture(name="demo", scope="module")
def fields_of_demo(captures):
    return shown.by_fields(captures / "demo.pcapng", NAMES, "-2")


@pytest.mark.parametrize("field", NAMES)
def test_filter_finds_the_frames_that_have_the_field(captures, demo, field):
    have = {number for number, found in demo.items() if field in found}
    assert shown.by_filter(captures / "demo.pcapng", field, "-2") == have


def test_there_is_one_of_each_kind():
    assert {TYPES[name] for name in ONE_OF_A_KIND} == set(TYPES.values())


def quoted(field, text):
    return f'"{text}"' if TYPES[field] == "FT_STRING" else text


@PASSES
@pytest.mark.parametrize("field", ONE_OF_A_KIND)
def test_filter_finds_the_value(captures, field, passes):
    """One field of each type, by a value that it really has."""
    name = "close_client_first_v6" if TYPES[field] == "FT_IPv6" else "demo"
    capture = captures / f"{name}.pcapng"
    fields = shown.by_fields(capture, [field], *passes)
    value = next(found[field][0] for found in fields.values() if field in found)
    same = {number for number, found in fields.items() if value in found.get(field, ())}
    found = shown.by_filter(capture, f"{field} == {quoted(field, value)}", *passes)
    assert found == same
    assert found


def test_protocol_finds_all_frames_of_a_connection(captures, demo):
    have = {number for number, found in demo.items() if found}
    assert shown.by_filter(captures / "demo.pcapng", "sockusage", "-2") == have


NEVER_SEEN = {"sockusage.fin_moved", "sockusage.data_after_fin", "sockusage.bogus_flags"}
MADE = {"sockusage.exchange.unanswered", "sockusage.gap.certain", "sockusage.gap.ipid_gap",
        "sockusage.gap.out_of_order", "sockusage.gap.seq_hole"}


def test_hardly_a_field_is_never_seen(everything):
    """No kernel does what NEVER_SEEN tells of, the engine's scripts have it all; MADE is seen in
    test_time.py."""
    found = shown.by_fields(everything, NAMES)
    seen = {name for fields in found.values() for name, texts in fields.items()}
    assert set(NAMES) - seen == NEVER_SEEN | MADE


# ---- what the values mean ---------------------------------------------------------------------

STATES = ["sockusage.client.state", "sockusage.server.state"]
PER_PACKET = ["sockusage.role", *STATES]
OF_A_MOMENT = [*PER_PACKET, *(name for name in NAMES if ".gap" in name or ".exchange" in name
                              or name.endswith(".open"))]


def test_whole_connections_are_final_in_two_passes(captures):
    """Every frame of a connection says of it what its last frame says, in one pass and in two."""
    capture = captures / "demo.pcapng"
    names = [name for name in NAMES if name not in OF_A_MOMENT]
    once = shown.by_fields(capture, names)
    twice = shown.by_fields(capture, names, "-2")
    last = {}
    for found in twice.values():
        if "sockusage.stream" in found:
            stream = found["sockusage.stream"][0]
            assert last.setdefault(stream, found) == found
    assert len(last) > 5
    early = [number for number in once if once[number] != twice[number]]
    assert early  # what one pass said before it knew better


def test_states_are_those_after_the_packet(captures):
    capture = captures / "close_client_first_v6.pcapng"
    fields = shown.by_fields(capture, PER_PACKET, "-2")
    steps = [tuple(found[name][0] for name in PER_PACKET) for found in fields.values() if found]
    assert steps[:3] == [("client", "SYN_SENT", "LISTEN"), ("server", "SYN_SENT", "SYN_RECV"),
                         ("client", "ESTABLISHED", "ESTABLISHED")]
    assert steps[-1][1:] == ("TIME_WAIT", "CLOSE")
    assert fields == shown.by_fields(capture, PER_PACKET)


@pytest.mark.parametrize("name", ["udp_two_way", "udp_two_way_v6"])
def test_udp_has_no_more_than_it_can_have(captures, name):
    fields = shown.by_fields(captures / f"{name}.pcapng", NAMES, "-2")
    have = {field for found in fields.values() for field in found}
    assert "sockusage.udp.stream" in have
    assert not have & {"sockusage.stream", "sockusage.handshake", "sockusage.close",
                       "sockusage.linger", "sockusage.history", "sockusage.conn_state"}
    last = [found for found in fields.values() if found][-1]
    assert [last[state] for state in STATES] == [["ESTABLISHED"], ["ESTABLISHED"]]


@pytest.mark.parametrize("name", ["icmp_port", "icmpv6_port"])
def test_icmp_errors_belong_to_what_they_quote(captures, name):
    capture = captures / f"{name}.pcapng"
    fields = shown.by_fields(capture, NAMES)
    errors = [found for found in fields.values() if found and "sockusage.role" not in found]
    assert len(errors) == 1
    assert errors[0]["sockusage.handshake"] == ["icmp_hard"]
    assert errors[0]["sockusage.client.state"] == ["CLOSE"]


def test_icmp_ends_a_udp_socket(captures):
    fields = shown.by_fields(captures / "udp_unreachable.pcapng", NAMES, "-2")
    last = [found for found in fields.values() if found][-1]
    assert "sockusage.role" not in last
    assert last["sockusage.server.state"] == ["CLOSE"]


def test_the_outer_packet_of_a_tunnel_comes_first(captures):
    names = ["ip.src", "ip.dst", "sockusage.role", "sockusage.client.ip", "sockusage.server.ip"]
    fields = shown.by_fields(captures / "tunnel_vxlan.pcapng", names, "-2")
    checked = 0
    for found in fields.values():
        roles = found.get("sockusage.role", [])
        for place, role in enumerate(roles if len(roles) == 2 else []):
            assert found[f"sockusage.{role}.ip"][place] == found["ip.src"][place]
            checked += 1
    assert checked > 4


# ---- one pass, in which nothing is done that nobody asks for ---------------------------------------

REFUSED = 'sockusage.handshake == "refused"'


def numbers(text):
    """The number of each interval of io,stat: | 0.000 <> 5.096 |     3 |"""
    return [int(number) for number in re.findall(r"<>[^|]*\|\s*(\d+)", text)]


WAYS = {
    "filter": lambda path: len(shown.output("-r", path, "-Y", REFUSED).splitlines()),
    "column": lambda path: shown.output(
        "-r", path, "-o", 'gui.column.format:"H","%Cus:sockusage.handshake"').split().count("refused"),
    "-e": lambda path: shown.output(
        "-r", path, "-T", "fields", "-e", "sockusage.handshake").split().count("refused"),
    "details": lambda path: shown.output("-r", path, "-V").count("[Handshake: refused]"),
    "JSON": lambda path: shown.output(
        "-r", path, "-T", "json", "-j", "sockusage").count('"sockusage.handshake": "refused"'),
    "filter of a statistic": lambda path: numbers(shown.output(
        "-q", "-r", path, "-z", f"io,stat,0,COUNT(frame)frame && {REFUSED}"))[0],
    "field of a statistic": lambda path: numbers(shown.output(
        "-q", "-r", path, "-z", f"io,stat,0,COUNT(sockusage.handshake)sockusage.handshake && {REFUSED}"))[0],
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_ask_is_heard(way, captures):
    path = captures / "demo.pcapng"
    found = shown.by_fields(path, ["sockusage.handshake"])
    refused = sum(texts.get("sockusage.handshake") == ["refused"] for texts in found.values())
    assert WAYS[way](path) == refused == 3
