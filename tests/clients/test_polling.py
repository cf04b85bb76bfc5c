"""The clients of `polling`: each breaks its rule and no other that binds, and its control breaks none."""

from typing import Final

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules.polling import RULES
from tests.clients.judging import Case, check_case
from tests.clients.polling import CASES

UNSEEN: Final = {
    "C10": "on the clock of a test answers take no time, so that no polls are side by side",
    "C12": "on the clock of a test answers take no time, so that no polls overlap",
}
"""The rules that no client can be seen to break here, each with the reason; they are shown by hand."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_case(portal: BlockingPortal, case: Case) -> None:
    """The judge names the one rule that the broken client breaks, and passes its control."""
    check_case(portal, case)


def test_every_rule_has_a_client() -> None:
    """Each rule has a client that breaks it, or a reason why none can."""
    assert {case.rule for case in CASES} | UNSEEN.keys() == {rule.id for rule in RULES}
