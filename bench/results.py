"""What was measured, kept in one JSON file, so that a run that was ended goes on where it was.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import statistics


class Results:
    """{capture: {packets, connections, octets, runs: {contender: {round: {seconds, cpu, peak}}}}}"""

    def __init__(self, path):
        self.path = path
        self.place = path.parent  # where the captures are, too
        self.all = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def about(self, capture):
        return self.all.setdefault(capture, {"runs": {}})

    def has(self, capture, contender, turn):
        return str(turn) in self.about(capture)["runs"].get(contender, {})

    def note(self, capture, contender, turn, took):
        self.about(capture)["runs"].setdefault(contender, {})[str(turn)] = took
        self.save()

    def save(self):
        part = self.path.with_name(self.path.name + ".part")
        part.write_text(json.dumps(self.all, indent=1), encoding="utf-8")
        os.replace(part, self.path)

    # ---- numbers of one contender on one capture ---------------------------------------------

    def values(self, capture, contender, measure):
        """{round: value}"""
        runs = self.all.get(capture, {"runs": {}})["runs"].get(contender, {})
        return {turn: took[measure] for turn, took in runs.items()}

    def median(self, capture, contender, measure):
        values = self.values(capture, contender, measure)
        return statistics.median(values.values()) if values else None

    def ratio(self, capture, of, by, measure):
        """(ratio of medians, lowest, highest of one round without the outer tenths); None: no
        rounds. Only rounds that both took part in count."""
        mine, its = self.values(capture, of, measure), self.values(capture, by, measure)
        turns = [turn for turn in mine if turn in its]
        if not turns:
            return None
        rounds = sorted(mine[turn] / its[turn] for turn in turns)
        middle = (statistics.median(mine[turn] for turn in turns) /
                  statistics.median(its[turn] for turn in turns))
        return middle, rounds[len(rounds) // 10], rounds[-1 - len(rounds) // 10]
