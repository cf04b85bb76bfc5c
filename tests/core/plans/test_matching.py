"""At which requests a plan strikes."""

from typing import Any

import msgspec
import pytest

from mock_server.core.plans import (
    FAITHFUL,
    AnswerPlan,
    Match,
    compile_plans,
    forget_task,
    note_task,
    open_state,
    short_name,
    strike,
)
from mock_server.core.plans.match import Contains
from mock_server.core.types import SECOND
from tests.core.plans.books import CREATE, opened, pattern
from tests.core.plans.conftest import NOW, account_of, occasion

OPERATIONS = (CREATE, "getTaskDetail", "listTasks", "result", "callback")


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ("", "xxxxxxxxxx"),
        ("nth=1", "x........."),
        ("nth=3", "..x......."),
        ("nth=2-4", ".xxx......"),
        ("nth=3+", "..xxxxxxxx"),
        ("nth=2n", ".x.x.x.x.x"),
        ("nth=1n", "xxxxxxxxxx"),
        ("nth=4n times=1", "...x......"),
        ("times=3", "xxx......."),
        ("nth=2+ times=2", ".xx......."),
        ("chance=0", ".........."),
        ("chance=1", "xxxxxxxxxx"),
        ("after=3", "...xxxxxxx"),
        ("before=3", "xxx......."),
        ("after=2 before=5 nth=2", "...x......"),
        ("after=2027-01-15T08:00:04Z", "....xxxxxx"),
        ("before=2027-01-15T08:00:04.000001Z", "xxxxx....."),
        ("task=task-5", ".....x...."),
        ("account=A", "xxxxx....."),
        ("account=sk-b", ".....xxxxx"),
        ("account=A task=task-5", ".........."),
        ("account=ACCOUNT-B task=task-5", ".....x...."),
        ("nth=2 each=account", ".x....x..."),
        ("times=1 each=account", "x....x...."),
        ("times=2 each=account", "xx...xx..."),
        ("times=1 each=task", "xxxxxxxxxx"),
    ],
)
def test_which_of_ten_requests_are_struck(match: str, struck: str) -> None:
    """Ten queries a second apart, each of another task, the first five of one account, the rest of another."""
    assert NOW == 1_800_000_000 * SECOND
    queries = [
        occasion(now=NOW + number * SECOND, task=f"task-{number}", account="A" if number < 5 else "ACCOUNT-B")
        for number in range(10)
    ]
    assert pattern(f"answer 503 {match}", queries) == struck


@pytest.mark.parametrize(
    ("words", "struck"),
    [
        ("answer 503", "xxx.."),
        ("answer 503 on=create", "x...."),
        ("answer 503 on=createAnything", "x...."),
        ("answer 503 on=createAnotherThing", "....."),
        ("answer 503 on=query,list", ".xx.."),
        ("answer 503 on=getTaskDetail", ".x..."),
        ("answer 503 on=result", "...x."),
        ("delay 1 on=result,callback", "...xx"),
        ("reads behind=1", ".x..."),
        ("reads behind=1 on=list", "..x.."),
        ("limit tasks=2", "x...."),
        ("limit tasks=2 on=query", ".x..."),
        ("limit closed-models", "x...."),
        ("fail=service_error; callback never; link html", "....."),
    ],
)
def test_at_which_operations_a_plan_strikes(words: str, struck: str) -> None:
    """By short name or by id; without a name at each of the API, and not at links and callbacks."""
    assert pattern(words, [occasion(operation) for operation in OPERATIONS]) == struck


@pytest.mark.parametrize(
    ("operation", "short"),
    [
        (CREATE, "create"),
        ("getTaskDetail", "query"),
        ("listTasks", "list"),
        ("batchGetTasks", "batch"),
        ("getCredits", "credits"),
        ("listModels", "models"),
        ("getModel", "models"),
        ("uploadFileUrl", "upload"),
        ("getFilesQuota", "upload"),
        ("result", "result"),
        ("callback", "callback"),
    ],
)
def test_the_short_names(operation: str, short: str) -> None:
    """Each operation has one."""
    assert short_name(operation) == short


