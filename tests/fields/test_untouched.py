"""With the plugin everything else stays as it is without it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import difflib
import re
import xml.etree.ElementTree as xml

import pytest

import shown
import su_tshark


@pytest.fixture(name="bare")
def no_plugin(folder, monkeypatch):
    """Call it, and tshark knows nothing of the plugin."""
    return lambda: monkeypatch.setenv("SU_HOME", str(folder))


def pdml(capture, *arguments):
    """Without our own subtrees, and without the line that names the time of writing."""
    packets = xml.fromstring(shown.output("-r", capture, "-T", "pdml", *arguments))
    for parent in list(packets.iter()):
        for child in list(parent):
            if child.get("name") == "sockusage":
                parent.remove(child)
    for element in packets.iter():
        element.tail = None
    return [xml.tostring(packet, encoding="unicode") for packet in packets]


def differences(before, after):
    lines = difflib.unified_diff("".join(before).split("><"), "".join(after).split("><"), n=0)
    return [line for line in lines if not re.match(r"---|\+\+\+|@@", line)][:20]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_every_other_value_stays(everything, bare, passes):
    after = pdml(everything, *passes)
    assert "sockusage" in shown.output("-r", everything, "-T", "pdml", "-c", "500")
    bare()
    before = pdml(everything, *passes)
    assert len(before) > 1000
    assert differences(before, after) == []


def test_no_complaint_at_the_start(captures):
    done = su_tshark.run("-r", captures / "demo.pcapng", "-c", "1")
    assert (done.returncode, done.stderr) == (0, "")


def without_us(text):
    """Verbose text without our subtrees."""
    kept, ours = [], False
    for line in text.splitlines():
        ours = line.startswith("[Socket Usage") or (ours and line.startswith("    "))
        if not ours:
            kept.append(line)
    return kept


def test_can_be_disabled(captures, bare):
    path = captures / "demo.pcapng"
    after = shown.output("-r", path, "-V", "--disable-protocol", "sockusage")
    bare()
    assert after.splitlines() == shown.output("-r", path, "-V").splitlines()


def test_is_disabled_together_with_tcp(captures, bare):
    """Then TCP is data, as ever; of UDP we still tell."""
    arguments = ("-r", captures / "tunnel_vxlan.pcapng", "-V", "--disable-protocol", "tcp")
    after = shown.output(*arguments)
    assert "[Socket Usage: UDP" in after
    bare()
    assert without_us(after) == shown.output(*arguments).splitlines()


def test_the_subtree_stands_behind_the_transport(captures):
    text = shown.output("-r", captures / "tunnel_vxlan.pcapng", "-V")
    titles = [line.split(":")[0].split(",")[0].lstrip("[") for line in text.splitlines()
              if line and line[0] not in " "]
    behind = [titles[place - 1] for place, title in enumerate(titles) if title == "Socket Usage"]
    assert set(behind) == {"User Datagram Protocol", "Transmission Control Protocol"}


def test_statistics_of_others_know_nothing_of_us(everything, bare):
    """Nor do they where something happened that an expert item would tell of."""
    wanted = ("-q", "-r", everything, "-z", "io,stat,0,tcp", "-z", "conv,tcp", "-z", "http,tree")
    after = shown.output(*wanted)
    bare()
    assert after == shown.output(*wanted)


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_no_protocol_that_a_packet_is_made_of(everything, bare, passes):
    wanted = ("-q", *passes, "-r", everything, "-z", "io,phs")
    after = shown.output(*wanted)
    bare()
    assert after == shown.output(*wanted)
