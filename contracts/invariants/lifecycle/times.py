"""The times that a server tells: how long a task will take, and what time it is (L8, L16)."""

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Final

from contracts.recording.exchange import Exchange
from contracts.recording.server import ServerRecord
from contracts.recording.sights import Sight, part
from contracts.verdict import Examination, Ground, Level, Rule, breach

_LONG: Final = 30.0
"""After how many seconds of work an estimate must have shrunk."""

_COARSE: Final = 2.0
"""By how many seconds the dates of several servers may differ: each is of a whole second, and may be a second old."""


def check_estimate(record: ServerRecord) -> Examination:
    """L8: yield for each estimate, and for each task whose work was seen for longer."""
    for task in record.tasks.values():
        told = [sight for sight in task.current if "estimated_time" in part(sight.body, "task_info")]
        for sight in told:
            fine = _estimate(sight) is not None
            seen = repr(sight.body["task_info"]["estimated_time"])
            yield None if fine else breach(sight.task, "a whole number of seconds, not negative", seen, sight)
        running = [sight for sight in told if sight.status == "processing" and sight.way != "callback"]
        if len(running) > 1:
            yield from _check_shrinking(record, running[0], running[-1])


def _check_shrinking(record: ServerRecord, first: Sight, last: Sight) -> Examination:
    """Yield if the two looks follow each other for sure, and the last one's estimate is not at its end."""
    before, after = _estimate(first), _estimate(last)
    passed = record.span(last.exchange.started_at)[0] - record.span(first.exchange.ended_at)[1]
    if before is None or after is None or passed <= 0:
        return
    stands = after == before and passed >= _LONG and before > 1
    if after > before or stands:
        yield breach(last.task, f"less than {before} s after {passed:.0f} s", f"{after} s", first, last)
    else:
        yield None


def _estimate(sight: Sight) -> int | None:
    found = part(sight.body, "task_info").get("estimated_time")
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def check_clock(record: ServerRecord) -> Examination:
    """L16: yield for each answer with a date that follows another, and for each creation that follows another."""
    dated = [(date, exchange) for exchange in record.asked if (date := _date(exchange)) is not None]
    yield from _check_rising("Date", dated, _COARSE)
    created = [
        (created, creation.exchange)
        for creation in record.creations
        if creation.task is not None and not creation.replayed
        if isinstance(created := creation.exchange.answered.get("created"), int)
    ]
    yield from _check_rising("created", created, 1)


def _check_rising(name: str, times: Iterable[tuple[float, Exchange]], slack: float) -> Examination:
    """Yield for each time that follows the latest one that had been told before it was asked for."""
    latest: tuple[float, Exchange] | None = None
    for time, exchange in times:
        if latest is not None and latest[1].ended_at < exchange.started_at:
            back = time < latest[0] - slack
            expected = f"{name} is at least {latest[0]:.0f}, which an earlier answer had"
            yield breach("", expected, f"{time:.0f}", latest[1], exchange) if back else None
        if latest is None or time > latest[0]:
            latest = time, exchange


def _date(exchange: Exchange) -> float | None:
    try:
        return parsedate_to_datetime(exchange.response_header("date") or "").timestamp()
    except (OverflowError, ValueError):
        return None


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="L8",
        title="estimated_time is a number of seconds that is not negative, and shrinks while the task is worked on.",
        check=check_estimate,
        level=Level.SHOULD,
        clauses=("RES-ETA", "TASK-ETA"),
        exposure="An estimate was shown.",
        advice="Show the time that is left, not the time that was left in the beginning.",
    ),
    Rule(
        id="L16",
        title="The server's clock does not go back.",
        check=check_clock,
        ground=Ground.ROB,
        clauses=("RES-CREATED",),
        exposure="Two answers with a time followed each other.",
        advice="Take the times of all workers from one clock that does not step back.",
    ),
)
"""The rules on times."""