BODY = {"prompt": "A cat dances", "duration": 5, "audio": True, "urls": ["a", {"b": None}], "options": {"seed": 7}}


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"duration": 5}, True),
        ({"duration": 5.0}, True),
        ({"duration": "5"}, False),
        ({"audio": True}, True),
        ({"audio": 1}, False),
        ({"duration": True}, False),
        ({"prompt": Contains("cat")}, True),
        ({"prompt": Contains("dog")}, False),
        ({"duration": Contains("5")}, False),
        ({"prompt": "A cat"}, False),
        ({"urls": ["a", {"b": None}]}, True),
        ({"urls": ["a", {"b": 0}]}, False),
        ({"urls": ["a"]}, False),
        ({"urls": 2}, False),
        ({"options": {"seed": 7.0}}, True),
        ({"options": {"seed": "7"}}, False),
        ({"options": 7}, False),
        ({"urls.0": "a"}, True),
        ({"urls.1.b": None}, True),
        ({"urls.1.c": None}, False),
        ({"urls.2": None}, False),
        ({"urls.x": None}, False),
        ({"urls.000000000": "a"}, True),
        ({"urls.0000000000": "a"}, False),
        ({"urls.0000000009": "a"}, False),
        ({"urls.1": {"c": None}}, False),
        ({"prompt.0": "A"}, False),
        ({"duration": 5, "audio": False}, False),
        ({"duration": 5, "audio": True}, True),
    ],
    ids=range(29),
)
def test_what_a_body_must_have(fields: dict[str, Any], *, fits: bool) -> None:
    """Values are compared as JSON; a text can be looked for in another; a request without a body has none of it."""
    book = compile_plans((AnswerPlan(503, match=Match(fields=fields)),), account_of=account_of)
    state = open_state(book, now=NOW)
    assert bool(strike(book, state, occasion(CREATE, body=lambda: BODY)).strikes) is fits
    assert strike(book, state, occasion(CREATE)) is FAITHFUL
    assert strike(book, state, occasion(CREATE, body=lambda: [BODY])) is FAITHFUL


def test_a_body_is_decoded_only_if_a_plan_looks_at_it() -> None:
    """A plan of another operation, task or account does not."""
    book, state = opened("answer 503 on=create account=B fields.a=1; answer 500 on=query fields.a=1")
    looks: list[None] = []
    assert strike(book, state, occasion(CREATE, account="A", body=lambda: looks.append(None))) is FAITHFUL
    assert not looks
    assert strike(book, state, occasion(CREATE, account="B", body=lambda: looks.append(None))) is FAITHFUL
    assert looks == [None]


def test_tasks_can_be_named_by_number() -> None:
    """The number that a create would give, and later the number that the task got; others are not remembered."""
    book, state = opened("answer 503 task=2; answer 500 on=query task=4+")
    seen = []
    for name in ("task-a", "task-b", "task-c", "task-d"):
        seen.append(strike(book, state, occasion(CREATE)).strikes)
        note_task(book, state, name)
    assert seen == [(), ("answer 503",), (), ()]
    assert state.numbers == {"task-b": 2, "task-d": 4}
    queries = [strike(book, state, occasion(task=f"task-{name}")).strikes for name in "abcd"]
    assert queries == [(), ("answer 503",), (), ("answer 500",)]
    assert strike(book, state, occasion("listTasks")) is FAITHFUL
    later = open_state(book, now=NOW, tasks=1)
    assert strike(book, later, occasion(CREATE)).strikes == ("answer 503",)


def test_a_task_that_did_not_come_into_being_has_no_number() -> None:
    """The next one gets it, whether a plan means it by that or not."""
    book, state = opened("answer 503 task=3")
    for name in ("task-a", "task-b", "task-c"):
        note_task(book, state, name)
    forget_task(state, "task-c")
    assert (state.tasks, state.numbers) == (2, {})
    forget_task(state, "task-b")
    for name in ("task-d", "task-e"):
        note_task(book, state, name)
    assert (state.tasks, state.numbers) == (3, {"task-e": 3})


def test_a_condition_that_was_stored_is_one_again() -> None:
    """A plan that was written by msgspec as it is matches as the one that was read."""
    plan = AnswerPlan(503, match=Match(fields={"prompt": Contains("cat"), "duration": 5}))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=AnswerPlan) == plan
    assert Match(fields={"prompt": {"contains": "cat"}}).fields == {"prompt": Contains("cat")}
