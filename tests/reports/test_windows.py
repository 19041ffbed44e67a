"""Wireshark's windows, as sharkd has them, show the same rows as tshark prints.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re

import pytest

import exports

NAMES = ["demo", "close_behind_zero_window", "icmp_port", "mid_rst", "nginx_ab_keepalive",
         "reuse_superseded", "syn_challenged", "tunnel_vxlan", "udp_two_way", "udp_unreachable_v6"]
WINDOWS = ["hosts", "services", "states", "handshakes", "flows", "exchanges"]


def cells(rows):
    """As text: numbers that sort as text are padded, and what is unknown is empty."""
    return [["-" if cell == "" else str(cell).strip() for cell in row] for row in rows]


def printed_rows(path, report):
    """The rows of a list as tshark prints it without limit: columns are two blanks apart."""
    lines = exports.export(path, report, "text").splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith("----")]
    end = rules[2] if len(rules) > 2 else len(lines) # no rows: no totals below them
    return [re.split(r"  +", line.strip()) for line in lines[rules[1] + 1:end]]


def leaves(value):
    return [leaf for inner in value.values() for leaf in leaves(inner)] if isinstance(
        value, dict) else [str(value)]


@pytest.mark.parametrize("name", NAMES)
def test_windows_show_what_tshark_prints(name):
    path = exports.capture(name)
    tables = {report: cells(rows) for report, rows in
              exports.sharkd_tables(path, WINDOWS).items()}
    for report in ("services", "flows", "exchanges"):
        assert sorted(tables[report]) == sorted(printed_rows(path, report))
    assert sorted(tables["hosts"]) == sorted(leaves(row) for row in exports.lines(path, "hosts"))
    assert tables["states"] == [[key, *leaves(row)]
                                for key, row in exports.exported(path, "states").items()]
    assert tables["handshakes"] == [[key, *leaves(row)]
                                    for each in exports.exported(path, "handshakes")
                                    for key, row in each.items()]


def test_asked_again():
    """A second file after the first, and the same twice, in one process."""
    first, second = exports.capture("demo"), exports.capture("nginx_ab_keepalive")
    once = [exports.sharkd_tables(path, WINDOWS) for path in (first, second)]
    assert exports.sharkd_in_turn([first, second, first, first], WINDOWS) == [
        once[0], once[1], once[0], once[0]]
