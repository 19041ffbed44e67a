"""The ways in which tshark shows a field, each as {frame: {field: [texts]}}.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import subprocess
import xml.etree.ElementTree as xml

import su_tshark

TOOL = pathlib.Path(__file__).parents[1] / "tools" / "fields_md.sh"
MANY = "\x1f"  # between the values of one field in one frame


def document():
    return subprocess.run([TOOL], check=True, capture_output=True, text=True).stdout


def manual():
    return subprocess.run([TOOL.with_name("man.sh")], check=True, capture_output=True,
                          text=True).stdout


def table():
    """The field table: (name, type, title, help) each."""
    rows = subprocess.run([TOOL, "--rows"], check=True, capture_output=True, text=True).stdout
    return [tuple(line.split("\t")) for line in rows.splitlines()]


def expert_table():
    """The table of expert items: (name, title, help) each."""
    rows = subprocess.run([TOOL, "--expert"], check=True, capture_output=True, text=True).stdout
    return [tuple(line.split("\t")) for line in rows.splitlines()]


def registered():
    """What tshark -G fields lists, as its columns: kind of line, title, name, type, protocol ..."""
    words = [word for word in su_tshark.command("-G", "fields") if word != "-n"]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd="/",
                          env=su_tshark.environment())
    return [line.split("\t") for line in done.stdout.splitlines()]


def output(*arguments):
    """Standard output of a tshark that has to succeed without a word of complaint."""
    done = su_tshark.run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def frames(lines, names, split):
    """From lines whose first column is the frame number."""
    shown = {}
    for line in lines:
        number, *texts = line.split("\t")
        found = {name: text.split(split) for name, text in zip(names, texts) if text}
        shown[int(number)] = found
    return shown


def by_fields(capture, names, *arguments):
    """tshark -T fields."""
    words = ["-r", capture, "-T", "fields", "-E", f"aggregator={MANY}", "-e", "frame.number"]
    for name in names:
        words += ["-e", name]
    return frames(output(*words, *arguments).splitlines(), names, MANY)


def by_tree(capture, names, *arguments):
    """The tree, as PDML."""
    shown = {}
    for packet in xml.fromstring(output("-r", capture, "-T", "pdml", *arguments)):
        found = {}
        for field in packet.iter("field"):
            if field.get("name") in names:
                found.setdefault(field.get("name"), []).append(field.get("show"))
        number = packet.find("./proto/field[@name='num']").get("show")
        shown[int(number)] = found
    return shown


def by_columns(capture, names, *arguments):
    """Custom columns."""
    columns = ['"No.","%m"'] + [f'"{name}","%Cus:{name}:0:U"' for name in names]
    layout = "gui.column.format:" + ",".join(columns)
    text = output("-r", capture, "-T", "tabs", "-o", layout, *arguments)
    return frames((line.strip(" ") for line in text.splitlines()), names, ",")


def by_filter(capture, expression, *arguments):
    """Numbers of the frames that pass a display filter."""
    text = output("-r", capture, "-T", "fields", "-e", "frame.number", "-Y", expression, *arguments)
    return {int(line) for line in text.splitlines()}
