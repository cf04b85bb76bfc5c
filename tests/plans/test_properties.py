"""Whatever is planned, the facts stay in order: money, the life of tasks, and the server itself."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.control.shapes import TaskState
from mock_server.core.plans import KINDS, Plan
from mock_server.core.types import CREDIT
from mock_server.store import SqliteStore
from tests.plans.driving import Driven, driving, hurry
from tests.plans.programs import PROGRAMS, Step, check_ledger, check_life, plans, run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick"), pytest.mark.uncounted]

CREDITS = 60
"""Enough for two tasks."""

SOME = settings(max_examples=50)
"""Each example is a whole life of a universe."""

HARMLESS = ("head", "body", "framing", "delay", "reads", "link")
"""Kinds that change no facts, whatever they say."""


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """No answer is late."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch.setattr)
        yield


class Bugs(logging.Handler):
    """Collects what the server calls a bug of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note one."""
        self.found.append(record.getMessage())


@asynccontextmanager
async def served(*wanted: Plan) -> AsyncIterator[tuple[Driven, SqliteStore]]:
    """Serve with plans in this process, and find no bug."""
    bugs, logger, store = Bugs(), logging.getLogger("mock_server"), SqliteStore()
    logger.addHandler(bugs)
    try:
        async with driving([], live=False) as drive:
            yield await drive(plans=wanted, credits=CREDITS, store=store), store
    finally:
        logger.removeHandler(bugs)
    assert bugs.found == []


several = st.lists(plans(), max_size=5)


@SOME
@given(wanted=several, program=PROGRAMS)
async def test_facts_stay_in_order(wanted: list[Plan], program: list[Step]) -> None:
    """The ledger is balanced, each task goes a legal way, and the server is alive."""
    async with served(*wanted) as (driven, store):
        known: dict[str, TaskState] = {}
        for step in program:
            await run(driven, [step])
            tasks = {task.id: task for task in (await driven.control.list_tasks()).tasks}
            for name, task in tasks.items():
                check_life(known.get(name), task)
            assert known.keys() <= tasks.keys()
            known = tasks
        await check_ledger(driven, store, opening=CREDITS * CREDIT)
        await driven.control.forget_plans()
        assert (await driven.ask(key="sk-fresh")).status == 200


@SOME
@given(wanted=several, program=PROGRAMS)
async def test_what_struck_is_counted(wanted: list[Plan], program: list[Step]) -> None:
    """As often as the journal says, never more often than it matched, and no more than `times` allows."""
    wanted = [msgspec.structs.replace(plan, name=f"plan {number}") for number, plan in enumerate(wanted)]
    async with served(*wanted) as (driven, _):
        await run(driven, program)
        named = [name for exchange in driven.exchanges for name in exchange.faults]
        for shown, plan in zip((await driven.control.list_plans()).plans, wanted, strict=True):
            assert 0 <= shown.struck <= shown.matched
            if "callback" not in plan.match.operation:
                assert named.count(shown.name) == shown.struck
            if plan.times is not None and plan.match.each is None:
                assert shown.struck <= plan.times


@SOME
@given(wanted=several, program=PROGRAMS)
async def test_the_same_again(wanted: list[Plan], program: list[Step]) -> None:
    """The same plans and the same program show the same, and strike as often."""
    shown = []
    for _ in range(2):
        async with served(*wanted) as (driven, _store):
            shown.append((await run(driven, program), await driven.control.list_plans()))
    assert shown[0] == shown[1]


@SOME
@given(wanted=st.lists(plans(kinds=HARMLESS), max_size=5), program=PROGRAMS)
async def test_what_only_shows_changes_no_facts(wanted: list[Plan], program: list[Step]) -> None:
    """After the same program the tasks are the same, with plans that change what is shown and without."""
    facts = []
    for planned in (wanted, ()):
        async with served(*planned) as (driven, _):
            await run(driven, program)
            facts.append(await driven.control.list_tasks())
    assert facts[0] == facts[1]


@SOME
@given(wanted=st.lists(plans(kinds=tuple(name for name, kind in KINDS.items() if kind.at_creation)), max_size=4))
async def test_what_does_not_come_into_being_uses_nothing_up(wanted: list[Plan]) -> None:
    """A create that is refused or repeated counts for no plan for tasks."""
    async with served(*wanted) as (driven, _):
        await run(driven, [("create", "A cat", "one", None, "sk-test")])
        before = [(plan.matched, plan.struck) for plan in (await driven.control.list_plans()).plans]
        repeated = ("create", "A cat", "one", None, "sk-test")
        refused = [
            ("create", prompt, key, None, "sk-mock-no-credit") for prompt, key in (("A cat", None), ("A", "two"))
        ]
        await run(driven, [repeated, *refused, ("create", "A dog", "one", None, "sk-test"), repeated])
        assert [(plan.matched, plan.struck) for plan in (await driven.control.list_plans()).plans] == before
