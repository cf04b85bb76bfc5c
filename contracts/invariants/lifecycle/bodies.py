"""What each look at a task must show by itself: its name, its time, its results, its error (L1 to L3, L7, L10, L11)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from contracts.recording.pages import page_of
from contracts.recording.server import SeenTask, ServerRecord
from contracts.recording.sights import Sight, part, text_in
from contracts.verdict import Examination, Finding, Rule, breach
from openapi.clauses import load_clauses

_ID: Final = re.compile(r"task-unified-[0-9]{10}-[a-z0-9]{6,}")
_FAILED: Final = {"failed", "cancelled"}
_CONSTANT: Final = ("model", "object", "type")
TASK_ERROR_CODES: Final = frozenset(
    clause.removeprefix("TERR-").lower().replace("-", "_")
    for clause in load_clauses()
    if clause.startswith("TERR-") and clause not in {"TERR-TYPE", "TERR-MESSAGE"}
)
"""The codes with which a task can fail: the clauses on them bear their names."""


def check_ids(record: ServerRecord) -> Examination:
    """L1: yield for each request that was accepted."""
    owner: dict[str, tuple[object, int]] = {}
    for creation in record.creations:
        number, name = creation.exchange.number, creation.task
        if not creation.exchange.succeeded:
            continue
        if name is None or not _ID.fullmatch(name):
            seen = "none" if name is None else repr(name)
            yield breach("", "an id like task-unified-1757169743-7cvnl5zw", seen, creation)
            continue
        request = (creation.account, creation.key) if creation.key is not None else number
        known, first = owner.setdefault(name, (request, number))
        if known == request:
            yield None
        else:
            yield Finding(
                subject=name,
                exchanges=(first, number),
                expected="an id of its own for each task",
                seen=f"exchange {number} got the id that exchange {first} had got",
            )


def check_created(record: ServerRecord) -> Examination:
    """L2: yield for each look."""
    for task in record.tasks.values():
        told = [sight for sight in task.sights if sight.way != "list" or sight.created is not None]
        for sight in told:
            yield _check_created(record, task, told[0], sight)


def _check_created(record: ServerRecord, task: SeenTask, first: Sight, sight: Sight) -> Finding | None:
    created = sight.created
    if not isinstance(created, int) or isinstance(created, bool):
        return breach(sight.task, "created is a whole number of seconds", f"{created!r}", sight)
    if created != first.created:
        return breach(sight.task, f"created stays {first.created!r}", f"{created}", first, sight)
    latest = record.span(sight.exchange.ended_at)[1] + record.skew
    if created > latest:
        return breach(sight.task, f"created is at most {latest:.0f}, the time of the answer", f"{created}", sight)
    creation = task.creation
    if creation is not None and created < creation.exchange.started_at - record.skew - 1:
        return breach(
            sight.task,
            f"created is at least {creation.exchange.started_at:.0f}, the time of the request",
            f"{created}",
            sight,
        )
    return None


def check_constants(record: ServerRecord) -> Examination:
    """L3: yield for each look."""
    for task in record.tasks.values():
        first: dict[str, Sight] = {}
        for sight in task.sights:
            yield _check_constants(sight, first, _named(record, task))


def _named(record: ServerRecord, task: SeenTask) -> Mapping[str, str]:
    """Return what the page of a task's model calls it; nothing if nobody knows that page."""
    page = None if task.creation is None else page_of(record.contract, task.creation.exchange)
    envelope = None if page is None else page.envelope
    return {} if envelope is None else {"object": envelope.object, "type": envelope.type}


def _check_constants(sight: Sight, first: dict[str, Sight], told: Mapping[str, str]) -> Finding | None:
    body = sight.body
    if body.get("id") != sight.task:
        return breach(sight.task, f"the id that was asked for, {sight.task!r}", f"{body.get('id')!r}", sight)
    for name in _CONSTANT:
        if name not in body and sight.way == "list":
            continue
        value, known = body.get(name), first.setdefault(name, sight)
        if not isinstance(value, str) or (sight.way == "create" and value != told.get(name, value)):
            return breach(sight.task, f"{name} is {told.get(name, 'a text')}", f"{value!r}", sight)
        if value != known.body.get(name):
            return breach(sight.task, f"{name} stays {known.body.get(name)!r}", f"{value!r}", known, sight)
    return None


def check_can_cancel(record: ServerRecord) -> Examination:
    """L7: yield for each look at an ended task that says whether it can be cancelled."""
    for sight in _sights(record):
        told = part(sight.body, "task_info")
        if sight.ended and "can_cancel" in told:
            fine, seen = told["can_cancel"] is False, f"can_cancel is {told['can_cancel']!r}"
            expected = f"can_cancel is false once the task is {sight.status}"
            yield None if fine else breach(sight.task, expected, seen, sight)


def check_results(record: ServerRecord) -> Examination:
    """L10: yield for each look but those of the answers to creates."""
    schemes = {"https", *(exchange.parts.scheme for exchange in record.exchanges)}
    for sight in _sights(record):
        if sight.way == "list":
            yield _check_count(sight)
        elif sight.way != "create":
            yield _check_results(sight, schemes)


