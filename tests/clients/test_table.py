"""The table of rules, clients that break them, and controls."""

from anyio.from_thread import BlockingPortal

from contracts.rules import ALL_RULES
from contracts.trace import Showing, find_showings
from tests.clients.__main__ import HERE, load_cases, rows

RULES = [rule for rule in ALL_RULES if rule.id in {"B1", "B6", "S1"}]


def test_rows(portal: BlockingPortal) -> None:
    """What came of clients that run, and how many records are told by hand; what is missing is wrong."""
    found = list(rows(portal, RULES, find_showings(HERE.parent)))
    assert found[:2] == [
        ("B1", "click_twice: fail", "click_once: pass", ""),
        ("B6", "insist: warn", "give_up: pass", ""),
    ]
    assert found[2][0::3] == ("S1", "")
    told = [Showing("S1", "broken", "tests/a.py::test")]
    assert list(rows(portal, RULES[2:], tuple(told))) == [("S1", "1 by hand", "0 by hand", "WRONG")]


def test_cases_are_for_rules() -> None:
    """All cases are found, and each is for a rule."""
    assert {case.rule for case in load_cases().values()} <= {rule.id for rule in ALL_RULES}
    assert {"A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1", "I1", "J2"} <= load_cases().keys()
