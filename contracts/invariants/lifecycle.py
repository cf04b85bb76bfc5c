"""L1 to L16: what must hold for a task from its creation on, whoever looks at it, and how often.

The table of transitions is `contracts.recording.lifecycle.TRANSITIONS`.
"""

from typing import Final

from contracts.invariants import bodies, courses, readings, times
from contracts.recording.history import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = tuple(
    sorted((*bodies.RULES, *courses.RULES, *readings.RULES, *times.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on the life of tasks, in the order of their numbers."""
