"""Captures from a file: what is told on the way is what the reports say in the end.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json
import os
import re
import subprocess

import pytest

import exports
import live
import packets
import su_tshark

NAMES = ["demo", "icmp_host", "syn_unanswered", "refused_v6", "open_data_v6", "half_open_recovery",
         "reuse_superseded", "one_way_close", "udp_two_way", "close_both", "aborted_client",
         "self_connect", "mid_rst"]
DECIDED = {"complete": "success", "complete_tfo": "success", "complete_simul": "success",
           "inferred": "success", "refused": "reject", "icmp_hard": "unreach",
           "icmp_soft": "unreach", "timeout": "timeout", "reset_client": "other",
           "aborted_client": "other"}
TCPEEK = {"success": "success", "reject": "failure (reject)", "unreach": "failure (unreach)",
          "timeout": "failure (timeout)"}


def printed(path, command, *options):
    done = exports.run("-r", path, "-z", f"sockusage,{command}", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tcp_flows(path):
    return [flow for flow in exports.lines(path, "flows") if flow["protocol"].startswith("tcp")]


def sockets(flow):
    return tuple(str(flow[side][key]) for side in ("client", "server") for key in ("addr", "port"))


@pytest.mark.parametrize("name", NAMES)
def test_monitor(name):
    """Every handshake that was decided and every end has its line."""
    path = exports.capture(name)
    handshakes, ends = live.monitor_lines(printed(path, "monitor"))
    expected = collections.Counter(
        (*sockets(flow), TCPEEK.get(DECIDED[flow["handshake"]["result"]],
                                    flow["handshake"]["result"]))
        for flow in tcp_flows(path) if flow["handshake"]["result"] in DECIDED)
    assert collections.Counter((row["src"], row["sport"], row["dst"], row["dport"], row["what"])
                               for row in handshakes) == expected
    expected = collections.Counter(
        (*sockets(flow), flow["close"]["type"], flow["close"]["by"] or "-")
        for flow in tcp_flows(path) if flow["outcome"] in ("closed", "aborted", "superseded"))
    assert collections.Counter((row["src"], row["sport"], row["dst"], row["dport"], row["how"],
                                row["by"]) for row in ends) == expected


def bars(line):
    return [found.start() for found in re.finditer(r"\|", line)]


@pytest.mark.parametrize("name", ["demo", "refused_v6", "nginx_curl_v6"])
def test_monitor_aligned(name):
    """All lines have their bars below those of the last heading; there is a new one if addresses
    grow."""
    text = printed(exports.capture(name), "monitor")
    widths = []
    for line in text[:text.index("======")].splitlines():
        if line.lstrip().startswith("TIME(s)"):
            widths.append(bars(line))
        if "|" in line:
            assert bars(line) == widths[-1], line
    assert widths and widths == sorted(widths)


def test_monitor_summary():
    text = printed(exports.capture("demo"), "monitor")
    assert text[text.index("\n=====") + 1:] == exports.export(exports.capture("demo"), "handshakes",
                                                              "text")
    assert live.summary(text)["RX"]["Success"] == 33


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [(), ("-2",)])
def test_stream(name, options):
    """One line in the end for every connection that was established or is still under way, and that
    is what the export says of it; and a line for every handshake."""
    path = exports.capture(name)
    events = [json.loads(line) for line in printed(path, "stream", *options).splitlines()]
    flows = tcp_flows(path)
    last = {event["stream"]: event for event in events}
    assert sorted(last) == sorted(flow["stream"] for flow in flows)
    counts = collections.Counter((event["event"], event["stream"], event["again"])
                                 for event in events)
    assert set(counts.values()) <= {1}
    for flow in flows:
        event = last[flow["stream"]]
        assert event["outcome"] == flow["outcome"]
        ended = flow["outcome"] in ("closed", "aborted", "superseded")
        failed = flow["outcome"] == "failed"
        assert event["event"] == ("end" if ended else "handshake" if failed else "left")
        assert set(event) == set(flow) | {"event", "time", "result", "was", "again", "filters"}
        if event["event"] == "left" or options:
            assert {key: event[key] for key in flow} == flow
        told = DECIDED.get(flow["handshake"]["result"])
        if told:
            assert event["result"] == told
            assert ("handshake", flow["stream"], False) in counts


def test_stream_in_order():
    times = [json.loads(line)["time"] for line in
             printed(exports.capture("demo"), "stream").splitlines()]
    assert times == sorted(times)


def test_named_filters():
    path = exports.capture("demo")
    option = ("-o", "sockusage.handshake_filter:web:RX@*:80 :TX@192.0.2.18:*")
    handshakes, _ = live.monitor_lines(printed(path, "monitor", *option))
    counted = [flow for flow in tcp_flows(path)
               if flow["server"]["port"] == 80 and flow["server"]["addr"] != "192.0.2.18"
               and flow["handshake"]["result"] in DECIDED]
    assert 0 < len(counted) < len(tcp_flows(path))
    assert collections.Counter(row["sport"] for row in handshakes) == collections.Counter(
        str(flow["client"]["port"]) for flow in counted)
    events = [json.loads(line) for line in printed(path, "stream", *option).splitlines()]
    assert {(event["client"]["port"]) for event in events if event["filters"] == ["web"]} == {
        flow["client"]["port"] for flow in counted}


def test_prometheus(place):
    path = exports.capture("demo")
    assert printed(path, f"prometheus,{place}/x.prom") == ""
    found = live.metrics(place / "x.prom")
    totals = exports.exported(path, "totals")
    flows = tcp_flows(path)
    assert found["sockusage_connections_total"] == totals["connections"]
    for key in ("open", "linger", "pending"):
        assert found[f'sockusage_connections{{state="{key}"}}'] == totals[key]
    for side in ("client", "server"):
        assert found[f'sockusage_payload_bytes_total{{from="{side}"}}'] == sum(
            flow[side]["bytes"] for flow in flows)
    assert found["sockusage_syn_repeats_total"] == sum(
        flow["handshake"]["dup_syn"] for flow in flows)
    results = collections.Counter(DECIDED[flow["handshake"]["result"]] for flow in flows)
    for result in ("success", "timeout", "reject", "unreach"):
        assert found[f'sockusage_handshakes_total{{filter="RX",result="{result}"}}'] == results[result]
    assert found["sockusage_handshake_seconds_count"] == results["success"]
    assert sum(value for name, value in found.items()
               if name.startswith("sockusage_closes_total")) == totals["closed"] + totals["aborted"]
    assert sorted(entry.name for entry in place.iterdir()) == ["x.prom"]


def test_prometheus_format(place):
    """The text format: help and type before the lines of a metric, all of them together, counters
    named so."""
    printed(exports.capture("demo"), f"prometheus,{place}/x.prom", "-o",
            'sockusage.handshake_filter:q"b\\s:RX@*:*')
    text = (place / "x.prom").read_text(encoding="utf-8")
    assert text.endswith("\n") and 'filter="q\\"b\\\\s"' in text
    seen = set()
    name = kind = None
    for line in text.splitlines():
        words = line.split(" ", 3)
        if words[:2] == ["#", "HELP"]:
            name = words[2]
            assert name not in seen and words[3].endswith(".")
            seen.add(name)
        elif words[:2] == ["#", "TYPE"]:
            assert words[2] == name
            kind = words[3]
            assert (kind == "counter") == name.endswith("_total")
        else:
            assert re.fullmatch(r'%s(_bucket|_sum|_count)?({\w+="(\\.|[^"\\])*"(,\w+="(\\.|[^"\\])*")*})?'
                                r" [0-9.]+" % name, line), line
            assert ("_bucket" in line or "_sum" in line or "_count " in line) == (kind == "histogram")


def test_promtool(place):
    """Where Prometheus is installed, its own word."""
    try:
        subprocess.run(["promtool", "--version"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    printed(exports.capture("demo"), f"prometheus,{place}/x.prom")
    with open(place / "x.prom", "rb") as text:
        done = subprocess.run(["promtool", "check", "metrics"], stdin=text, capture_output=True,
                              text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_serve_prints_in_the_end(place):
    path = exports.capture("demo")
    assert json.loads(printed(path, f"serve,{place}/s")) == exports.exported(path, "handshakes")
    assert not list(place.iterdir())


def test_several_at_once(place):
    """With reports among them, in the order of the command line."""
    path = exports.capture("demo")
    words = ["stream", "export,totals,json", "monitor", f"serve,{place}/s", "stream,tcp.port==80",
             f"prometheus,{place}/x.prom"]
    done = exports.run("-r", path, *(w for word in words for w in ("-z", f"sockusage,{word}")))
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.splitlines()
    monitor = printed(path, "monitor")
    streamed = [line for line in lines if line.startswith('{"event"')]
    for command in ("stream", "stream,tcp.port==80"):
        for line in printed(path, command).splitlines():
            streamed.remove(line)
    assert not streamed
    assert live.monitor_lines(done.stdout) == live.monitor_lines(monitor)
    for part in (exports.export(path, "totals", "json"), exports.export(path, "handshakes", "json"),
                 monitor[monitor.index("====="):]):
        assert part in done.stdout


@pytest.mark.parametrize("packets_each", [50, 371])
def test_sessions(packets_each, place):
    """tshark forgets everything now and then (-M): nothing is told twice, nothing is lost."""
    done = exports.run("-r", exports.capture("demo"), "-M", packets_each, "-z", "sockusage,stream",
                       "-z", f"sockusage,prometheus,{place}/x.prom")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    finals = [event for event in events
              if event["event"] != "handshake" or event["outcome"] == "failed"]
    parts = [json.loads(line) for line in exports.run(
        "-r", exports.capture("demo"), "-M", packets_each, "-z",
        "sockusage,export,flows,ndjson").stdout.splitlines()]
    assert collections.Counter((sockets(event), event["outcome"]) for event in finals) == \
        collections.Counter((sockets(part), part["outcome"]) for part in parts)
    found = live.metrics(place / "x.prom")
    assert found["sockusage_connections_total"] == len(parts)
    for side in ("client", "server"):
        assert found[f'sockusage_payload_bytes_total{{from="{side}"}}'] == sum(
            part[side]["bytes"] for part in parts)


def test_told_again(place):
    """An answer that comes after the timeout."""
    capture = packets.Capture()
    first = packets.Connection(capture, (packets.address("10.0.0.1"), 1024),
                               (packets.address("10.0.0.2"), 80))
    first.say("c", packets.SYN)
    capture.now_us += 4_000_000
    packets.Connection(capture, (packets.address("10.0.0.1"), 1025),
                       (packets.address("10.0.0.2"), 80)).refuse()
    first.say("s", packets.SYN | packets.ACK)
    first.say("c", packets.ACK)
    path = capture.write(place / "late.pcap")
    handshakes, _ = live.monitor_lines(printed(path, "monitor"))
    assert [row["what"] for row in handshakes] == ["failure (timeout)", "failure (reject)",
                                                   "success (late)"]
    events = [json.loads(line) for line in printed(path, "stream").splitlines()]
    assert [(event["event"], event["result"], event["was"], event["again"]) for event in events
            if event["client"]["port"] == 1024] == [
        ("handshake", "timeout", None, False), ("handshake", "success", "timeout", True),
        ("left", "success", None, False)]


# ---- what is refused -------------------------------------------------------------------------

@pytest.mark.parametrize("argument, says", [
    ("monitorx", "there is no such report"),
    ("monitor,tcp.nonsense", "tcp.nonsense"),
    ("stream,tcp.port ==", "tcp.port =="),
    ("serve", "the path of the socket is missing"),
    ("serve,,tcp", "the path of the socket is missing"),
    ("serve,{place}/s,tcp.nonsense", "tcp.nonsense"),
    ("serve,{place}/none/s", "No such file or directory"),
    ("serve,{place}/" + "x" * 120, "107 octets at most"),
    ("serve,/proc/s", ""),
    ("prometheus", "the name of the file is missing"),
    ("prometheus,{place}/x,abc", "a number of seconds"),
    ("prometheus,{place}/x,0", "a number of seconds"),
    ("prometheus,{place}/x,-1", "a number of seconds"),
    ("prometheus,{place}/x,1e3", "a number of seconds"),
    ("prometheus,{place}/x,99999999999999999999", "a number of seconds"),
    ("prometheus,{place}/x,5,tcp.nonsense", "tcp.nonsense"),
    ("prometheus,{place}", "is there, and not a file"),
    ("prometheus,{place}/none/x", "No such file or directory"),
    ("prometheus,/dev/null", "is there, and not a file"),
])
def test_refused(argument, says, place):
    """Before a packet is read."""
    done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,{argument.format(place=place)}")
    assert done.returncode != 0
    assert says in done.stderr
    assert not done.stdout
    assert {entry.name for entry in place.iterdir()} <= {"x"}


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to make a folder of another user")
def test_no_permission(place):
    (place / "private").mkdir(mode=0o755)
    for argument in ("serve,{}/s", "prometheus,{}/x"):
        done = exports.run("-r", exports.capture("demo"), "-z",
                           f"sockusage,{argument.format(place / 'private')}")
        assert done.returncode != 0 and "Permission denied" in done.stderr


def test_a_later_argument_is_refused(place):
    done = exports.run("-r", exports.capture("demo"), "-z", f"sockusage,serve,{place}/s",
                       "-z", "sockusage,nonsense")
    assert done.returncode != 0
    assert not list(place.iterdir())


def test_a_closed_pipe_ends_it():
    """As `| head` does."""
    words = su_tshark.command("-q", "-r", exports.capture("demo"), "-z", "sockusage,monitor")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(words, stdout=pipe, stderr=subprocess.PIPE, text=True, timeout=60,
                              env=su_tshark.environment(), check=False)
    assert done.returncode >= 0 and not done.stderr


def test_a_full_disk_is_told():
    words = su_tshark.command("-q", "-r", exports.capture("demo"), "-z", "sockusage,stream")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
                              env=su_tshark.environment(), check=False)
    assert done.returncode > 0 and "No space left on device" in done.stderr
