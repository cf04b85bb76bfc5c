"""Small clients: each breaks its rule and no other that binds, and its control, which differs in that alone, none."""

from typing import Final

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules import ALL_RULES
from tests.clients.__main__ import load_cases
from tests.clients.judging import Case, check_case

pytestmark = pytest.mark.uncounted

CASES: Final = load_cases()

UNSHOWN: Final = {
    **dict.fromkeys(("A14", "J3", "J4", "J9"), "only of a program is it seen"),
    **dict.fromkeys(("B8", "J5"), "the client must be ended, which takes a program: tests/proof, tests/battery"),
    "J1": "the clock of a test moves during a silence, which is then not judged",
    **dict.fromkeys(("C10", "C12"), "on the clock of a test answers take no time, so that no polls are side by side"),
    "C11": "the clock of a test moves the client's wall clock with it",
    **dict.fromkeys(("E8", "E13"), "an app would have to take its time"),
    "F5": "how much memory a client takes is not seen",
    "F8": "no model here makes several results",
    **dict.fromkeys(("G3", "G4", "G7"), "they need the body of an upload"),
    "Z1": "it is about the simulator, and no client can break it",
}
"""The rules that no small client is seen to break, each with the reason; records told by hand show them."""


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{place}" for place, case in enumerate(CASES)])
def test_case(portal: BlockingPortal, case: Case) -> None:
    """The judge names the rule that the broken client breaks, and finds nothing binding in its control."""
    check_case(portal, case)


def test_every_rule_has_a_client() -> None:
    """Or a reason why none can show it."""
    assert {case.rule for case in CASES} == {rule.id for rule in ALL_RULES} - UNSHOWN.keys()
