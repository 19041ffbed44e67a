"""-z sockusage,<report> and -z sockusage,export: what they accept, what they refuse, which flows a
filter lets in, and what becomes of output that cannot be written.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import termios

import pytest

import exports
import packets as golden
import su_tshark

DEMO = exports.capture("demo")
LONG = ["2001:db8:1234:5678:9abc:def0:1122:3344", "2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa"]
REPORT_LINES = [f"-z sockusage,{report}[,filter]" for report in ["tree", *exports.REPORTS]]


# ---- what is refused -------------------------------------------------------------------------

REFUSED = {
    "nothing": REPORT_LINES,
    "hostsX": REPORT_LINES,
    "host": REPORT_LINES,
    "helpme": REPORT_LINES,
    "exports,all,json": REPORT_LINES,
    "export": ["all, " + ", ".join(exports.REPORTS)],
    "export,": ["all, " + ", ".join(exports.REPORTS)],
    "export,tree,json": ["all, " + ", ".join(exports.REPORTS)],
    "export,hosts": [", ".join(exports.FORMATS)],
    "export,hosts,": [", ".join(exports.FORMATS)],
    "export,hosts,JSON": [", ".join(exports.FORMATS)],
    "export,hosts,json,no such": ["no such"],
    "hosts,tcp.port ==": ["tcp.port =="],
    "flows,tcp.nofield": ["tcp.nofield"],
}


@pytest.mark.parametrize("argument", REFUSED)
def test_refused_before_any_packet(argument):
    done = exports.run("-r", DEMO, "-P", "-z", f"sockusage,{argument}")
    assert done.returncode == 1
    assert done.stdout == ""
    for text in REFUSED[argument]:
        assert text in done.stderr


@pytest.mark.parametrize("preference", ["handshake_filter:web:XX@", "local_nets:10.0.0.0/33"])
@pytest.mark.parametrize("report", ["tree", "handshakes", "export,all,json"])
def test_a_wrong_preference_is_refused(preference, report):
    done = exports.run("-r", DEMO, "-o", f"sockusage.{preference}", "-z", f"sockusage,{report}")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"sockusage.{preference.partition(':')[0]}" in done.stderr
    assert f"-z sockusage,{report}" in done.stderr


# ---- help ------------------------------------------------------------------------------------

def test_help():
    done = exports.run("-z", "sockusage,help")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ["tree", *exports.REPORTS, *exports.FORMATS, "client.addr", "start_latency"]:
        assert f"\n  {word} " in done.stdout
    for form in exports.FORMATS:
        assert f"  tshark -q -r capture.pcapng -z sockusage,export," in done.stdout
        assert f",{form}\n" in done.stdout


def test_the_examples_of_the_help_work():
    shown = exports.run("-z", "sockusage,help").stdout
    examples = [line.split("-z ", 1)[1].strip("'") for line in shown.splitlines()
                if line.startswith("  tshark ")]
    assert len(examples) == 6
    for argument in examples:
        done = exports.run("-r", DEMO, "-z", argument)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_every_export_column_is_in_the_help():
    shown = exports.run("-z", "sockusage,help").stdout
    for report in ("flows", "services", "exchanges", "ladder"):
        part = shown.split(f"\n{report}\n")[1].split("\n\n")[0]
        names = [line.split()[0] for line in part.splitlines()]
        assert names == exports.export(DEMO, report, "csv").splitlines()[0].split(",")


# ---- several, and filters --------------------------------------------------------------------

def test_several_in_the_order_of_the_command_line():
    wanted = ["states", "hosts", "tree,tcp.port in {80, 443}", "export,flows,csv,tcp.port == 443",
              "hosts,ip.addr == 192.0.2.78", "states"]
    alone = [exports.printed(DEMO, argument) for argument in wanted]
    together = exports.printed(DEMO, *wanted)
    assert together == "".join([alone[0], "\n", alone[1], alone[2], alone[3], "\n", alone[4], "\n",
                                alone[5]])


def test_a_filter_may_have_commas():
    flows = exports.lines(DEMO, "flows", filter="tcp.port in {443, 3306}")
    assert {flow["server"]["port"] for flow in flows} == {443, 3306}
    assert exports.printed(DEMO, "hosts,tcp.port in {443, 3306}").startswith(
        "Filter:  tcp.port in {443, 3306}\n")


def test_one_packet_lets_the_whole_flow_in():
    """A filter that only resets pass: their connections are there, with all their packets."""
    flows = exports.lines(DEMO, "flows", filter="tcp.flags.reset == 1")
    assert flows == [flow for flow in exports.lines(DEMO, "flows")
                     if flow["frames"]["rst"] is not None or flow["close"]["rst_invalid"]]
    packets = exports.lines(DEMO, "ladder", filter="tcp.flags.reset == 1")
    assert len(packets) == sum(flow[side]["packets"]
                               for flow in flows for side in ("client", "server"))


@pytest.mark.parametrize("name", ["syn_challenged", "reuse_superseded", "reuse_after_rst",
                                  "half_open_recovery", "reuse_roles_exchanged", "icmp_host"])
def test_every_frame_as_a_filter(name):
    """Which flow a SYN belongs to may only be known later: one pass must not differ from two."""
    path = exports.capture(name)
    frames = len(su_tshark.rows(path, ["frame.number"]))
    wanted = [f"export,{report},ndjson,frame.number == {frame}"
              for frame in range(1, frames + 1) for report in ("flows", "ladder", "totals")]
    assert exports.printed(path, *wanted) == exports.printed(path, *wanted, options=["-2"])


def test_nothing_passes():
    for report in exports.REPORTS:
        for form in exports.FORMATS:
            exports.export(DEMO, report, form, filter="frame.number == 0")
    assert exports.exported(DEMO, "flows", filter="frame.number == 0") == []
    assert exports.exported(DEMO, "totals", filter="frame.number == 0")["connections"] == 0
    assert exports.exported(DEMO, "all", filter="frame.number == 0")["capture"]["packets"] == 371


# ---- where it goes ---------------------------------------------------------------------------

@pytest.mark.parametrize("argument", ["tree", "hosts", "export,all,text", "export,flows,json",
                                      "export,flows,ndjson", "export,flows,csv", "help"])
def test_a_full_disk_is_an_error(argument):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = exports.run("-r", DEMO, "-z", f"sockusage,{argument}", stdout=full)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr


def test_a_closed_pipe_is_an_error():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = exports.run("-r", DEMO, "-z", "sockusage,export,all,json", stdout=pipe)
    assert done.returncode != 0


def test_a_closed_pipe_is_an_error_without_its_signal():
    """Where the signal is ignored, as below some daemons."""
    words = su_tshark.command("-q", "-r", DEMO, "-z", "sockusage,export,all,json")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(["sh", "-c", 'trap "" PIPE; exec "$@"', "sh", *words], stdout=pipe,
                              stderr=subprocess.PIPE, env=su_tshark.environment(), text=True,
                              check=False)
    assert done.returncode == 1
    assert "Broken pipe" in done.stderr


def on_terminal(argument, columns, environment):
    """What goes to a terminal of that many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(su_tshark.command("-q", "-r", DEMO, "-z", f"sockusage,{argument}"),
                          stdout=slave, stderr=slave, cwd="/",
                          env=su_tshark.environment() | environment) as process:
        os.close(slave)
        text = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError: # the other end is closed
                break
            if not piece:
                break
            text += piece
        assert process.wait() == 0
    os.close(master)
    return text.decode().replace("\r\n", "\n")


