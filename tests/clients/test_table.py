"""The table of rules, clients that break them, and controls."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.rules import ALL_RULES
from contracts.trace import Showing, find_showings
from tests.clients.__main__ import HERE, rows

pytestmark = pytest.mark.uncounted

RULES = [rule for rule in ALL_RULES if rule.id in {"B1", "B6", "Z1"}]


def test_rows(portal: BlockingPortal) -> None:
    """What came of clients that run, and how many records are told by hand; what is missing is wrong."""
    found = list(rows(portal, RULES, find_showings(HERE.parent)))
    assert found[:2] == [
        ("B1", "click_twice: fail", "click_once: pass", ""),
        ("B6", "insist: warn", "give_up: pass", ""),
    ]
    assert found[2][0::3] == ("Z1", "")
    told = [Showing("Z1", "broken", "tests/a.py::test")]
    assert list(rows(portal, RULES[2:], tuple(told))) == [("Z1", "1 by hand", "0 by hand", "WRONG")]
