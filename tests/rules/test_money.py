"""H1 to H4 on traffic made by hand."""

from collections.abc import Callable

import pytest

from contracts.verdict import Grade
from tests.rules.records import CAT, DOG, START, Traffic, check_broken, check_good, check_untested, outcome
from tests.tables import by_table

Told = Callable[[], Traffic]
DOGS, COWS = {"prompt": "A dog"}, {"prompt": "A cow"}
PRICE = {"estimated_credits": 2}
BALANCE = {"success": True, "message": "", "data": {"user": {"remaining_credits": 30}, "token": {}}}


def told(**facts: float) -> Traffic:
    """A task that was created, and of which the client told some numbers."""
    return Traffic().create().report("completed", task=CAT, facts=facts)


def short() -> Traffic:
    """A task that there are no credits for."""
    return Traffic().create().refuse(402, asked=DOGS)


BROKEN = [
    ("H1", lambda: told(budget=23.7), "beyond the budget of 23.7 credits", "23.8 credits"),
    ("H1", lambda: told(budget=40).create(DOG, asked=DOGS), "the budget of 40 credits", "47.6 credits"),
    ("H2", lambda: told(estimated_credits=23.81), "an estimate of 23.8 credits", "23.81"),
    ("H3", lambda: told(charged_credits=23.8).poll("failed"), "no credits for a task that is failed", "23.8 credits"),
    ("H3", lambda: told(charged_credits=1).poll("cancelled"), "that is cancelled", "1 credits"),
    ("H4", lambda: short().refuse(402, asked=COWS), "no further request for a task after 402", "1 more, each refused"),
    ("H4", lambda: short().refuse(402, asked=COWS).refuse(402), "no further request", "2 more"),
]

GOOD = [
    ("H1", lambda: told(budget=23.8)),
    ("H1", lambda: Traffic(charges={CAT: 4.0}).create().report("completed", facts={"budget": 4})),
    ("H1", lambda: told(budget=23.8).refuse(402, asked=DOGS)),
    ("H2", lambda: told(estimated_credits=23.8)),
    ("H2", lambda: told(estimated_credits=23.80004)),
    ("H3", lambda: told(charged_credits=0).poll("failed")),
    ("H4", short),
    ("H4", lambda: short().create(DOG, asked=COWS).refuse(402)),
    ("H4", lambda: short().ask("GET", "/v1/credits", answer=BALANCE).refuse(402, asked=COWS)),
    ("H4", lambda: short().event("hand").refuse(402, asked=COWS)),
    ("H4", lambda: short().refuse(402, asked=COWS, at=START + 0.15)),
    ("H4", lambda: short().refuse(402, asked=COWS, headers={"authorization": "Bearer key-00000000"})),
]

UNTESTED = [
    ("H2", lambda: Traffic().poll(changes={"usage": None, "billing": None}).report("error", facts=PRICE)),
    ("H3", lambda: told(charged_credits=23.8)),
    ("H3", lambda: told(charged_credits=23.8).poll("completed")),
    ("H4", lambda: Traffic().create().refuse(400)),
]


test_broken = by_table(check_broken, BROKEN)
test_good = by_table(check_good, GOOD)
test_untested = by_table(check_untested, UNTESTED)


@pytest.mark.parametrize("rule", ["H1", "H2", "H3"])
@pytest.mark.parametrize("facts", [{}, {"budget": True, "estimated_credits": "4", "charged_credits": None}])
def test_not_applicable(rule: str, facts: dict[str, object]) -> None:
    """A client that tells no numbers is not what some rules are about."""
    assert outcome(rule, Traffic().create().report("completed", facts=facts)).grade is Grade.NOT_APPLICABLE
