import json

import pytest
from msgspec import UNSET

from mock_server.core.plans import (
    KINDS,
    AnswerPlan,
    BodyPlan,
    CallbackPlan,
    DateIn,
    DelayPlan,
    DisconnectPlan,
    FramingPlan,
    HeadPlan,
    LimitPlan,
    LinkPlan,
    Match,
    Plan,
    ReadsPlan,
    TaskPlan,
    fields_of,
    read_json,
    read_plans,
    read_words,
    read_yaml,
    write_plans,
)
from mock_server.core.plans.match import Contains

READ: list[tuple[Plan, str, str, str]] = [
    (
        AnswerPlan(503, retry_after=("2",), match=Match(operation=("create",), nth="2-3")),
        '{"kind": "answer", "status": 503, "retry_after": 2, "match": {"operation": "create", "nth": "2-3"}}',
        "answer 503 retry-after=2 on=create nth=2-3",
        "{kind: answer, status: 503, retry_after: 2, match: {operation: [create], nth: 2-3}}",
    ),
    (
        AnswerPlan(
            429,
            retry_after=("soon", DateIn(-30)),
            headers={"x-a": ("a b", "2")},
            json={"error": None},
            phase="after",
            times=2,
            name="busy",
            match=Match(nth="3"),
        ),
        (
            '{"kind": "answer", "status": 429, "json": {"error": null}, "retry_after": ["soon", {"date": -30}],'
            ' "headers": {"x-a": ["a b", 2]}, "phase": "after", "times": 2, "name": "busy", "match": {"nth": 3}}'
        ),
        (
            'answer 429 retry-after=soon,date-30 headers.x-a=["a b",2] phase=after times=2 name=busy nth=3'
            ' json={"error":null}'
        ),
        (
            "{kind: answer, status: 429, json: {error: null}, retry_after: [soon, {date: -30}],"
            " headers: {x-a: [a b, 2]},"
            " phase: after, times: 2, name: busy, match: {nth: 3}}"
        ),
    ),
    (
        HeadPlan(202, headers={"date": (DateIn(-3_600),)}, without=("age",)),
        '{"kind": "head", "status": 202, "headers": {"date": {"date": -3600}}, "without": "age"}',
        "head status=202 headers.date=date-3600 without=age",
        "{kind: head, status: 202, headers: {date: {date: -1h}}, without: age}",
    ),
    (
        BodyPlan("truncated", 80, set={"usage.cost": None, "status": "archived"}, without=("id", "results.0")),
        (
            '{"kind": "body", "fault": "truncated", "number": 80, "set": {"usage.cost": null, "status": "archived"},'
            ' "without": ["id", "results.0"]}'
        ),
        "body truncated:80 set.usage.cost=null set.status=archived without=id,results.0",
        "{kind: body, fault: truncated, number: 80, set: {usage.cost: ~, status: archived}, without: [id, results.0]}",
    ),
    (
        FramingPlan("provisional", 20),
        '{"kind": "framing", "fault": "provisional", "number": 20}',
        "framing=provisional:20",
        "{kind: framing, fault: provisional, number: 20}",
    ),
    (
        DelayPlan(2, "in-body", jitter=0.5, pieces=20, match=Match(chance=0.1)),
        '{"kind": "delay", "seconds": 2, "at": "in-body", "jitter": 0.5, "pieces": 20, "match": {"chance": 0.1}}',
        "delay 2s in-body jitter=500ms pieces=20 chance=10%",
        "{kind: delay, seconds: 2s, at: in-body, jitter: 0.5, pieces: 20, match: {chance: 10%}}",
    ),
    (
        DisconnectPlan("in-body", "reset", offset=10, match=Match(task="task-unified-1757169743-7cvnl5zw")),
        (
            '{"kind": "disconnect", "at": "in-body", "how": "reset", "offset": 10,'
            ' "match": {"task": "task-unified-1757169743-7cvnl5zw"}}'
        ),
        "disconnect in-body reset offset=10 task=task-unified-1757169743-7cvnl5zw",
        "{kind: disconnect, at: in-body, how: reset, offset: 10, match: {task: task-unified-1757169743-7cvnl5zw}}",
    ),
    (
        ReadsPlan(unknown_for=5, behind=30, match=Match(nth="2n", each="task")),
        '{"kind": "reads", "unknown_for": 5, "behind": 30, "match": {"nth": "2n", "each": "task"}}',
        "reads unknown-for=5 behind=30 nth=2n each=task",
        "{kind: reads, unknown_for: 5, behind: 0.5m, match: {nth: 2n, each: task}}",
    ),
    (
        LimitPlan(requests=60, match=Match(account="sk-slow", after=1.5, before="2026-11-22T08:00:00Z")),
        (
            '{"kind": "limit", "requests": 60,'
            ' "match": {"account": "sk-slow", "after": 1.5, "before": "2026-11-22T08:00:00Z"}}'
        ),
        "limit requests=60 account=sk-slow after=1.5 before=2026-11-22T09:00:00+01:00",
        "{kind: limit, requests: 60, match: {account: sk-slow, after: 1.5, before: 2026-11-22T08:00:00Z}}",
    ),
    (
        LimitPlan(closed_models=True),
        '{"kind": "limit", "closed_models": true}',
        "limit closed-models",
        "{kind: limit, closed_models: true}",
    ),
    (
        TaskPlan("failed", "service_error", 60, match=Match(task="3", fields={"prompt": Contains("cat"), "seed": 5})),
        (
            '{"kind": "task", "outcome": "failed", "code": "service_error", "at": 60,'
            ' "match": {"task": 3, "fields": {"prompt": {"contains": "cat"}, "seed": 5}}}'
        ),
        'fail=service_error at=60% task=3 fields.prompt={"contains":"cat"} fields.seed=5',
        (
            "{kind: task, outcome: failed, code: service_error, at: 60%,"
            " match: {task: 3, fields: {prompt: {contains: cat}, seed: 5}}}"
        ),
    ),
    (
        TaskPlan(
            slower=0.5,
            waits=0,
            runs=90,
            estimate=5,
            length=3,
            progress="regressing",
            progress_from=70,
            results="empty",
            shows={"status": "paused"},
            hides=("model",),
            during=("processing",),
        ),
        (
            '{"kind": "task", "slower": 0.5, "waits": 0, "runs": 90, "estimate": 5, "length": 3,'
            ' "progress": "regressing", "progress_from": 70, "results": "empty", "shows": {"status": "paused"},'
            ' "hides": "model", "during": "processing"}'
        ),
        (
            "task slower=0.5 waits=0 runs=90 estimate=5 length=3 progress=regressing progress-from=70 results=empty"
            " shows.status=paused hides=model during=processing"
        ),
        (
            "{kind: task, slower: 0.5, waits: 0, runs: 1.5m, estimate: 5, length: 3, progress: regressing,"
            " progress_from: 70, results: empty, shows: {status: paused}, hides: [model], during: [processing]}"
        ),
    ),
    (
        LinkPlan("redirect", origin="http://127.0.0.1:9"),
        '{"kind": "link", "fault": "redirect", "origin": "http://127.0.0.1:9"}',
        "link redirect origin=http://127.0.0.1:9",
        "{kind: link, fault: redirect, origin: 'http://127.0.0.1:9'}",
    ),
    (
        CallbackPlan("late", 30, match=Match(operation=("createAnything",))),
        '{"kind": "callback", "fault": "late", "number": 30, "match": {"operation": "createAnything"}}',
        "callback=late:30 on=createAnything",
        "{kind: callback, fault: late, number: 30, match: {operation: createAnything}}",
    ),
]


