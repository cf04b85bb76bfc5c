"""G1 to G8 on clients that ran in a world."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules.uploads import RULES
from tests.clients.judging import Case, check_case
from tests.clients.uploads import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_clients(portal: BlockingPortal, case: Case) -> None:
    """The judge names just what the broken client breaks, and nothing of its control."""
    check_case(portal, case)


def test_which_rules_have_a_client() -> None:
    """Each rule of the group is shown by a client, but for those that need the body of an upload."""
    assert {rule.id for rule in RULES} - {case.rule for case in CASES} == {"G3", "G4", "G7"}
