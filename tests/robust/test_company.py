"""In company of other dissectors behind the packet, and of other statistics: the same values, ours and theirs.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os

import pytest

import exports
import su_tshark
import variants

FIELDS = ["frame.number", "tcp.stream", "sockusage.stream", "sockusage.outcome",
          "sockusage.handshake", "sockusage.close", "sockusage.client.state",
          "sockusage.server.state", "sockusage.syn_rtt", "sockusage.gap.cause",
          "sockusage.exchange.start_latency"]

LUA = """local copies = Proto("copies", "Copies")
local outcome = Field.new("sockusage.outcome")
local seen = ProtoField.string("copies.outcome", "Outcome")
copies.fields = {seen}
function copies.dissector(buffer, pinfo, tree)
    local values = {outcome()}
    for _, value in ipairs(values) do
        tree:add(copies, "copies"):add(seen, tostring(value))
    end
end
register_postdissector(copies, true)
"""
MATE = """Pdu flow_pdu Proto tcp Transport ip {
    Extract addr From ip.addr;
    Extract port From tcp.port;
};
Gop flow On flow_pdu Match (addr, addr, port, port) {
    Start (port);
    Stop (port);
};
Done;
"""


@pytest.fixture(scope="module", name="everything")
def many_captures(place):
    path = place / "everything.pcapng"
    variants.call("mergecap", "-a", "-w", path, *sorted(exports.CAPTURES.glob("*.pcapng")))
    path.chmod(0o644)
    return path


def script(place, name, text):
    path = place / name
    path.write_text(text, encoding="ascii")
    path.chmod(0o644)
    return path


def packets(path, *options):
    """Our fields of every packet, and what else was printed. -T fields of `more` may be asked for."""
    words = [word for field in FIELDS for word in ("-e", field)]
    done = su_tshark.run("-2", "-r", path, "-T", "fields", "-E", "occurrence=a", *words, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module", name="alone")
def values_alone(everything):
    lines = packets(everything)
    assert len(lines) > 1000 and sum("closed" in line for line in lines) > 100
    return lines


def test_transum(everything, alone):
    assert packets(everything, "--enable-protocol", "transum") == alone


def test_mate(everything, alone, place):
    config = script(place, "flows.mate", MATE)
    assert packets(everything, "-o", f"mate.config:{config}") == alone


def test_a_postdissector_in_lua(everything, alone, place):
    """It gets our fields, too."""
    path = script(place, "copies.lua", LUA)
    options = ("-X", f"lua_script:{path}")
    if "with Lua" not in su_tshark.run("--version").stdout.replace("\n", " "):
        pytest.skip("this tshark has no Lua")
    lines = packets(everything, *options, "-e", "copies.outcome")
    assert [line.rsplit("\t", 1)[0] for line in lines] == alone
    at = FIELDS.index("sockusage.outcome")
    for line in lines:
        columns = line.split("\t")
        assert columns[at] == columns[-1]


@pytest.mark.parametrize("statistic", ["conv,tcp", "conv,ip", "expert", "endpoints,tcp", "io,phs",
                                       "flow,tcp,standard", "plen,tree", "follow,tcp,ascii,0"])
def test_other_statistics(everything, alone, statistic):
    """Both say what they say alone."""
    both = packets(everything, "-z", statistic)
    assert both[:len(alone)] == alone
    theirs = su_tshark.run("-2", "-q", "-r", everything, "-z", statistic).stdout
    ours = exports.run("-2", "-r", everything, "-z", "sockusage,export,flows,csv").stdout
    mixed = su_tshark.run("-2", "-q", "-r", everything, "-z", statistic, "-z",
                          "sockusage,export,flows,csv").stdout
    assert sorted(mixed.splitlines()) == sorted(theirs.splitlines() + ours.splitlines())


def test_their_statistics_are_the_same_without_us(everything, monkeypatch, place):
    words = ("-q", "-r", everything, "-z", "conv,tcp", "-z", "expert", "--disable-protocol", "quic")
    ours = "Socket Usage", "SockUsage"
    with_us = [line for line in su_tshark.run(*words).stdout.splitlines()
               if not any(name in line for name in ours)]
    monkeypatch.setitem(os.environ, "SU_HOME", str(place))
    without = su_tshark.run(*words).stdout.splitlines()
    assert "<->" in "".join(without)
    def table(lines):
        return [line for line in lines if "<->" in line]
    assert table(with_us) == table(without)
