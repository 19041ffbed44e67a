"""docs/report.schema.json says of every JSON export what is in it: no more, no less.

The exports are the files that the C tests hold the writers to.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import copy
import csv
import json
import os
import pathlib
import re

import jsonschema
import pytest

SOURCE = pathlib.Path(os.environ["SU_SOURCE"])
EXPECTED = SOURCE / "tests" / "render" / "expected"
SCHEMA = json.loads((SOURCE / "docs" / "report.schema.json").read_text(encoding="utf-8"))
REPORTS = ["totals", "hosts", "services", "states", "handshakes", "flows", "exchanges", "ladder"]
ROW = {"services": "service", "flows": "flow", "exchanges": "exchange", "ladder": "packet",
       "totals": "totals"}


def load(name):
    return json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))


def part(name):
    return {**SCHEMA["$defs"][name], "$defs": SCHEMA["$defs"]}


def refuses(schema, value):
    return not jsonschema.Draft202012Validator(schema).is_valid(value)


def test_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["mixed_all", "nothing_all"])
def test_document_fits(name):
    jsonschema.validate(load(name), SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("report", REPORTS)
def test_report_fits(report):
    jsonschema.validate(load(f"mixed_{report}"), part(report), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("report", ROW)
def test_lines_fit(report):
    lines = (EXPECTED / f"mixed_{report}.ndjson").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        jsonschema.validate(json.loads(line), part(ROW[report]),
                            cls=jsonschema.Draft202012Validator)


def described(schema, value, path="$"):
    """Every key of `value` that the schema does not describe."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list):
        return [found for item in value for found in described(schema.get("items", {}), item, path)]
    if not isinstance(value, dict):
        return []
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties")
    found = []
    for key, inner in value.items():
        below = known.get(key, rest if isinstance(rest, dict) else None)
        if below is None:
            found.append(f"{path}.{key}")
        else:
            found += described(below, inner, f"{path}.{key}")
    return found


@pytest.mark.parametrize("report", REPORTS)
def test_every_key_is_described(report):
    assert described({"$ref": f"#/$defs/{report}"}, load(f"mixed_{report}")) == []


def test_every_key_of_the_document_is_described():
    assert described(SCHEMA, load("mixed_all")) == []


def leaves(value, path=()):
    """Paths to every value that is no object and no list."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, (dict, list)):
            yield from leaves(inner, path + (key,))
        else:
            yield path + (key,)


def first_rows(value):
    """The same with lists cut to their first item: the others have the same keys."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return [first_rows(item) for item in value[:1]]
    if isinstance(value, dict):
        return {key: first_rows(inner) for key, inner in value.items()}
    return value


def test_schema_refuses_other_types_and_missing_keys():
    document = first_rows(load("mixed_all"))
    assert not refuses(SCHEMA, document)
    for path in leaves(document):
        if "interpacket_times" in path:
            continue
        broken = copy.deepcopy(document)
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = {}
        assert refuses(SCHEMA, broken), path
        del place[path[-1]]
        assert refuses(SCHEMA, broken), path


def words(name):
    """The words of an array in the engine's words.c."""
    text = (SOURCE / "plugin" / "engine" / "words.c").read_text(encoding="utf-8")
    body = re.search(r"\*const %s\[\w+\] = \{(.*?)\};" % name, text, re.DOTALL).group(1)
    return set(re.findall(r'= "([^"]*)"', body)) - {""}


@pytest.mark.parametrize("path, array", [
    (("flow", "handshake", "result"), "su_handshake_words"),
    (("flow", "close", "type"), "su_close_words"),
    (("flow", "close", "by"), "su_role_words"),
    (("flow", "close", "rst_class"), "su_rst_class_words"),
    (("flow", "outcome"), "su_outcome_words"),
    (("flow", "role_source"), "su_role_source_words"),
    (("flow", "zeek", "conn_state"), "su_conn_state_words"),
    (("socket", "state"), "su_state_words"),
])
def test_words_are_the_engines(path, array):
    schema = SCHEMA["$defs"][path[0]]
    for key in path[1:]:
        schema = schema["properties"][key]
    assert set(schema["enum"]) - {None} == words(array)


def flatten(row, path=""):
    for key, value in row.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{path}{key}.")
        else:
            yield path + key, value


def as_csv(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(f"{gap}@{octet}" + (":" if flags else "") + "|".join(flags)
                        for gap, octet, *flags in value)
    return str(value)


@pytest.mark.parametrize("report", REPORTS)
def test_csv_and_ndjson_say_the_same(report):
    with open(EXPECTED / f"mixed_{report}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = (EXPECTED / f"mixed_{report}.ndjson").read_text(encoding="utf-8").splitlines()
    objects = [json.loads(line, parse_float=str) for line in lines]
    assert len(rows) == len(objects) > 0
    for row, value in zip(rows, objects):
        assert row == {key: as_csv(inner) for key, inner in flatten(value)}


def test_states_have_the_shape_of_network_connections():
    order = ["FIN_WAIT1", "ESTABLISHED", "TIME_WAIT", "CLOSE", "SYN_SENT", "SYN_RECV", "FIN_WAIT2",
             "LISTEN", "CLOSING", "CLOSE_WAIT", "LAST_ACK", "UNKNOWN"]
    states = load("mixed_states")
    assert list(states) == ["tcp4", "tcp6", "udp4", "udp6", "tcp", "udp", "all"]
    assert all(list(row) == order for row in states.values())


def test_handshakes_have_the_shape_of_tcpeek():
    handshakes = load("peek_handshakes")
    assert handshakes[0] == {"RX": {"success": {"total": 0, "dupsyn": 0, "dupsynack": 0},
                                    "failure": {"total": 10, "timeout": 0, "reject": 10,
                                                "unreach": 0}}}
    assert [list(item) for item in handshakes] == [["RX"], ["TX"], ["http-rx"], ["http-tx"]]


def contains(value, wanted):
    return all(contains(value[key], inner) if isinstance(inner, dict) else value[key] == inner
               for key, inner in wanted.items())


def test_a_flow_is_as_documented():
    wanted = json.loads("""
{"stream":0,"protocol":"tcp4",
 "client":{"addr":"10.9.0.2","port":40000,"state":"TIME_WAIT","packets":6,"bytes":78},
 "server":{"addr":"10.9.0.1","port":80,"state":"CLOSE","packets":4,"bytes":250},
 "role_source":"syn","start":"2026-11-20T14:56:00.123456789Z","duration":0.001234567,"first_frame":1,"last_frame":10,
 "handshake":{"result":"complete","time":0.000301,"syn_rtt":0.000210,"ack_rtt":0.000091,"dup_syn":0,"dup_synack":0},
 "close":{"type":"fin","by":"client","rst_by":null,"linger":false,"linger_time":null},
 "zeek":{"conn_state":"SF","history":"ShADadFf"}}
""")
    assert contains(load("mixed_flows")[0], wanted)
