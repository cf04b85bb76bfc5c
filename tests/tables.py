"""Tests of rules by tables: a row is the id of a rule, what tells a record, and what the rule is to say of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet


def by_table(check: Callable[..., object], rows: Iterable[tuple[Any, ...]]) -> Callable[..., None]:
    """Return the test that has `check` look at each row of a table: at the rule, the record, and what it is to say."""

    def test(rule: str, tell: Callable[[], Any], expected: list[Any]) -> None:
        check(rule, tell(), *expected)

    test.__doc__ = check.__doc__
    cases = numbered((rule, tell, expected) for rule, tell, *expected in rows)
    parametrized: Callable[..., None] = pytest.mark.parametrize(("rule", "tell", "expected"), cases)(test)
    return parametrized


def numbered(rows: Iterable[tuple[Any, ...]]) -> list[ParameterSet]:
    """Give each row a name: that of its rule, and which it is of the rule's."""
    counts: Counter[str] = Counter()
    named = []
    for row in rows:
        counts[row[0]] += 1
        named.append(pytest.param(*row, id=f"{row[0]}-{counts[row[0]]}"))
    return named
