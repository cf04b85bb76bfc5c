"""The links of results: how long they hold, and how they answer conditions and ranges (P6)."""

import re
from http import HTTPStatus
from typing import Final

from contracts.recording.exchange import Exchange
from contracts.recording.server import SeenTask, ServerRecord
from contracts.verdict import Examination, Finding, Rule, breach

_DAY: Final = 24 * 3600.0
_SLACK: Final = 60.0
"""By how many seconds a link may hold too short or too long."""

_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def check_links(record: ServerRecord) -> Examination:
    """P6: yield for each time that a result was fetched of which it is known whether its link had to hold."""
    owners = {link: task for task in record.tasks.values() for sight in task.sights for link in map(str, sight.links)}
    for exchange in record.asked:
        task, status = owners.get(exchange.url), exchange.status or 0
        fetched = exchange.method in {"GET", "HEAD"} and exchange.error is None
        if (
            task is not None
            and fetched
            and status < HTTPStatus.INTERNAL_SERVER_ERROR
            and status != HTTPStatus.TOO_MANY_REQUESTS
        ):
            yield from _check_link(record, task, exchange, status)


def _check_link(record: ServerRecord, task: SeenTask, exchange: Exchange, status: int) -> Examination:
    slack = record.skew + _SLACK
    earliest = max(task.unended_until, _created(task))
    latest = float("inf") if task.last is None else record.span(task.last.true_from)[1]
    if exchange.started_at > latest + _DAY + slack:
        fine = status >= HTTPStatus.BAD_REQUEST
        yield None if fine else breach(task.id, "a link that no longer works after 24 hours", f"{status}", exchange)
    elif exchange.ended_at < earliest + _DAY - slack:
        yield _check_content(task, exchange, status)


def _created(task: SeenTask) -> float:
    return float("-inf") if task.creation is None else task.creation.exchange.started_at


def _check_content(task: SeenTask, exchange: Exchange, status: int) -> Finding | None:
    """Check the answer of a link that holds."""
    asked = exchange.header("range")
    if status >= HTTPStatus.BAD_REQUEST and not (
        asked is not None and status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    ):
        return breach(task.id, "a link that works for 24 hours", f"{status}", exchange)
    if status == HTTPStatus.PARTIAL_CONTENT:
        return _check_range(task, exchange, asked)
    named = exchange.header("if-none-match") is not None or exchange.header("if-modified-since") is not None
    if status == HTTPStatus.NOT_MODIFIED and not named:
        return breach(task.id, "the video, as no condition was set", f"{status}", exchange)
    return None


def _check_range(task: SeenTask, exchange: Exchange, asked: str | None) -> Finding | None:
    told = exchange.response_header("content-range") or ""
    found = _CONTENT_RANGE.fullmatch(told)
    if asked is None:
        return breach(task.id, "the whole video, as no range was asked for", f"{HTTPStatus.PARTIAL_CONTENT}", exchange)
    if (exchange.response_header("content-type") or "").startswith("multipart/byteranges"):
        return None
    length = len(exchange.response_body)
    if found is None or (exchange.method == "GET" and int(found[2]) - int(found[1]) + 1 != length):
        return breach(task.id, f"a Content-Range of {length} bytes", repr(told), exchange)
    return None


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="P6",
        title="The link of a result works for 24 hours and then no longer; parts are answered by the book.",
        check=check_links,
        clauses=("OP-LINK-24H", "TASK-RESULTS"),
        exposure="A result was fetched surely within, or surely after, 24 hours.",
        advice="Count the 24 hours from the end of the task; answer ranges as RFC 9110 has them, or with the whole.",
    ),
)
"""The rule on links."""
