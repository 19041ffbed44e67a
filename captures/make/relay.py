# relay.py: the wire between two TAP devices, run by a thread: passes frames on, and may lose, hold,
# delay some of them by rules, or copy all to a mirror port.
# Knows frames, but no sockets and no captures.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import heapq
import os
import select
import threading
import time
from dataclasses import dataclass

import frames

OTHER = {'client': 'server', 'server': 'client'}
FRAME_MAX = 65600


@dataclass
class Rule:
    side: str          # the side that sent the frame
    match: object      # predicate over frames.Packet
    verdict: str       # drop, hold, delay
    times: int | None  # how often it still applies; None: for ever
    seconds: float = 0.0


class Relay(threading.Thread):
    def __init__(self, client_fd, server_fd):
        super().__init__(daemon=True)
        self.fd = {'client': client_fd, 'server': server_fd}
        self.mirror = None        # (descriptor, function: frame -> frames the mirror port sends)
        self.last = {}            # side -> its last TCP segment
        self.quiet_since = time.monotonic()
        self._rules, self._held, self._later = [], [], []
        self._lock = threading.Lock()   # of the rules and what they hold
        self._wire = threading.Lock()   # of the order of what is passed on
        self._wake_r, self._wake_w = os.pipe()
        self._ending = False
        self._order = 0

    # -- rules, called by the scenario
    def drop(self, side, match, times=None):
        self._add(Rule(side, match, 'drop', times))

    def hold(self, side, match, times=None):
        self._add(Rule(side, match, 'hold', times))

    def delay(self, side, match, seconds, times=None):
        self._add(Rule(side, match, 'delay', times, seconds))

    def _add(self, rule):
        with self._lock:
            self._rules.append(rule)

    def clear(self):
        """Forget all rules; frames held stay held."""
        with self._lock:
            self._rules.clear()

    def held(self):
        with self._lock:
            return len(self._held)

    def release(self, *sides):
        """Pass on the held frames (of these sides) in the order in which they came, and nothing
        in between, not even the answers to the first of them."""
        with self._lock:
            held = [entry for entry in self._held if entry[0] in (sides or OTHER)]
            self._held = [entry for entry in self._held if entry not in held]
        with self._wire:
            for side, frame in held:
                self._put(side, frame)

    def settle(self, quiet, limit=10.0):
        """Wait until nothing has been sent for `quiet` seconds."""
        begin = time.monotonic()  # what a program has just written may not have come in yet
        while time.monotonic() < begin + limit:
            left = max(begin, self.quiet_since) + quiet - time.monotonic()
            if left <= 0:
                return
            time.sleep(left)
        raise TimeoutError('the wire does not become quiet')

    # -- the thread
    def run(self):
        sides = {fd: side for side, fd in self.fd.items()}
        while not self._ending:
            ready, _, _ = select.select([*sides, self._wake_r], [], [], self._next_due())
            self._send_due()
            for fd in ready:
                if fd in sides:
                    self._receive(sides[fd], fd)

    def stop(self):
        self._ending = True
        os.write(self._wake_w, b'.')
        self.join()
        for fd in (*self.fd.values(), self._wake_r, self._wake_w):
            os.close(fd)

    def _receive(self, side, fd):
        try:
            frame = os.read(fd, FRAME_MAX)
        except BlockingIOError:
            return
        packet = frames.parse_ethernet(frame)
        if packet is not None:
            self.quiet_since = time.monotonic()
            if packet.proto == frames.TCP:
                self.last[side] = packet
        self._obey(self._rule_for(side, packet), side, frame)

    def _rule_for(self, side, packet):
        with self._lock:
            for rule in self._rules:
                if rule.side != side or rule.times == 0 or not rule.match(packet):
                    continue
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _obey(self, rule, side, frame):
        verdict = rule.verdict if rule else 'pass'
        if verdict == 'pass':
            self._forward(side, frame)
        elif verdict == 'hold':
            with self._lock:
                self._held.append((side, frame))
        elif verdict == 'delay':
            self._order += 1
            heapq.heappush(self._later, (time.monotonic() + rule.seconds, self._order, side, frame))

    def _next_due(self):
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def _send_due(self):
        while self._later and self._later[0][0] <= time.monotonic():
            _, _, side, frame = heapq.heappop(self._later)
            self.quiet_since = time.monotonic()
            self._forward(side, frame)

    def _forward(self, side, frame):
        with self._wire:
            self._put(side, frame)

    def _put(self, side, frame):
        os.write(self.fd[OTHER[side]], frame)
        if self.mirror and frames.parse_ethernet(frame) is not None:
            fd, copies = self.mirror
            for copy in copies(frame):
                os.write(fd, copy)
