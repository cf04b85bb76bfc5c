"""Who finds a task, and who must not: its owner at once and after a restart, nobody else ever (L9, L12, L15)."""

from collections.abc import Iterator
from typing import Any, Final

from contracts.recording.accounts import account_of
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event
from contracts.recording.lifecycle import may_become
from contracts.recording.operations import BATCH_TASKS, FILES, LIST_TASKS, operation_of
from contracts.recording.server import SeenTask, ServerRecord
from contracts.recording.sights import Sight, asked_task, read_rows, text_in
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_DAY: Final = 24 * 3600.0
"""For how long a task is taken to be kept at least: as long as its link holds (OP-LINK-24H)."""

_HIDDEN: Final = {403, 404}
_GONE: Final = {400, 403, 404, 410}
_SEVERAL: Final = frozenset({LIST_TASKS, BATCH_TASKS})
_FIRST_PAGE: Final = {"page", "page_size"}


def check_finding(record: ServerRecord) -> Examination:
    """L9: yield for each time that a task's own account asked for it after its creation, and for each of its lists."""
    for made, exchange in _own_readings(record):
        if operation_of(exchange) == LIST_TASKS and exchange.succeeded and made and _is_first_page(exchange):
            yield _check_list(made, exchange)
        for task in _asked_for(made, exchange):
            yield _check_found(task, exchange)


def _own_readings(record: ServerRecord) -> Iterator[tuple[dict[str, SeenTask], Exchange]]:
    """Find the exchanges of each account, with those of its tasks that had been created before it, within a day."""
    for account in record.accounts.values():
        made = [(each, record.tasks[each.task]) for each in account.creations if each.task and not each.replayed]
        for exchange in account.exchanges:
            reading = asked_task(exchange) is not None or operation_of(exchange) in _SEVERAL
            young = (
                task
                for creation, task in made
                if reading and creation.exchange.ended_at < exchange.started_at < creation.exchange.ended_at + _DAY
            )
            yield {task.id: task for task in young}, exchange


def _asked_for(made: dict[str, SeenTask], exchange: Exchange) -> Iterator[SeenTask]:
    """Find the tasks that an exchange asks for by their ids, if it was answered as to that."""
    asked = asked_task(exchange)
    if asked in made and (exchange.succeeded or (exchange.error is None and exchange.status in _GONE)):
        yield made[asked]
    elif operation_of(exchange) == BATCH_TASKS and exchange.succeeded:
        sent = exchange.sent.get("task_ids") if isinstance(exchange.sent, dict) else None
        yield from (task for name, task in made.items() if isinstance(sent, list) and name in sent)


def _is_first_page(exchange: Exchange) -> bool:
    return exchange.query.keys() <= _FIRST_PAGE and exchange.query.get("page", "1") == "1"


def _check_found(task: SeenTask, exchange: Exchange) -> Finding | None:
    if not exchange.succeeded:
        return _missing(task, exchange, f"status {exchange.status}")
    rows = read_rows(exchange)
    shown = asked_task(exchange) is not None or any(row.get("id") == task.id for row in rows)
    return None if shown else _missing(task, exchange, f"{len(rows)} tasks without it")


def _check_list(made: dict[str, SeenTask], exchange: Exchange) -> Finding | None:
    rows = read_rows(exchange)
    shown = {text_in(row, "id") for row in rows}
    missing = (task for name, task in made.items() if name not in shown and not _may_be_later(task, exchange, rows))
    task = next(missing, None)
    return None if task is None else _missing(task, exchange, f"{len(rows)} tasks without it")


def _may_be_later(task: SeenTask, exchange: Exchange, rows: list[dict[str, Any]]) -> bool:
    """Tell whether a task may be on a later page: the first is full, and all on it are as new (LIST-ORDER)."""
    size, created = exchange.query.get("page_size", "20"), task.sights[0].created
    if not isinstance(created, int) or not size.isdecimal():
        return True
    told = [row.get("created_at") for row in rows]
    return len(rows) >= int(size) and all(isinstance(each, int) and each >= created for each in told)


def _missing(task: SeenTask, exchange: Exchange, seen: str) -> Finding:
    shown = (exchange,) if task.creation is None else (task.creation.exchange, exchange)
    return breach(task.id, "the task that had been created", seen, *shown)


def check_isolation(record: ServerRecord) -> Examination:
    """L12: yield for each time that an account came near a task or a file of another."""
    made = [(task.id, task.creation.account) for task in record.tasks.values() if task.creation is not None]
    files = dict(_uploads(record))
    for account in record.accounts.values():
        foreign = {name for name, owner in made if owner not in {None, account.name}}
        stored = {name for name, owner in files.items() if owner != account.name}
        for exchange in account.exchanges:
            yield from _check_tasks(exchange, foreign)
            yield from _check_files(exchange, stored)


