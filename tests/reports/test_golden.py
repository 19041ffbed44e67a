"""Every report in every format, word for word, on captures of real connections; and the tables as
they look in terminals of 80 and 160 columns.

To write them anew, and then look at the difference: pytest --update NAME (or all)

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re

import pytest

import exports

EXPECTED = pathlib.Path(__file__).parent / "expected"
NAMES = ["close_behind_zero_window", "close_both", "close_client_first", "half_close_then_data",
         "icmp_host", "mid_rst", "nginx_curl_v6", "one_way_close", "open_data_v6", "refused_v6",
         "reuse_superseded", "self_connect", "syn_unanswered", "udp_two_way"]
WIDTHS = [80, 160]


def without_version(text):
    text = re.sub(r'^Socket Usage \d\S*', "Socket Usage VERSION", text)
    return re.sub(r'("version": ?)"[^"]*"', r'\1"VERSION"', text)


def compare(name, suffix, text, request):
    path = EXPECTED / f"{name}.{suffix}"
    if {name, "all"} & set(request.config.getoption("--update")):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def wanted(form):
    """Everything, once. That a report alone is the same as in "all" is tested elsewhere."""
    others = ["services", "flows", "exchanges", "ladder"] if form == "text" else ["ladder"]
    return [f"export,{report},{form}" for report in ["all", *others]]


@pytest.mark.parametrize("name", NAMES)
def test_every_report_in_every_format(name, request):
    path = exports.capture(name)
    one_pass = [exports.printed(path, *wanted(form)) for form in exports.FORMATS]
    two_passes = exports.printed(path, *sum(map(wanted, exports.FORMATS), []), options=["-2"])
    # A blank line goes before text that is not the first thing to be printed; text is first here.
    assert "".join(one_pass) == two_passes
    for form, text in zip(exports.FORMATS, one_pass):
        compare(name, form, without_version(text), request)


@pytest.mark.parametrize("width", WIDTHS)
def test_tables_on_a_terminal(width, request):
    tables = exports.printed(exports.capture("demo"), *exports.REPORTS[:-1],
                             "ladder,tcp.port == 443", columns=width)
    compare("demo", str(width), tables, request)
    assert max(map(len, tables.splitlines())) <= max(width, 100)


def test_every_expectation_is_compared():
    compared = {f"{name}.{form}" for name in NAMES for form in exports.FORMATS}
    assert {path.name for path in EXPECTED.iterdir()} == compared | {
        f"demo.{width}" for width in WIDTHS}
