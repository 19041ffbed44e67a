"""Real traffic between two network namespaces: what tshark tells while it happens is what was done.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import errno
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import actor
import live
import su_tshark

ACTOR = str(pathlib.Path(actor.__file__))
HERE4, HERE6 = "10.77.0.1", "fd77::1"
THERE4, THERE6 = "10.77.0.2", "fd77::2"      # kernel sockets
NOBODY4, NOBODY6 = "10.77.0.99", "fd77::99"  # answered for by hand
FILTERS = (f"all:TX@*:* web:RX@*:80 odd:TX@{NOBODY4}:1-65535,[{NOBODY6}]:1-65535 :RX@*:22 :TX@*:22")


def why_not():
    if os.getuid() != 0:
        return "needs root, to make network namespaces"
    if not shutil.which("ip"):
        return "needs the program ip (Debian: iproute2)"
    name = f"su-{os.getpid()}-try"
    for words in (["netns", "add", name], ["-n", name, "link", "set", "lo", "up"],
                  ["netns", "exec", name, "true"], ["netns", "del", name]):
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
            return f"no network namespaces here: {done.stderr.strip()}"
    return None


REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))


class Network:
    """Two namespaces with a cable between them. `nobody` is on the far side, as far as anyone can
    tell."""

    def __init__(self):
        self.near, self.far = f"su-{os.getpid()}-n", f"su-{os.getpid()}-f"
        self.actors = []
        for name in (self.near, self.far):
            self.ip("netns", "add", name)
        self.ip("link", "add", "cable", "netns", self.near, "type", "veth", "peer", "name", "cable",
                "netns", self.far)
        for name, v4, v6 in ((self.near, HERE4, HERE6), (self.far, THERE4, THERE6)):
            self.ip("-n", name, "link", "set", "lo", "up")
            self.ip("-n", name, "addr", "add", f"{v4}/24", "dev", "cable")
            self.ip("-n", name, "addr", "add", f"{v6}/64", "dev", "cable", "nodad")
            self.ip("-n", name, "link", "set", "cable", "up")
        for address in (NOBODY4, NOBODY6):
            # not the hardware address of the far side, whose kernel would have a say in it
            self.ip("-n", self.near, "neigh", "replace", address, "lladdr", "02:00:00:00:00:99",
                    "dev", "cable", "nud", "permanent")

    @staticmethod
    def ip(*words):
        return subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    def start(self, namespace, *words):
        process = subprocess.Popen(["ip", "netns", "exec", namespace, sys.executable, ACTOR, *words],
                                   stdout=subprocess.PIPE, text=True)
        self.actors.append(process)
        assert process.stdout.readline() == "ready\n"

    def knock(self):
        """A datagram to nobody: a packet that has nothing to do with TCP."""
        subprocess.run(["ip", "netns", "exec", self.near, sys.executable, "-c",
                        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto("
                        f"b'knock', ('{NOBODY4}', 9))"], check=True)

    def connect(self, actions):
        done = subprocess.run(
            ["ip", "netns", "exec", self.near, sys.executable, ACTOR, "connect"],
            input=json.dumps(actions), capture_output=True, text=True, check=True, timeout=120)
        return json.loads(done.stdout)

    def tshark(self, *arguments):
        words = su_tshark.command("-i", "cable", "-q", *arguments)
        words[words.index("--"):words.index("--")] = ["--inh-caps", "+net_raw,+net_admin",
                                                      "--ambient-caps", "+net_raw,+net_admin"]
        return live.Tshark(command=["ip", "netns", "exec", self.far, *words])

    def close(self):
        for process in self.actors:
            process.kill()
            process.wait()
        for name in (self.near, self.far):
            self.ip("netns", "del", name)


@pytest.fixture(name="network", scope="module")
def two_namespaces():
    network = Network()
    try:
        network.start(network.far, "serve", THERE4, THERE6)
        network.start(network.far, "respond", "cable", NOBODY4, NOBODY6)
        yield network
    finally:
        network.close()


def action(host, port, result, patience=20.0, **more):
    return {"host": host, "port": port, "result": result, "patience": patience, **more}


def everything():
    """What is to be done, each with the result that it has to have."""
    actions = []
    for host in (THERE4, THERE6):
        actions += [action(host, 80, "success", bytes=n) for n in (1, 10, 1000)] * 4
        actions += [action(host, 80, "success", reset=True)] * 3
        actions += [action(host, 22, "success", bytes=5)] * 2
        actions += [action(host, port, "failure (reject)") for port in (81, 82, 83)]
    actions += [action(NOBODY4, actor.UNREACHABLE + code, "failure (unreach)")
                for code in range(16) if code != 4]
    actions += [action(NOBODY6, actor.UNREACHABLE_V6 + code, "failure (unreach)")
                for code in range(7)]
    for host in (NOBODY4, NOBODY6):
        # closed before the SYN is repeated
        actions += [action(host, actor.SILENT, "failure (timeout)", patience=0.5)] * 3
        actions += [action(host, actor.SECOND_SYN, "success", dup_syn=1, reset=True)] * 2
        actions += [action(host, actor.SECOND_SYNACK, "success", dup_synack=1, reset=True)] * 2
    # "fragmentation needed" is no failure: the host goes on, to no avail
    actions += [action(NOBODY4, actor.UNREACHABLE + 4, "failure (timeout)", patience=0.5)]
    return actions


def is_capturing(path):
    return path.is_socket() and live.ask_json(path, "GET totals")["rows"][0]["udp"] > 0


@pytest.fixture(name="run", scope="module")
def one_run(network, tmp_path_factory):
    """Everything at once: what was done, and all that tshark told of it."""
    place = tmp_path_factory.mktemp("run")
    for folder in (place, *place.parents):
        if "pytest-" in str(folder) and folder.stat().st_uid == os.getuid():
            folder.chmod(0o755)
    place.chmod(0o777)
    short = pathlib.Path(f"/tmp/su.{os.getpid()}")
    with network.tshark("-o", f"sockusage.handshake_filter:{FILTERS}", "-z", "sockusage,monitor",
                        "-z", "sockusage,stream", "-z", f"sockusage,serve,{short}",
                        "-z", f"sockusage,prometheus,{place}/x.prom,1") as tshark:
        live.wait_for(lambda: network.knock() or is_capturing(short), "the capture to start")
        done = network.connect(everything())
        expected = sum(one["result"] == "failure (timeout)" for one in done)
        live.wait_for(lambda: tshark.out.count("failure (timeout)") >= expected, "all timeouts")
        answer = live.ask_json(short, "GET")
        hosts = live.ask_json(short, "GET hosts")["rows"]
        assert tshark.stop() == 0
    lines = [line for line in tshark.out.splitlines() if not line.startswith("{")]
    events = [json.loads(line) for line in tshark.out.splitlines() if line.startswith('{"event"')]
    return {"done": done, "monitor": "\n".join(lines), "events": events, "answer": answer,
            "hosts": hosts, "metrics": live.metrics(place / "x.prom")}


def key(one):
    """Both sockets of what was done."""
    return (one["src"], str(one["sport"]), one["host"], str(one["port"]))


def counted(done):
    """Those that no filter excludes."""
    return [one for one in done if one["port"] != 22]


def test_what_was_done_is_what_was_meant(run):
    """The client's own kernel agrees."""
    errnos = {"success": {0}, "failure (reject)": {errno.ECONNREFUSED},
              "failure (timeout)": {errno.ETIMEDOUT},
              "failure (unreach)": {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNREFUSED,
                                    errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.EHOSTDOWN,
                                    errno.ENONET, errno.EACCES, errno.EPROTO}}
    for one in run["done"]:
        assert one["errno"] in errnos[one["result"]], one


