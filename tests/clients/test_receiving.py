"""E1 to E14 on clients that ran in a world, with apps that received callbacks."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules.receiving import RULES
from tests.clients.judging import Case, check_case
from tests.clients.receiving import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_clients(portal: BlockingPortal, case: Case) -> None:
    """The judge names just what the broken client breaks, and nothing of its control."""
    check_case(portal, case)


def test_which_rules_have_a_client() -> None:
    """Each rule of the group is shown by a client, but for those that need an app to take its time."""
    assert {rule.id for rule in RULES} - {case.rule for case in CASES} == {"E8", "E13"}
