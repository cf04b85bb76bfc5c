"""That each thing that is wanted is asked for once, and what was asked for is followed (B1, B9 to B11)."""

from collections import defaultdict
from typing import Any, Final

import msgspec

from contracts.recording.accounts import account_of
from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord, Reported
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.marks import is_redacted
from contracts.recording.operations import BATCH_TASKS, operation_of
from contracts.recording.replies import Reply
from contracts.recording.sights import NO_IDS, asked_task
from contracts.rules.creation.charges import creations, plain_body, tell_cost
from contracts.verdict import Examination, Finding, Ground, Level, Rule

_TOLD_BY: Final = ("model", "prompt", "video_urls", "duration", "quality", "aspect_ratio")
"""The fields by which it shows whose task a task is."""


def check_once(record: ClientRecord) -> Examination:
    """B1: yield for each thing that was asked for with success."""
    wanted: defaultdict[tuple[str | None, bytes], list[Call]] = defaultdict(list)
    for call in creations(record):
        body = plain_body(call.first)
        if body is not NO_JSON:
            wanted[account_of(call.first), msgspec.json.encode(body, order="sorted")].append(call)
    named = _named(record)
    for calls in wanted.values():
        yield from _check_twins(record, calls, named)


def _check_twins(record: ClientRecord, calls: list[Call], named: frozenset[str]) -> Examination:
    """Judge the calls that ask for the same: None unless one is followed to its end, and another by nobody at all."""
    ended = [call for call in calls if any(record.tasks[task].terminal for task in call.tasks)]
    lost = [call for call in calls if not any(_is_followed(record.tasks[task], named) for task in call.tasks)]
    if not ended or not lost:
        yield None
    for call in lost if ended else ():
        first, second = sorted((ended[0].last, call.last), key=lambda exchange: exchange.number)
        yield Finding(
            subject=call.tasks[0],
            exchanges=(first.number, second.number),
            expected="one request, and one charge, for one video",
            seen=f"request {first.number} again as {second.number}: {tell_cost(record, second)}; "
            f"nobody ever looks at {call.tasks[0]}",
        )


def _is_followed(task: ClientTask, named: frozenset[str]) -> bool:
    """Tell whether a task is, or may be, of use to anybody."""
    seen = any(sight.way != "create" for sight in task.sights)
    return bool(seen or task.downloads or task.callback_url or task.id in named)


def _named(record: ClientRecord) -> frozenset[str]:
    """Return all ids of tasks that the client asked for or told of, and whatever else stands in the places of ids."""
    paths = {part for exchange in record.api for part in exchange.path.split("/")}
    batches = (exchange.sent for exchange in record.api if operation_of(exchange) == BATCH_TASKS)
    ids = {str(each) for sent in batches if isinstance(sent, dict) for each in _listed(sent.get("task_ids"))}
    return frozenset(paths | ids | {report.task for report in record.reported if report.task is not None})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def check_crossed(record: ClientRecord) -> Examination:
    """B9: yield for each report that says what was wanted, and which task that became."""
    for report in record.reported:
        task = record.tasks.get(report.task or "")
        if report.wanted is None or task is None or task.creation is None:
            continue
        wrong = next((name for name in _TOLD_BY if _differ(report, task.creation, name)), None)
        if wrong is None:
            yield None
        else:
            yield Finding(
                subject=task.id,
                exchanges=(task.creation.last.number,),
                expected=f"the task that was asked for with the {wrong} that was wanted",
                seen=f"{task.id}, which was asked for with another",
            )


def _differ(report: Reported, creation: Call, name: str) -> bool:
    """Tell whether a field was wanted with one value, and asked for with another."""
    wanted, asked = (report.wanted or {}).get(name), creation.body.get(name)
    if wanted is None or asked is None or is_redacted(f"{wanted}{asked}"):
        return False
    return bool(wanted != asked)


def check_unknown_outcome(record: ClientRecord) -> Examination:
    """B10: yield for the one task that was asked for and reported, if nobody knows whether it was created."""
    if len(record.creates) == len(record.reported) == 1:
        call, report = record.creates[0], record.reported[0]
        if call.replies[-1] is Reply.UNCLEAR and Reply.SUCCESS not in call.replies and report.task is None:
            came = call.last.status or "no answer"
            wrong = Finding(
                exchanges=tuple(attempt.number for attempt in call.attempts),
                expected=f"an outcome that is unknown, after {came}: the task may go on, and be paid for",
                seen=f"the outcome {report.outcome!r}",
            )
            yield wrong if report.outcome in {"failed", "completed"} else None


def check_failed_creates(record: ClientRecord) -> Examination:
    """B11: yield for each task that could not be created."""
    shown = {sight.task for task in record.tasks.values() for sight in task.sights}
    polls = [poll for call in record.queries for poll in call.attempts if asked_task(poll) not in shown]
    for call in record.creates:
        if Reply.SUCCESS not in call.replies:
            polled = next((poll for poll in polls if _is_poll_of(call, poll)), None)
            yield None if polled is None else _polled(call, polled)


def _is_poll_of(call: Call, poll: Exchange) -> bool:
    """Tell whether a request asks for the task that a failed call did not create."""
    task = asked_task(poll) or ""
    told = call.last.response_body.decode("utf-8", "replace")
    names = {value for name, value in call.last.response_headers if name == "x-request-id"}
    known = task.lower() in NO_IDS or task in names or f'"{task}"' in told
    return known and poll.started_at >= call.ended_at


def _polled(call: Call, poll: Exchange) -> Finding:
    came = call.last.status or "nothing"
    return Finding(
        subject=poll.path,
        exchanges=(call.last.number, poll.number),
        expected=f"no request for the state of a task after a create that was answered with {came}",
        seen=f"GET {poll.path}",
    )


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="B1",
        title="What is wanted once is asked for once: no task is paid for twice and then left alone.",
        check=check_once,
        ground=Ground.ROB,
        clauses=("OP-CREATE", "BILL-SUCCESS"),
        exposure="A task was created, and the recording shows what was asked for.",
        advice="Send one request for each video, keep the id of its answer, and follow that. Guard against double "
        "clicks and hedged requests with one Idempotency-Key for the intent.",
    ),
    Rule(
        id="B9",
        title="Tasks that are asked for side by side do not get each other's results.",
        check=check_crossed,
        ground=Ground.ROB,
        clauses=("OP-ASYNC",),
        exposure="The client reported what was wanted, and which task that became.",
        advice="Keep the id with the intent from the answer on; do not pair answers with intents by their order.",
        applies=lambda record: bool(record.reported),
    ),
    Rule(
        id="B10",
        title="When nobody knows whether a task was created, its outcome is unknown, and is not called a failure.",
        check=check_unknown_outcome,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("OP-CREATE",),
        exposure="The one request for a task got no answer that tells, and the client reported what came of it.",
        advice='Report "error" or "timeout" and say that the task may have been created; look for it in the list.',
        applies=lambda record: bool(record.reported),
    ),
    Rule(
        id="B11",
        title="A task that was not created is not polled.",
        check=check_failed_creates,
        clauses=("OP-ASYNC", "ERR-BODY"),
        exposure="A request for a task failed for good.",
        advice="Check the status of the create before you read an id from its body; raise an error if it is not 2xx.",
    ),
)
"""The rules on intents."""
