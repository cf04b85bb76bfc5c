"""The sound simulator is not caught: whatever is drawn in its universes, no rule finds anything."""

import os
from typing import Final

import pytest

from contracts.verdict import Grade
from tests.mutants.trial import ALL_RULES, findings, visit

pytestmark = pytest.mark.uncounted

RUNS: Final = int(os.environ.get("EVOLINK_SOUND_RUNS", "1"))
"""How many universes are visited; each has a name of its own, and so a seed that nobody has chosen."""

UNTESTED: Final = {"K5"}
"""What takes ten seconds of real time: until a sender gives up."""


@pytest.mark.parametrize("run", range(RUNS))
def test_nothing_is_found(run: int) -> None:
    """By any rule, though all but one are put to the test."""
    sound = visit(rendered=True)
    assert (findings(sound), sound.course.troubles) == ({}, ()), run
    untested = {outcome.rule.id for outcome in sound.verdict.outcomes if outcome.grade is not Grade.PASS}
    assert untested == UNTESTED
    assert len(sound.verdict.outcomes) == len(ALL_RULES)