def _check_tasks(exchange: Exchange, foreign: set[str]) -> Examination:
    asked = asked_task(exchange)
    if asked in foreign and (exchange.succeeded or exchange.status in _HIDDEN):
        yield _leak(exchange, asked or "", f"status {exchange.status}") if exchange.succeeded else None
    elif foreign and operation_of(exchange) in _SEVERAL and exchange.succeeded:
        shown = sorted(foreign & {str(row.get("id")) for row in read_rows(exchange)})
        yield _leak(exchange, shown[0], "it is shown") if shown else None


def _check_files(exchange: Exchange, foreign: set[str]) -> Examination:
    name = exchange.path.removeprefix(FILES)
    if exchange.method == "DELETE" and name in foreign:
        yield _leak(exchange, name, "it is deleted") if exchange.succeeded else None
    elif foreign and exchange.method == "GET" and name == "list" and exchange.succeeded:
        body = exchange.answered if isinstance(exchange.answered, dict) else {}
        data = body.get("data")
        rows = data.get("files") if isinstance(data, dict) else None
        shown = sorted(foreign & {str(row.get("file_id")) for row in rows or () if isinstance(row, dict)})
        yield _leak(exchange, shown[0], "it is shown") if shown else None


def _uploads(record: ServerRecord) -> Iterator[tuple[str, str]]:
    """Find the files that were uploaded, with their owners."""
    for exchange in record.asked:
        owner, body = account_of(exchange), exchange.answered
        upload = exchange.method == "POST" and exchange.path.startswith(FILES) and exchange.succeeded
        data = body.get("data") if upload and isinstance(body, dict) else None
        if owner is not None and isinstance(data, dict) and isinstance(data.get("file_id"), str):
            yield data["file_id"], owner


def _leak(exchange: Exchange, subject: str, seen: str) -> Finding:
    expected = "what another account has is kept from this one, by 403, 404 or silence"
    return breach(subject, expected, seen, exchange)


def check_durability(record: ServerRecord) -> Examination:
    """L15: yield for each task that was known before a restart and asked for after it."""
    for restart in record.happened("restart"):
        for made, exchange in _own_readings(record):
            if exchange.started_at > restart.to:
                for task in _asked_for(made, exchange):
                    yield from _check_survival(task, exchange, restart)


def _check_survival(task: SeenTask, exchange: Exchange, restart: Event) -> Examination:
    before = [sight for sight in task.current if sight.exchange.ended_at < restart.at and sight.states]
    if not before:
        return
    lost = _check_found(task, exchange)
    after = next((sight for sight in task.current if sight.number == exchange.number and sight.states), None)
    if lost is None and after is not None:
        lost = _check_kept(max(before, key=_advance), after)
    yield lost


def _advance(sight: Sight) -> tuple[bool, bool]:
    return sight.ended, sight.status == "processing"


def _check_kept(before: Sight, after: Sight) -> Finding | None:
    if before.created != after.created:
        was, now = f"created {before.created!r}", f"{after.created!r}"
        return breach(before.task, was, now, before, after)
    if not may_become(before.states, after.states):
        was, now = f"a task that had been {before.status} before the restart", f"{after.status}"
        return breach(before.task, was, now, before, after)
    return None


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="L9",
        title="Whoever has created a task finds it at once, by query, list and batch.",
        check=check_finding,
        clauses=("OP-ASYNC", "TASK-READ", "BATCH-READ", "LIST-READ", "LIST-ORDER"),
        exposure="An account asked for its task after the answer that created it.",
        advice="Store the task before the answer goes out, where every worker looks for it.",
    ),
    Rule(
        id="L12",
        title="An account sees, and touches, nothing of another's.",
        check=check_isolation,
        ground=Ground.SEC,
        clauses=("TASK-403", "TASK-404", "BATCH-OMITS", "LIST-READ", "FILE-LIST", "FILE-DELETE"),
        exposure="A second key asked for a task or file of the first, or listed its own.",
        advice="Look up by account and id, never by id alone.",
    ),
    Rule(
        id="L15",
        title="A restart loses no task, and takes none back.",
        check=check_durability,
        ground=Ground.ROB,
        clauses=("TASK-READ", "TASK-STATUS"),
        exposure="A task was seen before a restart and asked for after it.",
        advice="Have a task on disk before its answer goes out.",
    ),
)
"""The rules on who finds a task."""
