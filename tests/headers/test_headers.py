"""Headers only (-d ip.proto==6,sockusage): Wireshark's TCP dissector is not called, and everything we
tell is the same as if it were.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures
import shutil
import subprocess

import pytest

import exports
import shown
import su_tshark

HEADERS_ONLY = ("-d", "ip.proto==6,sockusage")
NAMES = sorted(path.stem for path in exports.CAPTURES.glob("*.pcapng"))
BOTH = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
# What TCP's own fields say of a header; ports are there even in 8 octets quoted by ICMP.
PORTS = ["tcp.srcport", "tcp.dstport", "tcp.port"]
HEADER = ["tcp.seq_raw", "tcp.ack_raw", "tcp.hdr_len", "tcp.len", "tcp.flags", "tcp.flags.syn", "tcp.flags.fin",
          "tcp.flags.reset", "tcp.flags.ack", "tcp.flags.push", "tcp.flags.urg", "tcp.flags.ece",
          "tcp.flags.cwr", "tcp.window_size_value"]


def in_both_ways(function):
    """What it returns in full dissection and with headers only; the two run side by side."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, [(), HEADERS_ONLY]))


def all_reports(path, *options):
    return exports.printed(path, "tree", "ladder", "export,all,json", "export,flows,csv",
                           options=options)


# ---- the same answers --------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_reports_and_exports_are_the_same(name):
    full, headers = in_both_ways(lambda way: all_reports(exports.capture(name), *way))
    assert full == headers


def test_and_in_two_passes(everything):
    full, headers = in_both_ways(lambda way: all_reports(everything, "-2", *way))
    assert full == headers
    assert full.count("\n") > 1000


@BOTH
def test_fields_are_the_same(everything, passes):
    names = [row[0] for row in shown.table()]
    full, headers = in_both_ways(lambda way: shown.by_fields(everything, names, *passes, *way))
    assert full == headers
    assert sum("sockusage.stream" in frame for frame in full.values()) > 1000


@pytest.mark.parametrize("octets", [54, 60, 66])
def test_headers_cut_short(everything, folder, octets):
    path = folder / "cut.pcapng"
    subprocess.run(["editcap", "-s", str(octets), everything, path], check=True)
    path.chmod(0o644)
    full, headers = in_both_ways(lambda way: all_reports(path, *way))
    assert full == headers
    # Also frames that end amid what an ICMP error quotes are counted.
    count = len(shown.output("-r", path).splitlines())
    assert exports.exported(path, "all", *HEADERS_ONLY)["capture"]["packets"] == count


@pytest.mark.parametrize("option", ["sockusage.checksum:all", "sockusage.role:port",
                                    "sockusage.strict_rst:FALSE", "ip.defragment:FALSE"])
def test_with_preferences(everything, option):
    full, headers = in_both_ways(lambda way: all_reports(everything, "-o", option, *way))
    assert full == headers


# ---- what others see ---------------------------------------------------------------------------

def test_tcp_is_not_called(everything):
    words = "frame.protocols", "tcp.stream", "tcp.analysis", "tcp.payload", "http", "tls"
    seen = shown.by_fields(everything, words, *HEADERS_ONLY)
    assert not [frame for frame in seen.values() if set(frame) - {"frame.protocols"}]
    protocols = [text for frame in seen.values() for text in frame["frame.protocols"]]
    assert not [text for text in protocols if "tcp" in text.split(":")]
    assert "eth:ethertype:ip:sockusage" in protocols
    assert "eth:ethertype:ipv6:sockusage" in protocols
    assert "eth:ethertype:vlan:ethertype:ip:sockusage" in protocols


def test_the_fields_of_a_header(everything):
    full, headers = in_both_ways(
        lambda way: shown.by_fields(everything, ["icmp.type", "icmpv6.type", *PORTS, *HEADER], *way))
    for number, frame in full.items():
        icmp = {"icmp.type", "icmpv6.type"} & set(frame)  # headers quoted in it may be cut short
        for name in PORTS if icmp else PORTS + HEADER:
            assert frame.get(name) == headers[number].get(name), (number, name)