def test_monitor_handshakes(run):
    handshakes, _ = live.monitor_lines(run["monitor"])
    told = collections.Counter((row["src"], row["sport"], row["dst"], row["dport"], row["what"],
                                row["dup_syn"], row["dup_synack"]) for row in handshakes)
    assert told == collections.Counter(
        (*key(one), one["result"], one.get("dup_syn", 0), one.get("dup_synack", 0))
        for one in counted(run["done"]))


def test_monitor_ends(run):
    """By whom, how, and how many octets each way: the server echoes."""
    _, ends = live.monitor_lines(run["monitor"])
    told = {(row["src"], row["sport"], row["dst"], row["dport"]):
            (row["how"], row["by"], row["sent"], row["received"]) for row in ends}
    assert told == {key(one): ("rst" if one.get("reset") else "fin", "client",
                               one.get("bytes", 0), one.get("bytes", 0))
                    for one in counted(run["done"]) if one["result"] == "success"}


def expected_counts(done):
    """As tcpeek's JSON has it, for each filter."""
    def count(ones):
        success = [one for one in ones if one["result"] == "success"]
        return (len(success), sum("dup_syn" in one for one in success),
                sum("dup_synack" in one for one in success),
                *(sum(one["result"] == f"failure ({kind})" for one in ones)
                  for kind in ("timeout", "reject", "unreach")))

    return {"all": count(counted(done)), "web": count([one for one in done if one["port"] == 80]),
            "odd": count([one for one in counted(done) if one["host"] in (NOBODY4, NOBODY6)])}


def test_socket(run):
    assert live.handshake_counts(run["answer"]) == expected_counts(run["done"])
    hosts = {(row["role"], row["host"]): row for row in run["hosts"]}
    for host in (THERE4, THERE6, NOBODY4, NOBODY6):
        ones = [one for one in run["done"] if one["host"] == host]
        assert hosts["server", host]["total"] == sum(one["result"] == "success" for one in ones)
        assert hosts["server", host]["failed"] == sum(one["result"] != "success" for one in ones)
        assert hosts["server", host]["open"] == 0


def test_summary(run):
    for name, counts in expected_counts(run["done"]).items():
        found = live.summary(run["monitor"])[name]
        assert tuple(found.values()) == (
            counts[0], counts[1], counts[2], sum(counts[3:]), *counts[3:])


def test_stream(run):
    told = collections.Counter(
        (event["client"]["addr"], str(event["client"]["port"]), event["server"]["addr"],
         str(event["server"]["port"]), event["result"]) for event in run["events"]
        if event["event"] == "handshake")
    words = {"success": "success", "failure (reject)": "reject", "failure (timeout)": "timeout",
             "failure (unreach)": "unreach"}
    assert told == collections.Counter((*key(one), words[one["result"]]) for one in run["done"])
    for event in run["events"]:
        excluded = event["server"]["port"] == 22
        assert ("all" in event["filters"]) != excluded
        assert ("web" in event["filters"]) == (event["server"]["port"] == 80)


def test_metrics(run):
    for name, counts in expected_counts(run["done"]).items():
        for result, number in zip(("success", "timeout", "reject", "unreach"),
                                  (counts[0], *counts[3:])):
            assert run["metrics"][
                f'sockusage_handshakes_total{{filter="{name}",result="{result}"}}'] == number
    assert run["metrics"]['sockusage_closes_total{how="fin",by="client"}'] == sum(
        one["result"] == "success" and not one.get("reset") for one in run["done"])
