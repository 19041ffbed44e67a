"""Who is compared with whom: programs, arguments, budgets. Nothing here runs anything.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import dataclasses
import pathlib
import shlex

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = "-d ip.proto==6,sockusage"
TREE = "-z sockusage,tree"
FIELDS = ("-o tcp.relative_sequence_numbers:FALSE -T fields -e ip.src -e tcp.srcport -e ip.dst "
          "-e tcp.dstport -e tcp.seq -e tcp.ack -e tcp.flags.syn -e tcp.flags.ack -e tcp.flags.fin "
          "-e tcp.flags.reset")


@dataclasses.dataclass(frozen=True)
class Contender:
    """`words` is a line for the shell, with {capture} and {tshark}."""
    key: str
    name: str
    words: str
    plugin: str = "without"  # which folder of plugins: without, with, before
    slow: bool = False       # takes part in every third round only


def tshark(key, name, options, plugin="without"):
    return Contender(key, name, f"exec {{tshark}} -n -q {options} -r {{capture}}", plugin)


def shard(half):
    """Half of the connections: both directions of one have the same sum of ports. Its lowest
    bit says little: Linux gives a client even ports first."""
    return (f"tcpdump -r {{capture}} -w - '(tcp[0:2] + tcp[2:2]) >> 1 & 1 = {half}' 2>/dev/null | "
            f"{{tshark}} -n -q {HEADERS} {TREE} -r -")


# The first is what the others are compared with; the second is the same once more, to show how much
# of a difference is noise.
CONTENDERS = [
    tshark("conv", "plain tshark, `-z conv,tcp`", "-z conv,tcp"),
    tshark("again", "the same once more (noise)", "-z conv,tcp"),
    tshark("count", "plain tshark, `-z io,stat,0`", "-z io,stat,0"),
    tshark("eth", "plain tshark, Ethernet alone", "--disable-protocol ip -z conv,eth"),
    tshark("loaded", "plugin loaded, not used: `-z conv,tcp`", "-z conv,tcp", "with"),
    tshark("full", "`-z sockusage,tree`", TREE, "with"),
    tshark("headers", "`-z sockusage,tree`, headers only", f"{HEADERS} {TREE}", "with"),
    tshark("full_before", "`-z sockusage,tree`, commit before", TREE, "before"),
    tshark("headers_before", "headers only, commit before", f"{HEADERS} {TREE}", "before"),
    Contender("shards", "headers only, two halves on two cores",
              f"{{{{ {shard(0)}; }}}} >{{scratch}}.0 & {{{{ {shard(1)}; }}}} >{{scratch}}.1; wait",
              "with"),
    Contender("tcptrace", "tcptrace", "exec tcptrace -n {capture}"),
    Contender("pipeline", "`tshark -T fields` and a script",
              f"{{tshark}} -n -r {{capture}} -Y tcp {FIELDS} | "
              f"{{python}} {shlex.quote(str(HERE / 'pipeline.py'))}", slow=True),
]
NAMES = {each.key: each.name for each in CONTENDERS}


@dataclasses.dataclass(frozen=True)
class Budget:
    """`of` divided by `by`, in seconds or memory, on one of the captures."""
    what: str
    of: str
    by: str
    limit: float
    measure: str = "seconds"  # or "peak"
    at_least: bool = False


BUDGETS = [
    Budget("full dissection against `conv,tcp`, time", "full", "conv", 1.05),
    Budget("headers only against `conv,tcp`, time", "headers", "conv", 0.40),
    Budget("headers only against `conv,tcp`, peak memory", "headers", "conv", 0.30, "peak"),
    Budget("pipeline against headers only, time", "pipeline", "headers", 10, at_least=True),
    Budget("pipeline against full dissection, time", "pipeline", "full", 4, at_least=True),
    Budget("plugin loaded but not used, time", "loaded", "conv", 1.03),
    Budget("headers only against Ethernet alone, time", "headers", "eth", 1.30),
    Budget("two halves on two cores against tcptrace, time", "shards", "tcptrace", 1.00),
    Budget("headers only against the commit before, time", "headers", "headers_before", 1.03),
    Budget("full dissection against the commit before, time", "full", "full_before", 1.03),
]
# Time a packet on the large capture against the small one, and the budget for it.
GROWTH = [("full", 1.10), ("headers", 1.10), ("conv", None), ("eth", None)]


@dataclasses.dataclass(frozen=True)
class Capture:
    key: str
    title: str
    kind: str    # web, bulk, scan
    number: int  # of connections
    rounds: int = 0  # at most; 0: as many as asked for
    room: float = 2e9  # octets on the disk that making it takes
    without: tuple = ()  # contenders that would tell nothing new here

    def file(self, place):
        return place / f"{self.kind}{self.number}.pcap"

    def maker(self, path):
        """Words that make it."""
        if self.kind == "scan":
            return [HERE / "scan", path, str(self.number)]
        return [HERE / "capture", self.kind, path, str(self.number)]


def captures(size):
    """size: thousands of packets of the small one; the large one has ten times as many."""
    told = ("again", "full_before", "headers_before")
    return [
        Capture("web", "many short connections", "web", size * 110),
        Capture("large", "ten times as many", "web", size * 1100, rounds=3, room=6e9, without=told),
        Capture("scan", "three packets a connection", "scan", size * 2500, rounds=3, without=told),
        Capture("bulk", "few connections, much payload", "bulk", 8),
    ]
