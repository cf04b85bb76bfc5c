"""What clients keep, and keep apart: each breaks its rule and no other that binds, and its control breaks none."""

import pytest
from anyio.from_thread import BlockingPortal

from tests.clients.judging import Case, check_case
from tests.clients.keeping import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_case(portal: BlockingPortal, case: Case) -> None:
    """The judge names the rule that the broken client breaks, and passes its control."""
    check_case(portal, case)
