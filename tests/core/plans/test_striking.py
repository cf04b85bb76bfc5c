"""Whatever the plans and the requests, plans strike as if each were looked at by itself."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import (
    AnswerPlan,
    DelayPlan,
    Match,
    Occasion,
    Plan,
    compile_plans,
    note_task,
    open_state,
    short_name,
    strike,
    tally,
)
from mock_server.core.plans.match import Contains
from mock_server.core.plans.paths import MISSING, find_value, json_equal
from mock_server.core.types import SECOND
from tests.core.plans.books import CREATE, turns
from tests.core.plans.conftest import NOW, account_of, dice, occasion

pytestmark = pytest.mark.uncounted

matches = st.builds(
    Match,
    operation=st.lists(st.sampled_from(["create", "query", "listTasks", CREATE]), max_size=2).map(tuple),
    task=st.sampled_from([None, None, "task-0", "task-1", "1", "2+", "2n"]),
    account=st.sampled_from([None, None, "A", "sk-b"]),
    fields=st.sampled_from([{}, {}, {"a": 1}, {"a": Contains("x")}]),
    after=st.sampled_from([None, None, 2.0]),
    before=st.sampled_from([None, None, 6.0]),
    nth=st.sampled_from([None, None, "2", "1-3", "2+", "3n"]),
    each=st.sampled_from([None, "task", "account"]),
    chance=st.sampled_from([1, 1, 0.5]),
)

plans = st.lists(
    st.builds(AnswerPlan, st.integers(500, 502), match=matches, times=st.sampled_from([None, 1, 3]))
    | st.builds(DelayPlan, st.just(1.0), st.sampled_from(["in-head", "in-body"]), match=matches, times=st.none()),
    max_size=5,
).map(tuple)


def chance(purpose: str, number: int) -> float:
    """Draw the chance of a request: dice are for eight of them, one after the other."""
    drawn = dice(purpose, number // 8)
    return [drawn.between(1, 1_000_000_000) for _ in range(8)][number % 8] / 1_000_000_000


def number_fits(said: str, number: int) -> bool:
    """Tell whether a number is among those that a text means, by its words."""
    first, last, kind = re.fullmatch(r"(\d+)-?(\d*)([+n]?)", said).groups()  # type: ignore[union-attr] # it is one
    if kind == "n":
        return number % int(first) == 0
    return number >= int(first) if kind else int(first) <= number <= int(last or first)


class Naive:
    """Goes through all plans for each request, in the words of the documentation."""

    def __init__(self, drawn: tuple[Plan, ...]) -> None:
        self._plans = drawn
        self.matched: Counter[tuple[int, str]] = Counter()
        self.struck: Counter[tuple[int, str]] = Counter()

    def strike(self, turn: Occasion) -> list[int]:
        """Return which plans strike."""
        found: list[int] = []
        for index, plan in enumerate(self._plans):
            match, subject = plan.match, ""
            if not self._fits(match, turn):
                continue
            if match.each:
                subject = (turn.task if match.each == "task" else turn.account) or ""
            self.matched[index, subject] += 1
            number = self.matched[index, subject]
            purpose = f"plan {index} {subject}" if match.each else f"plan {index}"
            if (
                (match.nth is None or number_fits(match.nth, number))
                and (plan.times is None or self.struck[index, subject] < plan.times)
                and not any(self._plans[other].slots() & plan.slots() for other in found)
                and chance(purpose, number) <= match.chance
            ):
                self.struck[index, subject] += 1
                found.append(index)
        return found

    def _fits(self, match: Match, turn: Occasion) -> bool:
        names = match.operation or ("create", "query", "list")
        number = {"task-0": 1, "task-1": 2, "task-2": 3, None: 4 if turn.operation == CREATE else 0}[turn.task]
        after = ((turn.now - NOW) / SECOND) if match.after or match.before else 0
        return (
            (turn.operation in names or short_name(turn.operation) in names)
            and (
                match.task is None
                or turn.task == match.task
                or (not match.task.startswith("task") and number_fits(match.task, number) and number > 0)
            )
            and (match.account is None or turn.account == (match.account if match.account == "A" else "ACCOUNT-B"))
            and (match.after is None or after >= match.after)  # type: ignore[operator] # drawn as a number
            and (match.before is None or after < match.before)  # type: ignore[operator] # the same
            and all(self._field_fits(wanted, find_value(turn.body(), path)) for path, wanted in match.fields.items())
        )

    def _field_fits(self, wanted: object, found: object) -> bool:
        if isinstance(wanted, Contains):
            return isinstance(found, str) and wanted.contains in found
        return found is not MISSING and json_equal(wanted, found)


@given(plans, turns)
def test_plans_strike_as_if_each_were_looked_at(drawn: tuple[Plan, ...], drawn_turns: list[Any]) -> None:
    """The index, the counts and the scripts agree with the naive way; none strikes more often than it may."""
    book = compile_plans(drawn, account_of=account_of)
    state, naive = open_state(book, now=NOW), Naive(drawn)
    for number in range(3):
        note_task(book, state, f"task-{number}")
    names = [ready.name for ready in book]
    for operation, task, account, second, body in drawn_turns:
        turn = occasion(
            operation, task=task, account=account, now=NOW + second * SECOND, body=lambda document=body: document
        )
        assert strike(book, state, turn).strikes == tuple(names[index] for index in naive.strike(turn))
    for index, line in enumerate(tally(book, state)):
        assert line.matched == sum(count for (plan, _), count in naive.matched.items() if plan == index)
        assert line.struck == sum(count for (plan, _), count in naive.struck.items() if plan == index)
    for (index, _), count in naive.struck.items():
        most = drawn[index].times
        assert most is None or count <= most
