"""What happens in one network namespace; started there by test_network.py.

    actor.py serve ADDRESS...         kernel sockets that listen on ports 22 and 80
    actor.py respond INTERFACE ...    answers by hand for hosts that do not exist; see below
    actor.py connect                  does what standard input asks for, and says what became of it

SPDX-License-Identifier: GPL-2.0-or-later
"""
import errno
import ipaddress
import json
import select
import socket
import struct
import sys
import threading
import time

IPV4, IPV6 = 0x0800, 0x86DD
TCP, ICMP, ICMPV6 = 6, 1, 58
SYN, ACK = 0x02, 0x10

# Ports of the hosts that do not exist: what their answer is.
SILENT, SECOND_SYN, SECOND_SYNACK = 1000, 1001, 1002
UNREACHABLE = 2000   # + code of ICMP's destination unreachable
UNREACHABLE_V6 = 3000 # the same of ICMPv6


# ---- kernel sockets --------------------------------------------------------------------------

def serve_one(client):
    """Echoes until the client closes."""
    with client:
        while data := client.recv(4096):
            client.sendall(data)


def serve(addresses):
    servers = []
    for address in addresses:
        for port in (22, 80):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            servers.append(socket.create_server((address, port), family=family, backlog=512))
    print("ready", flush=True)
    while True:
        for server in select.select(servers, [], [])[0]:
            threading.Thread(target=serve_one, args=(server.accept()[0],), daemon=True).start()


def attempt(action):
    """One connection. Its result as its own kernel sees it."""
    family = socket.AF_INET6 if ":" in action["host"] else socket.AF_INET
    done = dict(action)
    with socket.socket(family) as client:
        client.settimeout(action["patience"])
        result = None
        try:
            client.connect((action["host"], action["port"]))
            result = 0
        except socket.timeout:
            result = errno.ETIMEDOUT
        except OSError as error:
            result = error.errno
        done["errno"] = result
        done["src"], done["sport"] = client.getsockname()[:2]
        if result == 0:
            data = b"x" * action.get("bytes", 0)
            client.sendall(data)
            while data and len(client.recv(4096)) < len(data):
                pass
        if action.get("reset"):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return done


def connect():
    actions = json.load(sys.stdin)
    results = [None] * len(actions)

    def work(i):
        results[i] = attempt(actions[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(actions))]
    for thread in threads:
        thread.start()
        time.sleep(0.002)
    for thread in threads:
        thread.join()
    json.dump(results, sys.stdout)


# ---- answers by hand -------------------------------------------------------------------------

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Packet:
    """TCP over IPv4 or IPv6 over Ethernet, as it came."""

    def __init__(self, frame):
        self.frame = frame
        self.kind = struct.unpack_from("!H", frame, 12)[0]
        self.is_tcp = False
        if self.kind == IPV4 and frame[23] == TCP:
            self.at, self.src, self.dst = 14 + (frame[14] & 15) * 4, frame[26:30], frame[30:34]
        elif self.kind == IPV6 and frame[20] == TCP:
            self.at, self.src, self.dst = 54, frame[22:38], frame[38:54]
        else:
            return
        self.is_tcp = True
        self.sport, self.dport, self.seq, self.ack, _, self.flags = struct.unpack_from(
            "!HHIIBB", frame, self.at)

    def pseudo(self, protocol, length, src, dst):
        if self.kind == IPV4:
            return src + dst + struct.pack("!HH", protocol, length)
        return src + dst + struct.pack("!II", length, protocol)

    def wrap(self, protocol, payload, ip_id=0, to=None):
        """An answer, from the host that was asked."""
        ether = (to or self.frame[6:12]) + self.frame[0:6] + struct.pack("!H", self.kind)
        if self.kind == IPV6:
            return ether + struct.pack("!IHBB", 0x60000000, len(payload), protocol, 64) + \
                self.dst + self.src + payload
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ip_id, 0x4000, 64, protocol, 0) + \
            self.dst + self.src
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return ether + head + payload

    def synack(self, ip_id, to=None):
        head = struct.pack("!HHIIBBHHH", self.dport, self.sport, 777_000, self.seq + 1, 0x50,
                           SYN | ACK, 64000, 0, 0)
        proof = checksum(self.pseudo(TCP, len(head), self.dst, self.src) + head)
        return self.wrap(TCP, head[:16] + struct.pack("!H", proof) + head[18:], ip_id, to)

    def unreachable(self, code):
        quoted = self.frame[14:14 + 68]
        if self.kind == IPV4:
            message = struct.pack("!BBHI", 3, code, 0, 1400 if code == 4 else 0) + quoted
            proof = checksum(message)
            protocol = ICMP
        else:
            message = struct.pack("!BBHI", 1, code, 0, 0) + quoted
            proof = checksum(self.pseudo(ICMPV6, len(message), self.dst, self.src) + message)
            protocol = ICMPV6
        return self.wrap(protocol, message[:2] + struct.pack("!H", proof) + message[4:])


def respond(interface, addresses):
    """Each SYN to one of the addresses, by its port. A SYN-ACK that shall not arrive goes to the
    hardware address of nobody: it is on the wire, but the client's kernel does not take it."""
    hosts = {ipaddress.ip_address(address).packed for address in addresses}
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    wire.bind((interface, 0))
    syns = {}
    print("ready", flush=True)
    while True:
        packet = Packet(wire.recv(65536))
        if not packet.is_tcp or packet.dst not in hosts or packet.flags != SYN:
            continue
        key = (packet.src, packet.sport, packet.dport)
        syns[key] = syns.get(key, 0) + 1
        port = packet.dport
        if UNREACHABLE <= port < UNREACHABLE + 256:
            wire.send(packet.unreachable(port - UNREACHABLE))
        elif UNREACHABLE_V6 <= port < UNREACHABLE_V6 + 256:
            wire.send(packet.unreachable(port - UNREACHABLE_V6))
        elif port == SECOND_SYN and syns[key] == 2:
            wire.send(packet.synack(1))
        elif port == SECOND_SYNACK:
            wire.send(packet.synack(1, to=bytes.fromhex("020000000066")))
            time.sleep(0.05)
            wire.send(packet.synack(2))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2:])
    elif sys.argv[1] == "respond":
        respond(sys.argv[2], sys.argv[3:])
    else:
        connect()