@pytest.mark.parametrize(
    ("plan", "as_json", "words", "as_yaml"), READ, ids=[f"{number}" for number in range(len(READ))]
)
def test_every_kind_is_read_from_json_from_yaml_and_from_words(
    plan: Plan, as_json: str, words: str, as_yaml: str
) -> None:
    """All three say the same, and writing gives the JSON."""
    assert read_json(as_json, operations=["createAnything"]) == (plan,)
    assert read_yaml(as_yaml, operations=["createAnything"]) == (plan,)
    assert read_words(words) == (plan,)
    assert write_plans((plan,)) == [json.loads(as_json)]
    assert json.dumps(write_plans((plan,))) == f"[{as_json}]"


def test_the_table_has_every_kind_and_every_field() -> None:
    """What is not in the table above would not be tested one by one."""
    assert {plan.kind for plan, *_ in READ} == set(KINDS)
    for kind in KINDS.values():
        said = {name for plan, text, *_ in READ if isinstance(plan, kind) for name in json.loads(text)}
        missing = (
            fields_of(kind).keys()
            - said
            - {"match", "times", "name", "text", "content_type", "percent", "phase", "number"}
        )
        assert missing <= {"stuck", "tasks"}


def test_plans_are_read_in_order() -> None:
    """A list has objects and texts; a text can have several plans; one object or text is a list of one."""
    assert read_plans([{"kind": "delay", "seconds": 1}, "answer 503; callback never", ""]) == (
        DelayPlan(1),
        AnswerPlan(503),
        CallbackPlan("never"),
    )
    assert read_plans({"kind": "delay", "seconds": 1}) == read_plans("delay 1") == (DelayPlan(1),)
    assert read_plans([]) == ()
    assert write_plans(()) == []


def test_nothing_stands_for_what_is_left_out() -> None:
    """A field that need not be said can be null; a body that is null is a body."""
    bare = {"kind": "answer", "status": 503, "text": None, "times": None, "name": None, "match": {"nth": None}}
    assert read_plans(bare) == (AnswerPlan(503),)
    assert AnswerPlan(503).json is UNSET
    (with_null,) = read_plans({"kind": "answer", "status": 503, "json": None})
    assert with_null == AnswerPlan(503, json=None)
    assert write_plans((with_null,)) == [{"kind": "answer", "status": 503, "json": None}]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.faults])
def test_every_fault_has_its_number(kind: str) -> None:
    """A number that is left out is the usual one, and is not written; each fault that can be said is in the table."""
    struct = KINDS[kind]
    form = fields_of(struct)["fault"].form
    assert struct.faults.keys() == set(form.names)  # type: ignore[attr-defined] # a choice
    for name, fault in struct.faults.items():
        more = {"origin": "http://a"} if name == "redirect" else {}
        value = {"kind": kind, "fault": name, **more}
        (plan,) = read_plans(value)
        assert getattr(plan, "number", None) == (fault.usual or 0)
        assert write_plans((plan,)) == [value]
        (numbered,) = read_plans({**value, "number": fault.least})
        assert getattr(numbered, "number", None) == fault.least
        assert (fault.usual is None) == (fault.unit is None) == (fault.most == 0)
        assert fault.least <= (fault.usual or 0) <= fault.most
        assert fault.says