def _check_count(sight: Sight) -> Finding | None:
    if any(name in sight.body for name in ("results", "result_data")):
        return breach(sight.task, "a row of the list without links", "links", sight)
    told = sight.body.get("has_results")
    if isinstance(told, bool) and told != (sight.status == "completed"):
        return breach(sight.task, f"has_results is {not told} for a task that is {sight.status}", f"{told}", sight)
    return None


def _check_results(sight: Sight, schemes: set[str]) -> Finding | None:
    shown = [name for name in ("results", "result_data") if sight.body.get(name)]
    if sight.status != "completed":
        seen = f"{' and '.join(shown)} of a task that is {sight.status}"
        return breach(sight.task, "results only when the task is completed", seen, sight) if shown else None
    if not sight.links:
        return breach(sight.task, "at least one result of a completed task", f"{sight.body.get('results')!r}", sight)
    for link in sight.links:
        if not _is_absolute(link, schemes):
            return breach(sight.task, f"absolute links by {' or '.join(sorted(schemes))}", f"{link!r}", sight)
    data = sight.body.get("result_data")
    if isinstance(data, list) and [_url(item) for item in data] != list(sight.links):
        return breach(sight.task, "result_data with the links of results", f"{[_url(item) for item in data]!r}", sight)
    return None


def _is_absolute(link: Any, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(link) if isinstance(link, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in schemes and bool(parts.hostname)


def _url(item: Any) -> Any:
    return item.get("url") if isinstance(item, dict) else item


def check_errors(record: ServerRecord) -> Examination:
    """L11: yield for each look that has or should have an error."""
    for sight in _sights(record):
        name = "has_error" if sight.way == "list" else "error"
        told = sight.body.get(name)
        if sight.status not in _FAILED:
            expected, seen = (
                "an error only when the task failed or was cancelled",
                f"{name} of a task that is {sight.status}",
            )
            yield breach(sight.task, expected, seen, sight) if told else None
        elif sight.way != "list":
            yield _check_error(sight, told)
        elif told is not None:
            expected = f"has_error is true for a task that is {sight.status}"
            yield None if told else breach(sight.task, expected, f"{told!r}", sight)


def _check_error(sight: Sight, error: Any) -> Finding | None:
    if not isinstance(error, dict):
        return breach(sight.task, f"an error with a task that is {sight.status}", f"{type(error).__name__}", sight)
    if text_in(error, "code") not in TASK_ERROR_CODES:
        return breach(
            sight.task, f"one of the codes {', '.join(sorted(TASK_ERROR_CODES))}", f"{error.get('code')!r}", sight
        )
    if error.get("type", "task_error") != "task_error":
        return breach(sight.task, "the type task_error", f"{error['type']!r}", sight)
    if not isinstance(error.get("message"), str):
        return breach(sight.task, "a message that is a text", f"{type(error.get('message')).__name__}", sight)
    return None


def _sights(record: ServerRecord) -> Iterator[Sight]:
    for task in record.tasks.values():
        yield from task.sights


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="L1",
        title="Each task has an id of its own, of the form task-unified-<10 digits>-<letters and digits>.",
        check=check_ids,
        clauses=("RES-ID", "TASK-ID-FORM", "OP-ASYNC"),
        exposure="A request for a task was accepted.",
        advice="Answer an accepted request with a new id; repeat one only to its own idempotency key.",
    ),
    Rule(
        id="L2",
        title="created is the whole second of the creation, and the same wherever the task is shown.",
        check=check_created,
        clauses=("RES-CREATED", "TASK-CREATED"),
        exposure="A task was seen.",
        advice="Store the second of the creation with the task, and show that.",
    ),
    Rule(
        id="L3",
        title="id, model, object and type of a task never change.",
        check=check_constants,
        clauses=("TASK-ID", "RES-MODEL", "TASK-MODEL", "RES-OBJECT", "TASK-OBJECT", "RES-TYPE", "TASK-TYPE"),
        exposure="A task was seen.",
        advice="Shape a task by one function wherever it is shown.",
    ),
    Rule(
        id="L7",
        title="A task that has ended cannot be cancelled, and says so.",
        check=check_can_cancel,
        clauses=("TASK-CANCANCEL",),
        exposure="An ended task was shown with can_cancel.",
        advice="Show can_cancel false with every status that a task does not leave.",
    ),
    Rule(
        id="L10",
        title="A completed task has absolute links to its results, and no other task has any.",
        check=check_results,
        clauses=("TASK-RESULTS", "TASK-RESULT-DATA", "LIST-ITEM"),
        exposure="A task was seen by a query, a list, a batch or a callback.",
        advice="Show results with the status completed alone, at least one, each an absolute URL.",
    ),
    Rule(
        id="L11",
        title="A task has an error when it failed or was cancelled, with a documented code, and at no other time.",
        check=check_errors,
        clauses=("TASK-ERROR", "TASK-ERROR-CODE", "TASK-ERROR-MESSAGE", "TASK-ERROR-TYPE", "TERR-TYPE"),
        exposure="A task was seen.",
        advice="Show the error with the statuses failed and cancelled alone; take its code from the error-code page.",
    ),
)
"""The rules that look at one body at a time."""