@BOTH
@pytest.mark.parametrize("expression", [
    "tcp.port == 80", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp",
    "ip.addr == 192.0.2.18 && tcp.dstport in {80, 443}", 'sockusage.close == "rst"',
    "sockusage.client.port == 50100", "sockusage.server.port == 80"])
def test_filters(everything, expression, passes):
    full, headers = in_both_ways(lambda way: shown.by_filter(everything, expression, *passes, *way))
    assert full == headers
    assert full


@pytest.mark.parametrize("expression", ["tcp.port==80", "sockusage.server.port==80",
                                        "ip.addr==192.0.2.18"])
def test_filters_of_reports(everything, expression):
    full, headers = in_both_ways(
        lambda way: exports.export(everything, "flows", "csv", *way, filter=expression))
    assert full == headers
    assert full.count("\n") > 5


def test_the_packet_list():
    """Numbers count from the SYN, windows are scaled, as people know it from Wireshark."""
    def lines(way):
        text = shown.output("-r", exports.capture("close_client_first"), "--disable-protocol", "data",
                            "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info", *way)
        return [line.partition(" Len=") for line in text.splitlines()]
    full, headers = in_both_ways(lines)
    assert [line[0] for line in full] == [line[0] for line in headers]
    assert headers[0][0].startswith("TCP\t") and "[SYN] Seq=0 Win=" in headers[0][0]
    assert headers[1][0].endswith("[SYN, ACK] Seq=0 Ack=1 Win=" + headers[1][0].rpartition("=")[2])


@pytest.mark.parametrize("octets, text", [
    (36, ""), (44, "[header cut short]"), (52, "Len=0 [header cut short]")])
def test_cut_headers_in_the_packet_list(folder, octets, text):
    path = folder / "cut.pcapng"
    subprocess.run(["editcap", "-s", str(octets), exports.capture("refused"), path], check=True)
    path.chmod(0o644)
    info = shown.output("-r", path, "-c", "1", *HEADERS_ONLY, "-T", "fields", "-e", "_ws.col.Info")
    assert info.strip().endswith(text)


def test_the_tree(everything):
    text = shown.output("-r", exports.capture("tunnel_gre"), "-V", *HEADERS_ONLY)
    titles = [line.partition(",")[0].partition(":")[0] for line in text.splitlines()
              if line[:1] not in ("", " ")]
    behind = [titles[place - 1] for place, title in enumerate(titles) if title == "[Socket Usage"]
    assert set(behind) == {"Transmission Control Protocol (header only)"}
    assert "Malformed" not in shown.output("-r", everything, "-V", "-2", *HEADERS_ONLY)


def test_it_can_be_disabled():
    text = shown.output("-r", exports.capture("demo"), "-V", *HEADERS_ONLY, "--disable-protocol",
                        "sockusage")
    assert "Socket Usage" not in text and "Transmission" not in text


def test_it_needs_no_tcp():
    """As a choice of the user's, it stays if Wireshark's own TCP is disabled."""
    path = exports.capture("demo")
    assert all_reports(path, *HEADERS_ONLY, "--disable-protocol", "tcp") == all_reports(path)


# ---- the profile -------------------------------------------------------------------------------

@pytest.fixture(name="with_profile")
def home_with_profile(folder, monkeypatch):
    home = folder / "home"
    shutil.copytree(exports.SOURCE / "profile", home / ".config/wireshark/profiles")
    plugins = ".local/lib/wireshark/plugins"
    shutil.copytree(f"{su_tshark.environment()['HOME']}/{plugins}", home / plugins)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", home], check=True)
    monkeypatch.setenv("SU_HOME", str(home))
    return "-C", "Socket Usage (fast)"


def test_the_profile_chooses_it(with_profile):
    path = exports.capture("demo")
    by_hand = exports.printed(path, "tree", options=HEADERS_ONLY)
    assert exports.printed(path, "tree", options=with_profile) == by_hand
    protocols = shown.output("-r", path, *with_profile, "-T", "fields", "-e", "frame.protocols")
    assert "sockusage" in protocols and "tcp" not in protocols