def test_width_of_the_terminal():
    for width in (90, 130):
        table = exports.printed(DEMO, "services", columns=width)
        assert max(map(len, table.splitlines())) <= width
        assert on_terminal("services", width, {}) == table
        assert on_terminal("services", 500, {"COLUMNS": str(width)}) == table
        assert on_terminal("export,services,text", width, {}) == table
    assert exports.printed(DEMO, "services") == exports.export(DEMO, "services", "text")


@pytest.fixture(name="long_addresses")
def capture_of_long_addresses(place):
    """Two hosts whose addresses are as long as can be, among shorter ones."""
    capture = golden.Capture()
    hosts = [golden.address(text) for text in LONG]
    for client, server in ((hosts, hosts[::-1]), (hosts[::-1], hosts)):
        capture.tcp((client[0], 40000), (server[0], 443), golden.SYN, 1000)
    capture.tcp((golden.address("10.0.0.1"), 40000), (golden.address("192.0.2.200"), 443),
                golden.SYN, 1000)
    return capture.write(place / "long.pcap")


@pytest.mark.parametrize("report", ["services", "flows", "hosts"])
def test_long_addresses_fit(long_addresses, report):
    """In the middle they are cut, where the table would break the lines; short ones never are."""
    table = exports.printed(long_addresses, report, columns=80)
    assert max(map(len, table.splitlines())) <= 80
    assert ("are cut in the middle" in table) == (report != "hosts")
    whole = exports.printed(long_addresses, report)
    for address in LONG:
        assert address in whole
        if report != "hosts":
            assert address not in table and address[:5] in table and address[-5:] in table
    if report != "hosts":
        assert "192.0.2.200" in table
    assert ".." not in whole


def test_exports_do_not_depend_on_the_environment():
    assert exports.printed(DEMO, "export,all,text", columns=200) == exports.export(
        DEMO, "all", "text")


@pytest.mark.skipif(not shutil.which("mergecap"), reason="needs mergecap")
def test_several_files():
    """As one capture through a pipe."""
    paths = [str(exports.capture(name)) for name in ("refused", "close_client_first")]
    merge = subprocess.run(["mergecap", "-w", "-", *paths], capture_output=True, check=True)
    done = subprocess.run(su_tshark.command("-q", "-r", "-", "-z", "sockusage,export,totals,json"),
                          input=merge.stdout, capture_output=True, check=True, cwd="/",
                          env=su_tshark.environment())
    assert b'"connections":2,' in done.stdout
