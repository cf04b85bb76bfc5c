"""Random plans and programs, and what must be true of a universe whatever is planned for it."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import msgspec
import pytest
from hypothesis import strategies as st

from mock_server.control.shapes import TaskState
from mock_server.core.plans import KINDS, Match, Plan
from mock_server.core.tasks.billing import balance
from mock_server.core.tasks.timeline import TERMINAL, TRANSITIONS
from mock_server.core.types import SECOND, Status
from mock_server.store import Store
from tests.core.plans.conftest import drawn_plans, readable
from tests.plans.driving import HOOK, Driven, Seen
from tests.serving import CREATE, example

Step: TypeAlias = tuple[Any, ...]
"""What is done, and with what."""

MOST: Final = 2_000
"""The largest number of bytes or levels that a plan here adds to an answer."""

PROMPTS: Final = (
    "A cat",
    "A forbidden cat",
    "A cat [mock: fail=service_error at=40%]",
    "A cat [mock: callback twice]",
    "A cat [mock: nonsense]",
)

_spans = st.sampled_from((None, "1", "2", "2-3", "2+", "2n"))

STEPS: Final[st.SearchStrategy[Step]] = st.one_of(
    st.tuples(
        st.just("create"),
        st.sampled_from(PROMPTS),
        st.sampled_from((None, None, "one", "two")),
        st.sampled_from((None, HOOK)),
        st.sampled_from(("sk-test", "sk-test", "sk-mock-no-credit")),
    ),
    st.tuples(st.just("query"), st.integers(0, 9)),
    st.tuples(st.just("result"), st.integers(0, 9)),
    st.tuples(st.just("batch"), st.lists(st.integers(0, 9), min_size=1, max_size=3)),
    st.tuples(
        st.just("ask"), st.sampled_from(("/v1/tasks", "/v1/credits", "/v1/models", "/v1/tasks?status=completed"))
    ),
    st.tuples(st.just("advance"), st.sampled_from((0.000_001, 0.4, 1, 30, 90, 200, 90_000))),
)
"""Any one step of a client, or of time."""

PROGRAMS: Final = st.lists(STEPS, max_size=14)
"""Any short program."""


@st.composite
def matches(draw: st.DrawFn, kind: str) -> Match:
    """Draw a match that often holds."""
    return Match(
        operation=tuple(draw(st.lists(st.sampled_from(KINDS[kind].operations), max_size=2, unique=True))),
        task=draw(_spans),
        nth=draw(_spans),
        each=draw(st.sampled_from((None, "task", "account"))),
        chance=draw(st.sampled_from((1, 1, 0.5, 0.1))),
        fields=draw(st.sampled_from(({}, {}, {"prompt": {"contains": "forbidden"}}))),
        after=draw(st.sampled_from((None, None, 10.0))),
    )


@st.composite
def plans(draw: st.DrawFn, *, kinds: tuple[str, ...] = tuple(KINDS)) -> Plan:
    """Draw a plan that often strikes, and that makes no answer larger than a test can bear."""
    plan: Any = draw(drawn_plans(kinds=kinds))
    changes: dict[str, Any] = {"match": draw(matches(plan.kind)), "times": draw(st.sampled_from((None, 1, 2)))}
    if "number" in plan.__struct_fields__:
        fault = plan.faults.get(plan.fault)
        least = 0 if fault is None else fault.least
        changes["number"] = min(plan.number, max(MOST, least))
    made: Plan = readable(msgspec.structs.replace(plan, **changes))
    return made


async def do(driven: Driven, kind: str, *how: Any) -> Seen | None:
    """Do one step of a program; time's own steps show nothing."""
    if kind == "advance":
        await driven.advance(how[0])
        return None
    if kind == "create":
        prompt, repeated, hook, key = how
        headers = {} if repeated is None else {"idempotency-key": repeated}
        body = example(prompt=prompt, callback_url=hook)
        return await driven.send("POST", CREATE, json=body, headers=headers, key=key)
    if kind == "ask":
        return await driven.ask(how[0])
    tasks = (await driven.control.list_tasks()).tasks
    if kind == "batch":
        wanted = [tasks[which % len(tasks)].id for which in how[0]] if tasks else ["task-unified-1757169743-nobody00"]
        return await driven.send("POST", "/v1/tasks/batch", json={"task_ids": wanted})
    task = tasks[how[0] % len(tasks)] if tasks else None
    if kind == "query":
        return await driven.ask(f"/v1/tasks/{'task-unified-1757169743-nobody00' if task is None else task.id}")
    return await driven.ask("/A/videos/2025/09/06/x.mp4" if task is None else task.result)


async def run(driven: Driven, program: Sequence[Step]) -> list[Seen | None]:
    """Do a program, and return what was seen, as far as it does not depend on real time."""
    seen = [await do(driven, *step) for step in program]
    return [each and each._replace(headers={**each.headers, "date": ""}) for each in seen]


async def check_ledger(driven: Driven, store: Store, *, opening: int) -> None:
    """Hold what the store says of each account's money against what its tasks add up to."""
    now = round((await driven.control.show_clock()).now * SECOND)
    for account in await store.accounts("default"):
        tasks = await store.tasks_of("default", account=account)
        assert await store.balance(account, opening=opening, now=now) == balance(opening, tasks, now)


def check_life(before: TaskState | None, after: TaskState) -> None:
    """See to it that a task went a legal way, by its facts."""
    assert 0 <= after.progress <= 100
    assert (after.progress == 100) == (after.status == "completed")
    kinds = [entry.kind for entry in after.ledger]
    booked = sum(entry.credits for entry in after.ledger[1:])
    ended = Status(after.status) in TERMINAL
    assert kinds[0] == "reserve"
    assert booked == (pytest.approx(after.ledger[0].credits) if ended else 0)
    assert ("charge" in kinds) == (after.status == "completed")
    if before is not None:
        assert _can_become(Status(before.status), Status(after.status))
        assert before.status != after.status or before.progress <= after.progress
        assert (before.id, before.created_at, before.ledger) == (after.id, after.created_at, after.ledger[:1]) or ended


def _can_become(before: Status, after: Status) -> bool:
    return before is after or any(_can_become(following, after) for following in TRANSITIONS[before])
