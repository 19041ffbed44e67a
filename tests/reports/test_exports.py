"""What exports promise to whoever reads them: they can be read, all formats say the same, numbers
add up, and the schema in docs/ describes them; on every capture there is.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures
import csv
import io
import json
import re
import subprocess

import jsonschema
import pytest

import exports
import su_tshark

SCHEMA = json.loads((exports.SOURCE / "docs" / "report.schema.json").read_text(encoding="utf-8"))
EVERY = sorted(path.stem for path in exports.CAPTURES.glob("*.pcapng"))
SOME = ["demo", "close_behind_zero_window", "icmp_port", "nginx_ab_keepalive", "reuse_superseded",
        "udp_two_way"]
OUTCOMES = ["open", "linger", "closed", "aborted", "superseded", "unjudged"]
ATTEMPTS = ["completed", "refused", "unreachable", "timed_out", "reset_by_client", "no_ack",
            "mismatched", "pending"]


def validate(document, report=None):
    schema = SCHEMA
    if report:
        schema = {"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{report}"}
    jsonschema.Draft202012Validator(schema).validate(document)


def flatten(value, prefix=""):
    """{"client.addr": ...}, as CSV names things."""
    if not isinstance(value, dict):
        return {prefix: value}
    flat = {}
    for key, inner in value.items():
        flat |= flatten(inner, f"{prefix}.{key}" if prefix else key)
    return flat


def from_csv(text, like):
    """The value that a CSV field stands for, where JSON has a value like that."""
    if isinstance(like, str):
        return text
    if isinstance(like, list): # "0.000054482@2856:ACK_WAIT|APP_IDLE ..."
        pauses = [re.fullmatch(r"([\d.]+)@(\d+):?(.*)", pause).groups() for pause in text.split()]
        return [[float(gap), int(offset), *filter(None, flags.split("|"))]
                for gap, offset, flags in pauses]
    return json.loads(text) if text else None


def check_sums(everything):
    totals, hosts = everything["totals"], everything["hosts"]
    assert totals["total"] == sum(totals[outcome] for outcome in OUTCOMES)
    for row in hosts["server"] + hosts["client"]:
        assert row["total"] == sum(row[outcome] for outcome in OUTCOMES), row
    for side in ("server", "client"):
        for column in ("total", "failed", "pending", "unsolicited", *OUTCOMES):
            assert sum(row[column] for row in hosts[side]) == totals[column]
    assert (hosts["open"], hosts["linger"]) == (totals["open"], totals["linger"])
    for row in everything["services"]:
        assert row["attempts"] == sum(row[result] for result in ATTEMPTS), row


def check_flows(everything):
    totals, states = everything["totals"], everything["states"]
    tcp = [flow for flow in everything["flows"] if flow["protocol"].startswith("tcp")]
    assert len(tcp) == totals["connections"] == sum(
        totals[column] for column in ("total", "failed", "pending", "unsolicited"))
    assert len(everything["flows"]) - len(tcp) == totals["udp"]
    for column in OUTCOMES:
        assert sum(flow["outcome"] == column for flow in tcp) == totals[column]
    assert sum(states["tcp"].values()) == 2 * len(tcp)
    for state, count in states["tcp"].items():
        assert count == sum(flow[side]["state"] == state
                            for flow in tcp for side in ("client", "server"))
        assert states["all"][state] == count + states["udp"][state]


def check_exchanges(everything):
    streams = {flow["stream"]: flow for flow in everything["flows"]
               if flow["protocol"].startswith("tcp")}
    for exchange in everything["exchanges"]:
        flow = streams[exchange["stream"]]
        assert (exchange["addr"], exchange["port"]) == (flow["server"]["addr"],
                                                        flow["server"]["port"])
        assert exchange["syn_rtt"] == flow["handshake"]["syn_rtt"]
        pauses = [pause[0] for pause in exchange["interpacket_times"]]
        if exchange["response_spread"]:
            assert sum(pauses) == pytest.approx(exchange["response_spread"], abs=1e-8)
        assert exchange["interpacket_times"] == [] or (
            exchange["interpacket_times"][-1][1] == exchange["bytes"])


def check(name):
    everything = exports.exported(exports.capture(name), "all")
    validate(everything)
    check_sums(everything)
    check_flows(everything)
    check_exchanges(everything)
    return name


def test_every_capture_adds_up():
    """Total = Open + Linger + Closed + Aborted + Superseded + Unjudged, for every host, and what
    follows from one connection being counted in several reports."""
    assert len(EVERY) > 100
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(check, EVERY)) == EVERY


@pytest.mark.parametrize("name", SOME)
def test_a_report_alone_is_its_part_of_all(name):
    path = exports.capture(name)
    everything = exports.exported(path, "all")
    for report in exports.REPORTS:
        alone = exports.exported(path, report)
        validate(alone, report)
        if report != "ladder":
            assert alone == everything[report]


@pytest.mark.parametrize("name", SOME)
def test_all_formats_say_the_same(name):
    path = exports.capture(name)
    for report in ("flows", "services", "exchanges", "ladder"):
        objects = exports.exported(path, report)
        assert exports.lines(path, report) == objects
        table = list(csv.DictReader(io.StringIO(exports.export(path, report, "csv"))))
        assert len(table) == len(objects)
        for row, wanted in zip(table, map(flatten, objects)):
            assert set(row) == set(wanted)
            for key, value in wanted.items():
                assert from_csv(row[key], value) == value, key


def test_ndjson_has_a_line_for_each_flow():
    path = exports.capture("demo")
    totals = exports.exported(path, "totals")
    assert len(exports.lines(path, "flows")) == totals["connections"] == 40


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_jq_reads_everything(form):
    path = exports.capture("demo")
    for report in ["all", *exports.REPORTS]:
        text = exports.export(path, report, form)
        done = subprocess.run(["jq", "-c", "."], input=text, capture_output=True, text=True,
                              check=True)
        assert done.stdout.count("\n") == (1 if form == "json" else text.count("\n"))


def test_the_seeds_keys():
    path = exports.capture("demo")
    assert set(exports.exported(path, "states")) == {
        "tcp4", "tcp6", "udp4", "udp6", "tcp", "udp", "all"}
    assert exports.exported(path, "handshakes") == [
        {name: {"success": {"total": 33, "dupsyn": 1, "dupsynack": 0},
                "failure": {"total": 7, "timeout": 2, "reject": 3, "unreach": 2}}}
        for name in ("RX", "TX")]
    assert {"bytes", "start_latency", "finish_latency", "interpacket_times", "syn_rtt",
            "addr"} <= set(exports.lines(path, "exchanges")[0])


@pytest.mark.parametrize("words, name", [
    (["-r", "{}"], True), (["-nr", "{}"], True), (["-r{}"], True), (["--read-file={}"], True),
    (["--read-file", "{}"], True), (["-2", "-r", "{}"], True), (["-r", "-"], False),
])
def test_name_of_the_capture(words, name):
    """However tshark was told of it; what comes through a pipe has none."""
    path = exports.capture("refused")
    words = [word.format(path) for word in words]
    done = subprocess.run(su_tshark.command("-q", "-z", "sockusage,export,all,json", *words),
                          input=path.read_bytes(), capture_output=True, cwd="/", check=False,
                          env=su_tshark.environment())
    if b"unrecognized option: read-file" in done.stderr:
        pytest.skip("tshark 4.0 tells of this option and does not know it")
    assert json.loads(done.stdout)["capture"]["name"] == (path.name if name else None)
