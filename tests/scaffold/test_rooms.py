"""The rooms of the plugin: who may include whom, and that the compiler holds them to it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["SU_SOURCE"])
BUILD = pathlib.Path(os.environ["SU_BUILD"])

# No stdio.h and no stdlib.h: the engine neither talks nor allocates.
LIBC_OF_ENGINE = {"ctype.h", "inttypes.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h",
                  "string.h"}
VIEW = {"engine/view.h", "engine/words.h", "engine/segment.h"}

# room -> (rooms whose every header it may include, further headers by name)
MAY_INCLUDE = {
    "engine": (set(), set()),
    "schema": (set(), VIEW),
    "render": ({"schema"}, set()),
    "adapter": ({"schema", "engine"}, set()),
    "tap": ({"schema", "render", "adapter"}, VIEW | {"su_version.h"}),
    "live": ({"schema", "render", "adapter", "tap"}, VIEW | {"su_version.h"}),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources(room):
    return sorted((SOURCE / "plugin" / room).glob("*.[ch]"))


def includes(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("room", MAY_INCLUDE)
def test_quoted_includes_stay_in_sight(room):
    rooms, headers = MAY_INCLUDE[room]
    for path in sources(room):
        for quote, name in includes(path):
            if quote == "<":
                continue
            assert not name.startswith("../"), f"{path}: {name}"
            allowed = "/" not in name and (path.parent / name).exists()
            allowed |= name.split("/")[0] in rooms or name in headers
            assert allowed, f"{path}: room {room} must not know {name}"


def test_engine_knows_only_the_c_library():
    assert sources("engine")
    for path in sources("engine"):
        system = {name for quote, name in includes(path) if quote == "<"}
        assert system <= LIBC_OF_ENGINE, f"{path}: {system - LIBC_OF_ENGINE}"


@pytest.mark.parametrize("room, exceptions", [
    ("schema", set()),
    ("render", {"wsutil/json_dumper.h"}),
])
def test_no_wireshark_in(room, exceptions):
    for path in sources(room):
        system = {name for _, name in includes(path)
                  if re.match(r"(epan|wiretap|wsutil|ui)/|ws_", name)}
        assert system <= exceptions, f"{path}: {system - exceptions}"


def test_only_compat_headers_test_the_wireshark_version():
    for path in SOURCE.glob("plugin/**/*.[ch]"):
        if path.name.endswith("compat.h") or path.name == "plugin.c":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"WIRESHARK_VERSION|SU_WIRESHARK_AT_LEAST", text), path


def compile_in(room, header, tmp_path):
    """Does a file of `room` that includes `header` compile, with the flags of the build?"""
    commands = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    folder = (SOURCE / "plugin" / room).resolve()
    command = next((c for c in commands if f"/plugin/{room}/" in c["file"]
                    and f"{room}.dir" in c["command"]), None)
    assert command, f"room {room} has no sources"
    trial = tmp_path / "trial.c"
    trial.write_text(f"#include {header}\ntypedef int su_trial;\n", encoding="utf-8")
    words = shlex.split(command["command"])
    words = words[: words.index("-o")] + ["-fsyntax-only", "-iquote", str(folder), str(trial)]
    return subprocess.run(words, cwd=command["directory"], capture_output=True, check=False)


@pytest.mark.parametrize("room, header", [
    ("engine", "<glib.h>"),
    ("engine", "<epan/packet.h>"),
    ("engine", '"schema/field.h"'),
    ("schema", "<epan/packet.h>"),
    ("schema", '"engine/conn.h"'),
    ("schema", '"adapter/capture.h"'),
    ("render", "<epan/packet.h>"),
    ("render", '"engine/conn.h"'),
    ("adapter", '"tap/tap.h"'),
])
def test_compiler_refuses(room, header, tmp_path):
    result = compile_in(room, header, tmp_path)
    assert result.returncode != 0
    assert b"No such file" in result.stderr or b"not found" in result.stderr


@pytest.mark.parametrize("room, header", [
    ("engine", "<string.h>"),
    ("engine", '"conn.h"'),
    ("schema", '"engine/view.h"'),
    ("schema", "<glib.h>"),
    ("adapter", "<epan/packet.h>"),
    ("adapter", '"engine/conn.h"'),
    ("tap", '"engine/view.h"'),
])
def test_compiler_accepts(room, header, tmp_path):
    result = compile_in(room, header, tmp_path)
    assert result.returncode == 0, result.stderr.decode()
