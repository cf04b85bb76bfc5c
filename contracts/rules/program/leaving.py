"""What a client leaves behind: secrets in what it prints and writes (J3, J9), and how it ends (J5)."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.process import Leak, Place, Secret, Stop
from contracts.verdict import Examination, Finding, Ground, Level, Rule

_PLACES: Final[dict[Place, str]] = {
    "output": "standard output",
    "errors": "standard error",
    "file": "the file",
    "name": "the name of the file",
}
_PRINTED: Final = frozenset[Place]({"output", "errors"})
_AT_ONCE: Final = 5.0
"""Within how many seconds a client ends that is told to."""


def check_keys(record: ClientRecord) -> Examination:
    """J3: yield once for the whole record, or for each place with a key, if the record shows what was printed."""
    return _check_leaks(record, "key", frozenset(_PLACES))


def check_prompts(record: ClientRecord) -> Examination:
    """J9: yield in the same way for prompts, which files may have."""
    return _check_leaks(record, "prompt", _PRINTED)


def _check_leaks(record: ClientRecord, secret: Secret, places: frozenset[Place]) -> Examination:
    if "output" not in record.view.sees or not record.api:
        return
    leaks = [leak for leak in record.leaks if leak.what == secret and leak.place in places]
    for leak in leaks:
        yield _tell(leak, record.api[0].number)
    if not leaks:
        yield None


def _tell(leak: Leak, first: int) -> Finding:
    """Say where a secret is, which the client has had since the first exchange at the latest."""
    where = f"{_PLACES[leak.place]} {leak.path}".rstrip()
    line = "" if leak.line is None else f", line {leak.line}"
    form = "" if leak.form == "plain" else f", as {leak.form}"
    return Finding(
        subject=leak.path or where,
        exchanges=(first,),
        expected=f"no {leak.what} in what the client prints{' and writes' if leak.what == 'key' else ''}",
        seen=f"the {leak.what} in {where}{line}{form}",
    )


def check_stops(record: ClientRecord) -> Examination:
    """J5: yield for each time that the client was told to end while a task of its own was under way."""
    for stop in record.stops:
        waiting = [*_waiting(record, stop)]
        if waiting:
            yield _judge(stop, waiting)


def _waiting(record: ClientRecord, stop: Stop) -> Iterator[ClientTask]:
    for task in record.tasks.values():
        over = task.ended_at is not None and task.ended_at <= stop.at
        if task.creation is not None and task.known_at <= stop.at and not over:
            yield task


def _judge(stop: Stop, waiting: list[ClientTask]) -> Finding | None:
    missing = [task for task in waiting if task.id not in stop.printed]
    late = stop.seconds is None or stop.seconds > _AT_ONCE
    if not late and not missing:
        return None
    took = "an end by force" if stop.seconds is None else f"an end after {stop.seconds:.2g} s"
    unnamed = f", without {' and '.join(task.id for task in missing)} in what was printed" if missing else ""
    return Finding(
        subject=(missing or waiting)[0].id,
        exchanges=tuple(task.creation.last.number for task in waiting if task.creation is not None),
        expected=f"an end within {_AT_ONCE:g} s of SIGTERM, and the id of each task under way printed",
        seen=f"{took}{unnamed}",
    )


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="J3",
        title="The key stands in nothing that the client prints or writes.",
        check=check_keys,
        ground=Ground.SEC,
        clauses=("AUTH-BEARER",),
        exposure="The API was called, and what the client printed and wrote was searched.",
        advice="Take the key out of what is logged, headers and errors above all: logs are kept, sent on and shared.",
    ),
    Rule(
        id="J5",
        title="A client that is told to end while a task is under way does so within 5 seconds, and names the task.",
        check=check_stops,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="The client got SIGTERM after it was told of a task and before it was told of the task's end.",
        advice="Handle SIGTERM: stop waiting, print the task's id, and end; the task goes on, and is paid for.",
    ),
    Rule(
        id="J9",
        title="What is asked for does not stand in what the client prints.",
        check=check_prompts,
        level=Level.SHOULD,
        ground=Ground.SEC,
        exposure="The API was called, and what the client printed was searched.",
        advice="Log prompts at debug only, or count their characters instead: they are what users wrote.",
    ),
)
"""The rules on what is left behind."""
