"""What a client makes of a task that brings no video (C15, C16)."""

from typing import Final

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord, Reported
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.sights import part
from contracts.rules.creation.charges import ask_the_same, is_interrupted, tell_cost
from contracts.rules.polling.endings import usable_end
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_FINAL: Final = frozenset(
    {"content_policy_violation", "invalid_parameters", "image_processing_error", "image_dimension_mismatch"}
)
"""The errors that come again however often the same is asked for (the pages: change the request)."""


def check_results(record: ClientRecord) -> Examination:
    """C15: yield for each task that was completed without results, and that the client reported."""
    for task in record.tasks.values():
        end, report = task.terminal, record.report_of(task.id)
        if end is None or report is None or end.way == "list" or end.status != "completed":
            continue
        if not task.links and not end.body.get("result_data"):
            wrong = report.outcome == "completed"
            expected = "an error, as the completed task has no results"
            yield breach(task.id, expected, "the outcome 'completed'", end.exchange) if wrong else None


def check_failure(record: ClientRecord) -> Examination:
    """C16: yield for each failed task whose error changes nothing by asking again, and for each that was reported."""
    for task in record.tasks.values():
        end = usable_end(task)
        if end is not None and end.status == "failed":
            error = part(end.body, "error")
            if error.get("code") in _FINAL and task.creation is not None:
                yield _find_again(record, task, end.exchange, error["code"])
            report = record.report_of(task.id)
            if report is not None:
                yield _judge_report(report, task, end.exchange, error.get("code"))


def _find_again(record: ClientRecord, task: ClientTask, end: Exchange, code: str) -> Finding | None:
    """Find a request for the very same, after the error had been read."""
    later = (call.first for call in record.creates if call.first.number > end.number)
    again = next((each for each in later if _is_again(task.creation, each, end)), None)
    if again is None or is_interrupted(record, end.ended_at, again.started_at):
        return None
    seen = f"the same again as request {again.number}, {again.started_at - end.ended_at:.1f} s later"
    expected = f"no second task for a request that failed with {code}"
    return breach(task.id, expected, f"{seen}; {tell_cost(record, again)}", end, again)


def _is_again(creation: Call | None, later: Exchange, end: Exchange) -> bool:
    return creation is not None and later.started_at >= end.ended_at and ask_the_same(creation.first, later)


def _judge_report(report: Reported, task: ClientTask, end: Exchange, code: object) -> Finding | None:
    if report.outcome == "completed":
        return breach(task.id, "a failure", "the outcome 'completed'", end)
    said = f"{report.error} {report.message} {dict(report.facts)}"
    fine = not isinstance(code, str) or code in said
    return None if fine else breach(task.id, f"an error that names {code}", f"{report.message!r}", end)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C15",
        title="A completed task without results is an error, and no success.",
        check=check_results,
        ground=Ground.ROB,
        clauses=("TASK-RESULTS",),
        exposure="A task was completed without results, and the client reported what came of it.",
        advice="Check results before you return: if there are none, poll a few times more, then raise an error with "
        "the task's id.",
        applies=lambda record: bool(record.reported),
    ),
    Rule(
        id="C16",
        title="A task that failed for what was asked is not asked for again, and its error is told.",
        check=check_failure,
        clauses=(
            "TASK-ERROR",
            "TASK-ERROR-CODE",
            "TERR-CONTENT-POLICY-VIOLATION",
            "TERR-INVALID-PARAMETERS",
            "TERR-IMAGE-PROCESSING-ERROR",
            "TERR-IMAGE-DIMENSION-MISMATCH",
        ),
        exposure="A task failed with an error that comes again, or failed and was reported.",
        advice="Read error.code: ask again by yourself only for what mends itself, such as service_error. Raise code "
        "and message to whoever can change the request.",
    ),
)
"""The rules on tasks without a video."""
