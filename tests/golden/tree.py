"""Reads what `-z sockusage,tree` prints.

SPDX-License-Identifier: GPL-2.0-or-later
"""
BLOCKS = ("Connections", "Handshakes", "Closes by type", "Closed first by", "Sockets",
          "SYN RTT (ms)", "Servers", "Clients")
TOTAL = ("Open", "Linger", "Closed", "Aborted", "Superseded", "Unjudged")


def block_of(line):
    return next((name for name in BLOCKS if line.startswith(name + "  ")), None)


def read(text):
    """{(block, name, name ...): [numbers]}; hosts and plain rows alike."""
    rows = {}
    path = []
    for line in text.splitlines():
        block = block_of(line)
        if block:
            path = [block]
            continue
        if not path or not line.startswith("  "):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        name, numbers = split(line)
        path = path[:depth] + [name]
        rows[tuple(path)] = numbers
    return rows


def split(line):
    """'  Total established   3   60.00%' -> 'Total established', ['3', '60.00%']"""
    name, _, numbers = line.strip().partition("  ")
    return name, numbers.split()


def counts(text):
    """The same, but only the counts."""
    return {path: int(numbers[0]) for path, numbers in read(text).items()}


def check_identity(text):
    """Total = Open + Linger + Closed + Aborted + Superseded + Unjudged; all = total + the rest."""
    count = counts(text)
    established = ("Connections", "Total established")
    assert count[established] == sum(count[established + (name,)] for name in TOTAL)
    rest = sum(count[("Connections", name)] for name in ("Failed", "Pending", "Unsolicited"))
    assert count[("Connections", "All")] == count[established] + rest
    assert count[("Servers", "All")] == count[("Connections", "All")]
    assert count[("Sockets", "All")] == 2 * count[("Connections", "All")]


def flatten(stats):
    """The rows of a Wireshark statistics tree (sharkd's JSON), named as counts() names them."""
    rows = {}
    for top in stats:
        block = "SYN RTT (ms)" if top["name"].startswith("SYN RTT") else top["name"]
        rows[(block, "All")] = top["count"]
        rows.update(below((block,), top.get("sub", [])))
    return rows


def below(path, nodes):
    rows = {}
    todo = [(path, node) for node in nodes]
    while todo:
        path, node = todo.pop()
        here = path + (node["name"],)
        rows[here] = node["count"]
        todo += [(here, child) for child in node.get("sub", [])]
    return rows


def with_host_rows(text):
    """counts(), with the columns of hosts as rows below them, as a statistics tree has them."""
    rows = counts(text)
    for path, numbers in read(text).items():
        if path[0] in ("Servers", "Clients") and path[1] != "All":
            total, opened, linger = map(int, numbers[1:])
            rows[path + ("Total",)] = total
            rows[path + ("Open",)] = opened
            rows[path + ("Linger",)] = linger
            if rows[path] != total:
                rows[path + ("Not established",)] = rows[path] - total
    return rows
