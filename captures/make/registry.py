# registry.py: the list of scenarios. A scenario is a function that plays one story in a Lab.
# Scenario files register themselves by the decorator; make.py walks the list.
#
# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import dataclass, field


@dataclass
class Scenario:
    name: str
    shows: str          # one line: what the capture shows
    programs: str
    play: object        # function(lab)
    module: str
    late: bool          # the function starts the capture itself
    setup: dict = field(default_factory=dict)

    @property
    def origin(self):
        return f'`{self.module}.py`: `{self.play.__name__}`, {self.programs}'


SCENARIOS = {}


def scenario(shows, *, name=None, programs='python sockets', late=False, **setup):
    """Register a function as a scenario; `setup` goes to the Lab."""
    def register(play):
        entry = Scenario(name or play.__name__, shows, programs, play, play.__module__, late, setup)
        if entry.name in SCENARIOS:
            raise ValueError(f'two scenarios are called {entry.name}')
        SCENARIOS[entry.name] = entry
        return play
    return register
