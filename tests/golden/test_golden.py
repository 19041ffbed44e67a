"""What tshark prints, word for word. Each line of list.tsv is a run over one of the captures; what
it has to print stands in expected/. "both": one pass and two passes print the same.

To write it anew, and then look at the difference: pytest --update NAME (or all)

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import shlex

import pytest

import programs

HERE = pathlib.Path(__file__).parent
PASSES = {"one": [[]], "two": [["-2"]], "both": [[], ["-2"]]}


def golden_list():
    lines = (HERE / "list.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def expected(name):
    return HERE / "expected" / f"{name}.txt"


@pytest.mark.parametrize("name, capture, passes, arguments",
                         [pytest.param(*row, id=row[0]) for row in golden_list()])
def test_golden(name, capture, passes, arguments, request):
    path = programs.CAPTURES / f"{capture}.pcapng"
    printed = [programs.output("-r", path, *words, *shlex.split(arguments))
               for words in PASSES[passes]]
    assert printed[0] == printed[-1]
    if {name, "all"} & set(request.config.getoption("--update")):
        expected(name).write_text(printed[0], encoding="utf-8")
    assert printed[0] == expected(name).read_text(encoding="utf-8")


def test_every_expectation_is_in_the_list():
    assert {path.stem for path in (HERE / "expected").iterdir()} == {
        row[0] for row in golden_list()}
