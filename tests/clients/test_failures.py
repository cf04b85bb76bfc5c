"""Each rule on failures, broken by a client in a world of the simulator, and kept by one that differs in that."""

import pytest
from anyio.from_thread import BlockingPortal

from tests.clients.failures import CASES
from tests.clients.judging import Case, check_case


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{place}" for place, case in enumerate(CASES)])
def test_clients_are_told_apart(portal: BlockingPortal, case: Case) -> None:
    """The judge names the rule that the broken client breaks, and finds nothing binding in its control."""
    check_case(portal, case)
