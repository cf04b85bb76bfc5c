"""The clients of `creation`: each breaks its rule and no other that binds, and its control breaks none."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules.creation import RULES
from tests.clients.creation import CASES
from tests.clients.judging import Case, check_case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_case(portal: BlockingPortal, case: Case) -> None:
    """The judge names the one rule that the broken client breaks, and passes its control."""
    check_case(portal, case)


def test_every_rule_has_a_client() -> None:
    """Each rule has a client that breaks it; for B8 a client must be killed, which tests/proof does."""
    assert {case.rule for case in CASES} == {rule.id for rule in RULES} - {"B8"}
