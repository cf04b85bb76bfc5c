"""When a client is done with a task: at its end, or at a deadline of its own (C2, C4, C8)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.replies import Reply, reply_of
from contracts.recording.sights import Sight
from contracts.recording.timing import comes_early, comes_late, latest
from contracts.rules.creation.charges import is_interrupted
from contracts.rules.polling.following import SHORTEST, Following, followings, is_unknown
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_ENOUGH: Final = 3
"""How many polls after the end show that it is a loop that goes on, and no hand that looks once more."""

_LONGEST: Final = 86_400.0
"""The seconds after which nobody waits for a video any more: its link would work no longer (OP-LINK-24H)."""


def check_stop(record: ClientRecord) -> Examination:
    """C2: yield for each polled task whose end an answer showed, with results if it was completed."""
    for following in followings(record):
        end = usable_end(following.task)
        if end is None:
            continue
        later = list(_polls_after(following, end))
        period = _period(following, end)
        steady = [poll for before, poll in later if period and _keeps_step(poll.started_at - before.ended_at, period)]
        if steady or len(later) >= _ENOUGH:
            polls = steady or [poll for _, poll in later]
            seen = f"{len(later)} after that, the first {polls[0].started_at - end.exchange.ended_at:.1f} s later"
            yield breach(
                following.task.id, f"no poll after the status {end.status!r}", seen, end.exchange, *polls[:_ENOUGH]
            )
        else:
            yield None


def usable_end(task: ClientTask) -> Sight | None:
    """Return the first answer that shows all there is to know of a task's end: a list tells of no results."""
    ends = (sight for sight in task.answers if sight.ended and sight.way != "list")
    return next((sight for sight in ends if sight.status != "completed" or sight.links), None)


def _polls_after(following: Following, end: Sight) -> Iterator[tuple[Exchange, Exchange]]:
    """Find the polls after the end for which nothing gave a reason, each with the look before it."""
    before = end.exchange
    for poll in following.task.polls:
        if poll.number > end.number and poll.started_at >= end.exchange.ended_at:
            if not _is_prompted(following, before, poll):
                yield before, poll
            before = poll


def _is_prompted(following: Following, before: Exchange, poll: Exchange) -> bool:
    """Tell whether something in between is a reason to look again: a callback, a link that fails, or a hand."""
    failed = (each for each in following.task.downloads if each.error or (each.status or 0) >= HTTPStatus.BAD_REQUEST)
    reasons = (*following.task.deliveries, *failed)
    told = any(before.started_at <= each.ended_at and each.started_at <= poll.started_at for each in reasons)
    return told or is_interrupted(following.record, before.ended_at, poll.started_at)


def _period(following: Following, end: Sight) -> float | None:
    """Return how long the client had waited for the answer that showed the end, if it waited as a loop does."""
    waits = (wait.seconds for wait in following.waits if wait.after.number == end.number)
    return next((seconds for seconds in waits if not comes_early(seconds, SHORTEST)), None)


def _keeps_step(waited: float, period: float) -> bool:
    return not comes_early(waited, period) and not comes_late(waited, period)


def check_unknown_end(record: ClientRecord) -> Examination:
    """C4: yield for each task that was left with a status that no page describes, after longer than announced."""
    for following, last, waited in _left(record):
        if is_unknown(last):
            yield _judge_length(following, waited) or _judge_report(following, f"{last.status}")


def check_deadline(record: ClientRecord) -> Examination:
    """C8: yield for each task that had not ended when the client left it, after longer than announced."""
    for following, last, waited in _left(record):
        if not is_unknown(last):
            yield _judge_length(following, waited) or _judge_report(following, following.task.id)


def _left(record: ClientRecord) -> Iterator[tuple[Following, Sight, float]]:
    """Find the tasks that were never seen to end: each as it was last shown, and how long the client had waited."""
    for following in followings(record):
        poll, shown = following.task.polls[-1], [sight for sight in following.task.answers if sight.way == "query"]
        if following.task.terminal is not None or following.task.deliveries or not shown:
            continue
        waited, estimate = following.waited_before(poll), following.estimate()
        late = estimate is not None and waited > latest(estimate)
        stopped = reply_of(poll) is Reply.SUCCESS and not record.disturbed(poll.ended_at, float("inf"))
        if waited > _LONGEST or (late and stopped):
            yield following, shown[-1], waited


def _judge_length(following: Following, waited: float) -> Finding | None:
    if waited <= _LONGEST:
        return None
    first, last = following.task.polls[0], following.task.polls[-1]
    expected = f"a deadline of the client's own, of {_LONGEST / 3600:g} hours at most"
    return breach(following.task.id, expected, f"polls for {waited / 3600:.1f} hours", first, last)


def _judge_report(following: Following, named: str) -> Finding | None:
    """Judge what the client said when it left a task that had not ended, and that it named what there is to know."""
    report = following.record.report_of(following.task.id)
    if report is None:
        return None
    last = following.task.polls[-1]
    if report.outcome in {"completed", "failed"}:
        return breach(
            following.task.id, "a timeout, as the task had not ended", f"the outcome {report.outcome!r}", last
        )
    said = f"{report.task} {report.error} {report.message} {dict(report.facts)}"
    return (
        None
        if named in said
        else breach(following.task.id, f"an error that names {named}", f"{report.message!r}", last)
    )


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C2",
        title="Polling stops when the task is completed, failed or cancelled.",
        check=check_stop,
        clauses=("TASK-STATUS", "TASK-CANCELLED"),
        exposure="An answer showed the end of a task that was polled.",
        advice="Leave the loop at completed, failed and cancelled: cancelled is in no list of the statuses, and an end "
        "all the same.",
    ),
    Rule(
        id="C4",
        title="A status that no page describes, and that stays, ends at the client's deadline with an error naming it.",
        check=check_unknown_end,
        ground=Ground.ROB,
        clauses=("TASK-STATUS",),
        exposure="A task kept such a status for longer than twice its estimate.",
        advice="Give the loop a deadline by the monotonic clock, and put the last status into the error.",
    ),
    Rule(
        id="C8",
        title="A task that never ends is left at a deadline of the client's own, and reported as that, with its id.",
        check=check_deadline,
        ground=Ground.ROB,
        clauses=("OP-ASYNC", "RES-ETA"),
        exposure="A task took longer than twice its estimate, and the client left it.",
        advice="Give the loop a deadline by the monotonic clock, and raise a timeout with the id: the task may still "
        "be completed, and is not to be paid for again.",
    ),
)
"""The rules on the end of polling."""
