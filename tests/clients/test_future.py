"""I1 to I6 on clients that ran in a world."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules.future import RULES
from tests.clients.future import CASES
from tests.clients.judging import Case, check_case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_clients(portal: BlockingPortal, case: Case) -> None:
    """The judge names just what the broken client breaks, and nothing of its control."""
    check_case(portal, case)


def test_every_rule_has_a_client() -> None:
    """Each rule of the group is shown by a client."""
    assert [case.rule for case in CASES] == [rule.id for rule in RULES]
