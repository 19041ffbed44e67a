"""The overview on every capture that comes with the project.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import shutil
import subprocess

import pytest

import packets
import programs
import tree

TCP = 6
NAMES = sorted(path.stem for path in programs.CAPTURES.glob("*.pcapng"))
pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("sharkd", "mergecap", "editcap"))),
                                reason="needs sharkd, mergecap and editcap")


def capture(name):
    return programs.CAPTURES / f"{name}.pcapng"


def trees(paths):
    """{name: rows}"""
    return dict(zip(NAMES, map(tree.flatten, programs.sharkd_trees(paths))))


@pytest.fixture(scope="module", name="whole")
def trees_of_whole_captures():
    return trees(map(capture, NAMES))


def changed(place, make):
    """{name: rows} of every capture after `make`, which gives the words of a program."""
    paths = [place / f"{make.__name__}-{name}.pcapng" for name in NAMES]
    for name, path in zip(NAMES, paths):
        subprocess.run([*map(str, make(name, path))], check=True, capture_output=True)
        path.chmod(0o644)
    return trees(paths)


@pytest.fixture(scope="module", name="doubled")
def trees_of_doubled_captures(place):
    def double(name, path):
        return "mergecap", "-w", path, capture(name), capture(name)
    return changed(place, double)


def enough(link, packet):
    """How much of this packet is its TCP header without options, and what stands before it."""
    if link != 1 or packet[12:14] not in (b"\x08\x00", b"\x86\xdd"):
        return 160  # VLAN, other links
    if packet[12:14] == b"\x86\xdd":
        return 74 if packet[20] == TCP else 160
    return 54 if packet[23] == TCP else 160  # a tunnel, or a header quoted in an ICMP error


def snap_length(name):
    return max(enough(*packet) for packet in packets.read(capture(name)))


@pytest.fixture(scope="module", name="cut")
def trees_of_captures_cut_short(place):
    def cut(name, path):
        return "editcap", "-s", snap_length(name), capture(name), path
    return changed(place, cut)


def test_there_are_captures():
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_one_pass_two_passes_and_the_statistics_tree_agree(name, whole):
    once = programs.tree(capture(name))
    tree.check_identity(once)
    assert once == programs.tree(capture(name), "-2")
    assert whole[name] == tree.with_host_rows(once)


@pytest.mark.parametrize("name", NAMES)
def test_doubled_packets_change_nothing(name, whole, doubled):
    """A mirror port that copies both directions."""
    assert doubled[name] == whole[name]


def test_most_captures_can_be_cut_to_54_octets():
    assert sum(snap_length(name) == 54 for name in NAMES) > len(NAMES) / 2


@pytest.mark.parametrize("name", NAMES)
def test_headers_without_options_are_enough(name, whole, cut):
    assert cut[name] == whole[name]
