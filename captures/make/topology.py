# topology.py: the hosts of one experiment and what lies between them: a relay, a veth pair or
# nothing; if wanted a router, a mirror port, a tunnel. Knows nothing of captures and connections.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os

from netns import Netns
from relay import Relay
from tunnel import Tunnel

PLAIN = {
    'ipv4/tcp_congestion_control': 'reno',  # no pacing: packets leave when the program writes
    'ipv4/tcp_early_retrans': 0,            # no tail loss probes
    'ipv4/tcp_no_metrics_save': 1,
    'ipv4/tcp_invalid_ratelimit': 0,        # every challenge ACK is sent
    'ipv4/icmp_ratelimit': 0,
    'ipv4/icmp_msgs_per_sec': 10000,
    'ipv4/tcp_fastopen': 3,
    'ipv6/conf/all/accept_ra': 0,
    'ipv6/conf/default/accept_dad': 0,
    'ipv6/conf/default/router_solicitations': 0,
    'ipv6/icmp/ratelimit': 0,
}


class Topology:
    """a: the client's host, b: the server's, r: a router, m: whoever sits at the mirror port."""

    def __init__(self, seed, *, family=4, link='relay', router=False, sysctl=None):
        self.family, self._seed = family, seed
        self.relay, self.device = None, 'wire0'
        self.home = {}            # address -> namespace
        self._tunnels, self._spare = [], []
        self.a = Netns()
        self.b = self.a if link == 'lo' else Netns()
        self.r = Netns() if router else None
        self.m = None
        self._build(link, sysctl or {})

    def _build(self, link, sysctl):
        for ns in {self.a, self.b, self.r or self.a}:
            for key, value in {**PLAIN, **sysctl}.items():
                ns.sysctl(key, value)
        {'relay': self._wire_relay, 'veth': self._wire_veth, 'lo': self._wire_lo}[link]()

    def _addresses(self, far):
        """In one half of the scenarios the lower address is the client's, in the other not."""
        near, remote = ('192.0.2.', '198.51.100.') if self.family == 4 \
            else ('2001:db8::', '2001:db8:1::')
        low, high = 10 + self._seed % 40, 60 + self._seed % 30
        hosts = (low, high) if self._seed & 1 else (high, low)
        return f'{near}{hosts[0]}', f'{remote if far else near}{hosts[1]}'

    def _prefix(self):
        return 24 if self.family == 4 else 64

    def address(self, ns, device, address):
        ns.ip(f'addr add {address}/{self._prefix()} dev {device}'
              + (' nodad' if ':' in address else ''))
        ns.ip(f'link set {device} up')
        self.home[address] = ns

    def _wire_relay(self):
        self.client_ip, self.server_ip = self._addresses(far=self.r is not None)
        middle = self.r or self.b
        self.relay = Relay(self.a.tap('wire0'), middle.tap('wire0'))
        self.address(self.a, 'wire0', self.client_ip)
        if self.r:
            self._route_through_r()
        else:
            self.address(self.b, 'wire0', self.server_ip)
        self.relay.start()

    def _route_through_r(self):
        near, far = ('192.0.2.1', '198.51.100.1') if self.family == 4 \
            else ('2001:db8::1', '2001:db8:1::1')
        self.r.sysctl('ipv4/ip_forward', 1)
        self.r.sysctl('ipv6/conf/all/forwarding', 1)
        self.address(self.r, 'wire0', near)
        self.r.veth('wire1', self.b, 'wire0')
        self.address(self.r, 'wire1', far)
        self.address(self.b, 'wire0', self.server_ip)
        self.a.ip(f'-{self.family} route add default via {near}')
        self.b.ip(f'-{self.family} route add default via {far}')

    def _wire_veth(self):
        self.client_ip, self.server_ip = self._addresses(far=False)
        self.a.veth('wire0', self.b, 'wire0')
        self.address(self.a, 'wire0', self.client_ip)
        self.address(self.b, 'wire0', self.server_ip)

    def _wire_lo(self):
        self.client_ip = self.server_ip = '127.0.0.1' if self.family == 4 else '::1'
        self.device = 'lo'
        self.home[self.client_ip] = self.a

    def mirror(self, copies):
        """A third host on a mirror port; `copies` makes the frames it gets of each frame."""
        self.m = Netns()
        fd = self.m.tap('mirror0')
        self.m.ip('link set mirror0 up arp off')
        self.device = 'mirror0'
        self._spare.append(fd)
        self.relay.mirror = (fd, copies)

    def tunnel(self, kind, inner_family=4):
        """A tunnel over the wire; from now on the hosts are known by their inner addresses."""
        outer = self.client_ip, self.server_ip
        inner = ('10.1.0.7', '10.1.0.3') if inner_family == 4 else ('fd00::7', 'fd00::3')
        self.family = inner_family
        for ns, local, remote, address in ((self.a, *outer, inner[0]),
                                           (self.b, *outer[::-1], inner[1])):
            if kind == 'vxlan':
                self._vxlan(ns, local, remote)
            else:
                self._tunnels.append(Tunnel(ns, kind, local, remote))
            self.address(ns, 'tun0', address)
        self.client_ip, self.server_ip = inner
        if kind == 'vxlan':
            for ns, peer in ((self.a, inner[1]), (self.b, inner[0])):
                ns.ip(f'neigh replace {peer} lladdr {self._mac(peer)} dev tun0')

    def _vxlan(self, ns, local, remote):
        """Neighbours are told, not asked for: nothing but the connections shall be in it."""
        inner = '10.1.0.7' if ns is self.a else '10.1.0.3'
        ns.sysctl('ipv6/conf/default/disable_ipv6', 1)
        ns.ip(f'link add tun0 address {self._mac(inner)} type vxlan id 42 local {local} '
              f'remote {remote} dstport 4789 dev wire0')

    @staticmethod
    def _mac(address):
        return '02:00:' + ':'.join(f'{int(part):02x}' for part in address.split('.'))

    def nft(self, ns, rule):
        """One rule for packets that come in."""
        ns.run('nft', 'add', 'table', 'inet', 'lab')
        ns.run('nft', 'add', 'chain', 'inet', 'lab', 'in',
               '{ type filter hook input priority 0; }')
        ns.run('nft', 'add', 'rule', 'inet', 'lab', 'in', *rule.split())

    def close(self):
        for tunnel in self._tunnels:
            tunnel.stop()
        if self.relay:
            self.relay.stop()
        for fd in self._spare:
            os.close(fd)
        for ns in {self.a, self.b, self.r, self.m} - {None}:
            ns.close()
