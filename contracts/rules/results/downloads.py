"""What a client takes for its video: whole files, that are videos, each in a place of its own (F3, F4, F6, F7)."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.replies import Reply, reply_of
from contracts.rules.results.links import requests_for
from contracts.verdict import Examination, Ground, Level, Rule, breach


def check_wholeness(record: ClientRecord) -> Examination:
    """F3: yield for each result whose answer broke off, and for each digest that can be compared."""
    for task, requests in _downloads(record):
        yield from _check_taken(record, task, requests, _is_cut, "a whole video, or another outcome than completed")
    for report in record.reported:
        known = record.tasks.get(report.task or "")
        whole = [each for each in known.downloads if _is_ok(each) and each.error is None] if known is not None else []
        bodies = whole if all(map(_is_recorded, whole)) else []
        if bodies and report.outcome == "completed" and report.sha256 is not None:
            fine = any(hashlib.sha256(each.response_body).hexdigest() == report.sha256.lower() for each in bodies)
            expected, seen = "a file with the bytes that were sent", f"one with the digest {report.sha256}"
            yield None if fine else breach(report.task or "", expected, seen, *bodies)


def _is_cut(exchange: Exchange) -> bool:
    return exchange.error is not None and _is_ok(exchange)


def _is_ok(exchange: Exchange) -> bool:
    return exchange.method == "GET" and exchange.says_success


def _is_recorded(exchange: Exchange) -> bool:
    """Tell whether the record has all bytes of a file."""
    plain = exchange.response_header("content-encoding") is None and "response" not in exchange.omitted
    length = exchange.response_header("content-length")
    full = exchange.status == HTTPStatus.OK and exchange.method == "GET" and length == str(len(exchange.response_body))
    return plain and full and exchange.error is None


def _downloads(record: ClientRecord) -> Iterator[tuple[str, list[Exchange]]]:
    """Find what results were asked for: the requests for each URL, with its task."""
    for task in record.tasks.values():
        for requests in requests_for(task).values():
            yield task.id, requests


def _check_taken(
    record: ClientRecord, task: str, requests: list[Exchange], is_bad: Callable[[Exchange], bool], expected: str
) -> Examination:
    """Yield for what was no result: it is to be asked for until it is one, or not to be told as a success."""
    bad = [exchange for exchange in requests if is_bad(exchange)]
    if not bad:
        return
    reports = [report for report in record.reported if report.task == task]
    good = any(_is_ok(each) and reply_of(each) is Reply.SUCCESS and not is_bad(each) for each in requests)
    if not good and any(report.outcome == "completed" for report in reports):
        seen = bad[-1].error or f"Content-Type: {bad[-1].response_header('content-type')}"
        yield breach(task, expected, f"completed with no other answer than this: {seen}", *bad)
    elif good or reports or requests[-1] is not bad[0]:
        yield None


def check_kinds(record: ClientRecord) -> Examination:
    """F6: yield for each result in whose place something came that is no video."""
    for task, requests in _downloads(record):
        yield from _check_taken(record, task, requests, _is_page, "a video, or another outcome than completed")


def _is_page(exchange: Exchange) -> bool:
    kind = (exchange.response_header("content-type") or "").partition(";")[0].strip().lower()
    return _is_ok(exchange) and (kind.startswith("text/") or kind.endswith(("json", "xml")))


def check_files(record: ClientRecord) -> Examination:
    """F4: yield for each file that a client says it put a result in."""
    owners: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for report in record.reported:
        if report.outcome == "completed" and report.path is not None and report.task is not None:
            owners[report.path][report.task] = None
    for path, tasks in owners.items():
        numbers = [each for task in tasks if task in record.tasks for each in record.tasks[task].downloads]
        seen = f"{path} for {len(tasks)} tasks"
        yield None if len(tasks) == 1 else breach(", ".join(tasks), "a file of its own for each task", seen, *numbers)


def check_ranges(record: ClientRecord) -> Examination:
    """F7: yield for each part of a result that was asked for and that there is not."""
    for task, requests in _downloads(record):
        for place, exchange in enumerate(requests):
            part = exchange.header("range")
            if exchange.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and part is not None:
                again = [each for each in requests[place + 1 : place + 2] if each.header("range") == part]
                expected = "the whole video asked for after 416, or an error"
                yield breach(task, expected, f"Range: {part} again", exchange, *again) if again else None


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="F3",
        title="A download that breaks off is repeated or resumed, and never taken for the video.",
        check=check_wholeness,
        ground=Ground.ROB,
        clauses=("TASK-RESULTS",),
        exposure="An answer with a result broke off, and the client tried again or told what came of it.",
        advice="Compare the bytes with Content-Length, and fetch the file again, or the rest of it with Range.",
    ),
    Rule(
        id="F4",
        title="Each task's result is put into a file of its own.",
        check=check_files,
        ground=Ground.SEC,
        exposure="The client told where it put a result.",
        advice="Make the name from the task's id, write to a temporary file, and rename it when it is whole.",
        applies=lambda record: bool(record.reported),
    ),
    Rule(
        id="F6",
        title="A page that comes in the place of a video is not taken for it.",
        check=check_kinds,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="A link was answered with text, JSON or XML, and the client tried again or told what came of it.",
        advice="Look at Content-Type, or at the first bytes: an MP4 file has ftyp from the fifth on.",
    ),
    Rule(
        id="F7",
        title="A part that there is not is not asked for again.",
        check=check_ranges,
        level=Level.SHOULD,
        ground=Ground.RFC,
        exposure="A request for a part of a result got 416.",
        advice="After 416 throw away what you have, and fetch the whole file without Range.",
    ),
)
"""The rules on files."""
