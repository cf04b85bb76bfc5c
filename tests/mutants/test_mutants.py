"""Every server with a fault is caught, and what is wrong is named."""

import pytest

from contracts.verdict import Grade
from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.trial import catch, findings

pytestmark = pytest.mark.uncounted


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_it_is_caught(mutant: Mutant) -> None:
    """By all the rules that are expected to, of which one says what it is; and no rule breaks."""
    caught = catch(mutant)
    found = findings(caught)
    assert {*mutant.rules} <= found.keys()
    said = [f"{each.expected}; seen: {each.seen}" for rule in mutant.rules for each in found[rule]]
    assert [each for each in said if mutant.told in each], said
    assert caught.verdict.of(Grade.ERROR) == ()
