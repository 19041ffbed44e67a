"""The overview on every capture that comes with the project.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import shutil
import subprocess

import pytest

import programs
import tree

NAMES = sorted(path.stem for path in programs.CAPTURES.glob("*.pcapng"))

# A copy of a RST that arrives where the RST was expected: which of both was meant cannot be known.
NOT_THE_SAME_DOUBLED = {}


def capture(name):
    return programs.CAPTURES / f"{name}.pcapng"


def without(text, *blocks):
    return {path: numbers for path, numbers in tree.read(text).items() if path[0] not in blocks}


def test_there_are_captures():
    assert len(NAMES) >= 25


@pytest.fixture(scope="module", name="stats")
def all_stats():
    """{name: rows} as sharkd has them, read one file after the other in one process."""
    if not shutil.which("sharkd"):
        pytest.skip("needs sharkd")
    trees = programs.sharkd_trees(capture(name) for name in NAMES)
    return dict(zip(NAMES, map(tree.flatten, trees)))


@pytest.mark.parametrize("name", NAMES)
def test_one_pass_two_passes_and_the_statistics_tree_agree(name, stats):
    once = programs.tree(capture(name))
    tree.check_identity(once)
    assert once == programs.tree(capture(name), "-2")
    assert stats[name] == tree.with_host_rows(once)


@pytest.mark.parametrize("name", NAMES)
def test_doubled_packets_change_nothing(name, folder):
    """A mirror port that copies both directions."""
    doubled = folder / "doubled.pcapng"
    subprocess.run(["mergecap", "-w", doubled, capture(name), capture(name)], check=True)
    assert programs.tree(doubled) == programs.tree(capture(name))


def snap_length(name):
    """How much has to be captured of each packet for its TCP header without options."""
    fields = programs.output("-r", capture(name), "-T", "fields", "-e", "frame.protocols")
    stacks = {line for line in fields.splitlines() if "tcp" in line or "icmp" in line}
    if all(line.startswith("eth:ethertype:ip:tcp") for line in stacks):
        return 54
    if all(line.startswith(("eth:ethertype:ip:tcp", "eth:ethertype:ipv6:tcp")) for line in stacks):
        return 74
    return 160  # tunnels, and TCP headers quoted in ICMP errors


@pytest.mark.parametrize("name", NAMES)
def test_headers_without_options_are_enough(name, folder):
    cut = folder / "cut.pcapng"
    subprocess.run(["editcap", "-s", str(snap_length(name)), capture(name), cut], check=True)
    assert programs.tree(cut) == programs.tree(capture(name))
