"""What is no plan, and what is said of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import (
    AnswerPlan,
    PlanError,
    Plans,
    read_json,
    read_plans,
    read_yaml,
)
from mock_server.core.tasks.errors import TASK_ERRORS

KIND_NAMES = "answer, head, body, framing, delay, disconnect, reads, limit, task, link, callback"

CODES = ", ".join(TASK_ERRORS)

JSON_VALUE = "a JSON value, nested at most 64 deep"

STATUS = "a whole number from 100 to 599"

SPAN = "a number from 1, or a text such as 2-4, 3+ or 2n"

MOMENT = "seconds since the plan was set, or an instant such as 2026-11-22T08:00:00Z"

HEADER = 'a text without control characters, a number, or {"date": seconds from now}'

PATH = "a path such as usage.credits_reserved as the name of a member"

REFUSED: list[tuple[Any, str]] = [
    (5, ": expected an object or a text, found 5"),
    (None, ": expected an object or a text, found null"),
    ([[]], "[0]: expected an object or a text, found a list"),
    ({}, f": kind is missing; known are {KIND_NAMES}"),
    ({"kind": "anser"}, '.kind: found "anser"; did you mean answer?'),
    ([{"kind": ["answer"]}], f"[0].kind: expected one of {KIND_NAMES}, found a list"),
    ({"kind": "answer"}, f": status is missing; it takes {STATUS}"),
    ({"kind": "answer", "status": "503"}, f'.status: expected {STATUS}, found "503"'),
    ({"kind": "answer", "status": 99}, f".status: expected {STATUS}, found 99"),
    ({"kind": "answer", "status": 600}, f".status: expected {STATUS}, found 600"),
    ({"kind": "answer", "status": True}, f".status: expected {STATUS}, found true"),
    ({"kind": "answer", "status": 503.0}, f".status: expected {STATUS}, found 503.0"),
    ({"kind": "answer", "status": None}, f".status: expected {STATUS}, found null"),
    ({"kind": "answer", "status": datetime(2026, 1, 1, tzinfo=UTC)}, f".status: expected {STATUS}, found a date"),
    ({"kind": "answer", "status": b"1"}, f".status: expected {STATUS}, found bytes"),
    ({"kind": "answer", "status": {1}}, f".status: expected {STATUS}, found a list"),
    (
        {"kind": "answer", "statuss": 503},
        (
            ': there is no "statuss"; did you mean status? Known are status, json, text, content_type, retry_after,'
            " headers, phase, match, times, name"
        ),
    ),
    ({"kind": "reads", 5: 1}, ": there is no 5. Known are unknown_for, behind, match, times, name"),
    (
        {"kind": "answer", "status": 503, "json": 1, "text": "x"},
        ": json and text are both given; a body is one",
    ),
    ({"kind": "answer", "status": 503, "json": {1: 2}}, f".json: expected {JSON_VALUE}, found an object"),
    ({"kind": "answer", "status": 503, "json": [float("inf")]}, f".json: expected {JSON_VALUE}, found a list"),
    ({"kind": "answer", "status": 503, "json": 2**63}, f".json: expected {JSON_VALUE}, found 9223372036854775808"),
    ({"kind": "answer", "status": 503, "json": "\ud800"}, f".json: expected {JSON_VALUE}, found '\\ud800'"),
    (
        {"kind": "answer", "status": 503, "text": 5},
        ".text: expected a text of 0 to 1000000 characters, found 5",
    ),
    (
        {"kind": "answer", "status": 503, "name": ""},
        '.name: expected a text of 1 to 80 printable characters, found ""',
    ),
    (
        {"kind": "answer", "status": 503, "name": "x" * 81},
        f'.name: expected a text of 1 to 80 printable characters, found "{"x" * 58}…',
    ),
    (
        {"kind": "answer", "status": 503, "name": "\ud800"},
        ".name: expected a text of 1 to 80 printable characters, found '\\ud800'",
    ),
    (
        {"kind": "answer", "status": 503, "name": "a\nb"},
        '.name: expected a text of 1 to 80 printable characters, found "a\\nb"',
    ),
    (
        {"kind": "answer", "status": 503, "text": "", "content_type": "\u20ac"},
        '.content_type: expected a text of 1 to 200 printable Latin-1 characters, found "\u20ac"',
    ),
    ({"kind": "answer", "status": 503, "retry_after": True}, f".retry_after: expected {HEADER}, found true"),
    (
        {"kind": "answer", "status": 503, "retry_after": ["1", "a\nb"]},
        f'.retry_after[1]: expected {HEADER}, found "a\\nb"',
    ),
    ({"kind": "answer", "status": 503, "retry_after": "\u20ac"}, f'.retry_after: expected {HEADER}, found "\u20ac"'),
    (
        {"kind": "answer", "status": 503, "retry_after": float("nan")},
        f".retry_after: expected {JSON_VALUE}, found nan",
    ),
    (
        {"kind": "answer", "status": 503, "retry_after": {"date": "soon"}},
        '.retry_after: expected seconds from -316224000 to 316224000, or a text such as 90s or 1.5h, found "soon"',
    ),
    (
        {"kind": "answer", "status": 503, "headers": 5},
        f".headers: expected an object; each name is a header's name, each value {HEADER}, or a list of such, found 5",
    ),
    (
        {"kind": "answer", "status": 503, "headers": {"a b": "c"}},
        '.headers: expected a header\'s name as the name of a member, found "a b"',
    ),
    ({"kind": "answer", "status": 503, "headers": {"a": ["c", []]}}, f".headers.a[1]: expected {HEADER}, found a list"),
    ({"kind": "answer", "status": 503, "phase": "never"}, '.phase: expected one of before, after, found "never"'),
    ({"kind": "answer", "status": 503, "times": 0}, ".times: expected a whole number from 1 to 1000000000, found 0"),
    ({"kind": "answer", "status": 503, "match": []}, ".match: expected an object, found a list"),
    (
        {"kind": "answer", "status": 503, "match": {"nht": 3}},
        (
            '.match: there is no "nht"; did you mean nth? Known are operation, task, account, fields, after, before,'
            " nth,"
            " each, chance"
        ),
    ),
    *[
        ({"kind": "answer", "status": 503, "match": {"nth": nth}}, f".match.nth: expected {SPAN}, found {found}")
        for nth, found in ((0, "0"), (-1, "-1"), (True, "true"), ("4-2", '"4-2"'), ("n", '"n"'), (1.5, "1.5"))
    ],
    (
        {"kind": "answer", "status": 503, "match": {"task": "7cvnl5zw"}},
        f'.match.task: expected a task\'s id, or {SPAN}, found "7cvnl5zw"',
    ),
    (
        {"kind": "answer", "status": 503, "match": {"chance": 2}},
        ".match.chance: expected a chance from 0 to 1, or from 0% to 100%, found 2",
    ),
    (
        {"kind": "answer", "status": 503, "match": {"chance": "101%"}},
        '.match.chance: expected a chance from 0 to 1, or from 0% to 100%, found "101%"',
    ),
    (
        {"kind": "answer", "status": 503, "match": {"chance": True}},
        ".match.chance: expected a chance from 0 to 1, or from 0% to 100%, found true",
    ),
    (
        {"kind": "answer", "status": 503, "match": {"each": "model"}},
        '.match.each: expected one of task, account, found "model"',
    ),
    *[
        (
            {"kind": "answer", "status": 503, "match": {"after": after}},
            f".match.after: expected {MOMENT}, found {found}",
        )
        for after, found in ((-1, "-1"), ("soon", '"soon"'), (False, "false"), ([], "a list"))
    ],
    (
        {"kind": "answer", "status": 503, "match": {"after": "0001-01-01T00:00:00+10:00"}},
        f'.match.after: expected {MOMENT}, found "0001-01-01T00:00:00+10:00"',
    ),
    (
        {"kind": "answer", "status": 503, "match": {"after": "2026-11-22T08:00:00"}},
        (
            ".match.after: expected an instant with its offset from UTC, such as 2026-11-22T08:00:00Z,"
            ' found "2026-11-22T08:00:00"'
        ),
    ),
    *[
        ({"kind": "answer", "status": 503, "match": match}, ".match: before is not later than after")
        for match in ({"after": 5, "before": 5}, {"after": "2026-11-22T08:00:00Z", "before": "2026-11-22T07:00:00Z"})
    ],
    (
        {"kind": "answer", "status": 503, "match": {"operation": ["create", "qery"]}},
        '.match.operation: found "qery"; did you mean query?',
    ),
    (
        {"kind": "answer", "status": 503, "match": {"operation": "callback"}},
        (
            ".match.operation: answer is for create, query, list, batch, credits, models, upload, catalog,"
            " result, download,"
            " not for callback"
        ),
    ),
    (
        {"kind": "task", "stuck": 5, "match": {"operation": "getTaskDetail"}},
        ".match.operation: task is for create, not for getTaskDetail",
    ),
    (
        {"kind": "task", "stuck": 5, "match": {"task": "task-unified-1757169743-7cvnl5zw"}},
        ".match.task: task strikes when a task is made, and has no id then; give its number",
    ),
    (
        {"kind": "answer", "status": 503, "match": {"fields": {"prompt": {"contains": 5}}}},
        ".match.fields.prompt: expected a text of 1 to 1000 characters, found 5",
    ),
    (
        {"kind": "answer", "status": 503, "match": {"fields": {"a..b": 5}}},
        f'.match.fields: expected {PATH}, found "a..b"',
    ),
    (
        {"kind": "answer", "status": 503, "match": {"fields": {"a": float("nan")}}},
        '.match.fields.a: expected a JSON value, or {"contains": "a text"}, found nan',
    ),
    ({"kind": "head"}, ": it changes nothing; status, headers or without is needed"),
    (
        {"kind": "head", "status": 404, "match": {"operation": "callback"}},
        ": a callback is a request and has no status; an answer has",
    ),
    ({"kind": "body"}, ": it changes nothing; fault, set or without is needed"),
    ({"kind": "body", "number": 5}, ": number is given without a fault"),
    ({"kind": "body", "fault": "bom", "number": 5}, ": bom takes no number"),
    (
        {"kind": "body", "fault": "truncated", "number": 101},
        ": truncated takes a whole number of percent from 0 to 100",
    ),
    (
        {"kind": "body", "fault": "truncated", "number": 1.5},
        ": truncated takes a whole number of percent from 0 to 100",
    ),
    ({"kind": "body", "fault": "truncated", "number": -1}, ".number: expected a number from 0 to 67108864, found -1"),
    ({"kind": "body", "fault": "bom", "number": "5"}, '.number: expected a number from 0 to 67108864, found "5"'),
    (
        {"kind": "framing", "fault": "provisional", "number": 0},
        ": provisional takes a whole number of times from 1 to 1000",
    ),
    (
        {"kind": "callback", "fault": "late", "number": 86_401},
        ".number: expected a number from 0 to 86400, found 86401",
    ),
    (
        {"kind": "callback", "fault": "concurrent", "number": 101},
        ": concurrent takes a whole number of times from 0 to 100",
    ),
    ({"kind": "link", "fault": "status", "number": 99}, ": status takes a whole number of status from 100 to 599"),
    ({"kind": "link", "fault": "redirect"}, ": origin is needed when fault is redirect, and only then"),
    (
        {"kind": "link", "fault": "html", "origin": "http://a"},
        ": origin is needed when fault is redirect, and only then",
    ),
    (
        {"kind": "delay", "seconds": "90x"},
        '.seconds: expected seconds from 0 to 86400, or a text such as 90s or 1.5h, found "90x"',
    ),
    (
        {"kind": "delay", "seconds": "2d"},
        '.seconds: expected seconds from 0 to 86400, or a text such as 90s or 1.5h, found "2d"',
    ),
    (
        {"kind": "disconnect", "at": "in-body", "phase": "before"},
        ": phase before goes with before-response; in-body there is an answer, so the work is done",
    ),
    ({"kind": "reads"}, ": it changes nothing; unknown_for or behind is needed"),
    ({"kind": "limit"}, ": it takes one of requests, tasks and closed_models"),
    ({"kind": "limit", "requests": 5, "tasks": 1}, ": it takes one of requests, tasks and closed_models"),
    ({"kind": "limit", "closed_models": "yes"}, '.closed_models: expected true or false, found "yes"'),
    ({"kind": "task"}, ": it changes nothing; outcome, stuck, slower, shows or another field is needed"),
    ({"kind": "task", "outcome": "failed"}, f": code is needed when outcome is failed; known are {CODES}"),
    (
        {"kind": "task", "outcome": "cancelled", "code": "service_error"},
        ": code is given, and outcome is not failed",
    ),
    (
        {"kind": "task", "outcome": "cancelled", "stuck": 5},
        ": outcome and stuck are both given; a task that is stuck does not end",
    ),
    ({"kind": "task", "slower": 2, "at": 60}, ": at is given, and outcome is not"),
    ({"kind": "task", "slower": 2, "progress_from": 60}, ": progress_from is given, and progress is not"),
    ({"kind": "task", "during": ["pending"]}, ": during is given, and neither shows nor hides is"),
    ({"kind": "task", "stuck": 100}, ".stuck: expected 0% to 99%, found 100"),
    ({"kind": "task", "stuck": "5.5%"}, '.stuck: expected 0% to 99%, found "5.5%"'),
    ({"kind": "task", "stuck": True}, ".stuck: expected 0% to 99%, found true"),
    ("fail=boom", f": fail=boom; known are {CODES}"),
    (["delay 1", "explode"], '[1]: "explode"; known are ' + f"{KIND_NAMES}, fail, cancel, stall"),
]


@pytest.mark.parametrize(("value", "said"), REFUSED, ids=[f"{number}" for number in range(len(REFUSED))])
def test_what_is_no_plan_is_refused(value: Any, said: str) -> None:
    """The message says where, what was expected, what was found, and the name that was perhaps meant."""
    with pytest.raises(PlanError) as refused:
        read_plans(value, operations=["getTaskDetail"])
    assert str(refused.value) == f"plans{said}"


def test_the_place_can_have_another_name() -> None:
    """The message speaks of what the reader called it."""
    with pytest.raises(PlanError, match=r"^body\[0\]: kind is missing"):
        read_plans([{}], where="body")


def nested(levels: int) -> Any:
    """Return lists in lists."""
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def test_a_value_can_be_nested_as_deeply_as_that() -> None:
    """64 levels are read, 65 are not, and neither is a value that is in itself."""
    assert read_plans({"kind": "answer", "status": 503, "json": nested(64)}) == (AnswerPlan(503, json=nested(64)),)
    endless: list[Any] = []
    endless.append(endless)
    for value in (nested(65), endless):
        with pytest.raises(
            PlanError, match=r"^plans\.json: expected a JSON value, nested at most 64 deep, found a list$"
        ):
            read_plans({"kind": "answer", "status": 503, "json": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "plans: not JSON (Input data was truncated)"),
        (b"\xff", "plans: not JSON (JSON is malformed: invalid character (byte 0))"),
        ("[" * 100_000, "plans: nested too deeply"),
    ],
)
def test_what_is_not_json_is_refused(text: str | bytes, said: str) -> None:
    """The message says so."""
    with pytest.raises(PlanError) as refused:
        read_json(text)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- kind: answer\n  status: [1", r"plans: not YAML \(.+, line \d, column \d+\)"),
        ("a: b: c", r"plans: not YAML \(mapping values are not allowed (in this context|here), line 1, column 5\)"),
        ("- 2026-13-01", r"plans: not YAML \(month must be in 1..12\)"),
        (b"\xff\xff", r"plans: not YAML \(.+\)"),
    ],
    ids=["unclosed", "two colons", "no month", "no UTF-8"],
)
def test_what_is_not_yaml_is_refused(text: str | bytes, said: str) -> None:
    """The message says what is wrong, and in which line and column."""
    with pytest.raises(PlanError) as refused:
        read_yaml(text)
    assert re.fullmatch(said, str(refused.value))


def refusal(read: Callable[[Any], Plans], text: str | bytes) -> str:
    """Return what is said of a text that is no plan; of one that is, only that."""
    try:
        return f"plans {read(text)}"
    except PlanError as error:
        return str(error)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_text_is_too_strange(text: str | bytes) -> None:
    """Any text is read as plans or refused, as JSON and as YAML."""
    for read in (read_json, read_yaml):
        assert refusal(read, text).startswith("plans")
