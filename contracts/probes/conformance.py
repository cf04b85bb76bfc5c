"""Two rules on top of the invariants: that answers are those of the pages, and that there are any (S1, S2)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from contracts.recording.accounts import account_of
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.operations import BATCH_TASKS, LIST_MODELS, LIST_TASKS, READ_CREDITS
from contracts.recording.pages import page_of
from contracts.recording.server import ServerRecord
from contracts.verdict import Examination, Ground, Rule, breach
from openapi.operations import Operation
from openapi.violations import Violation

_READINGS: Final = (READ_CREDITS, LIST_MODELS, LIST_TASKS, BATCH_TASKS)
_GATEWAY: Final = {502, 503, 504}
_ALLOWED: Final = {400, 401, 402, 403, 409, 429}
"""How a request for a task can be refused that is as the page has it: what is at its URLs nobody can know."""

_UNMEASURED: Final = "video_probe_failed"
"""The code of a 400 that is about what is at a URL, and not about the request (VIDEO-PROBE)."""

_CLOSED: Final = {401, 403, 429}
_SHOWN: Final = 80
_URLS: Final = ("_url", "_urls")
_MOST: Final = 3


def check_answers(record: ServerRecord) -> Examination:
    """S1: yield for each answer of an operation that is no error."""
    for exchange, operation in find_answered(record):
        status = exchange.status or 0
        if status < HTTPStatus.BAD_REQUEST and exchange.answered is NO_JSON:
            yield breach(exchange.place, "a body that is JSON", repr(exchange.response_body[:_SHOWN]), exchange)
        elif status < HTTPStatus.BAD_REQUEST:
            found = operation.response_violations(status, exchange.answered)
            where = ", ".join(map(tell, found[:_MOST]))
            yield breach(exchange.place, where, repr(found[0].value)[:_SHOWN], exchange) if found else None


def check_refusals(record: ServerRecord) -> Examination:
    """S2: yield for each request to an operation that is as its page has it."""
    for exchange, operation in find_answered(record):
        status = exchange.status or 0
        if status in _GATEWAY:
            continue
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            yield breach(exchange.place, "an answer, or what is wrong with the request", f"{status}", exchange)
        elif account_of(exchange) is not None and _is_in_order(operation, exchange):
            fine = status < HTTPStatus.BAD_REQUEST or _may_refuse(operation, exchange)
            yield None if fine else breach(exchange.place, _wanted(operation), _refused(exchange), exchange)


def _wanted(operation: Operation) -> str:
    """Return what was to be answered, and of a page of a user's own also which page says so."""
    return f"an answer{f' by the page {operation.page}' if operation.given else ''}, as the request is in order"


def _refused(exchange: Exchange) -> str:
    """Return how a request was refused: the status, and what was said."""
    error = exchange.answered.get("error") if isinstance(exchange.answered, dict) else None
    said = error.get("message") if isinstance(error, dict) else None
    return f"{exchange.status}: {said[:_SHOWN]}" if isinstance(said, str) else f"{exchange.status}"


def _may_refuse(operation: Operation, exchange: Exchange) -> bool:
    """Tell whether a request that is in order can be refused in this way."""
    if not operation.models:
        return exchange.status in _CLOSED
    if exchange.status != HTTPStatus.BAD_REQUEST or not _has_published_urls(operation, exchange.sent):
        return exchange.status in _ALLOWED
    error = exchange.answered.get("error") if isinstance(exchange.answered, dict) else None
    return isinstance(error, dict) and error.get("code") == _UNMEASURED


def _has_published_urls(operation: Operation, body: Any) -> bool:
    """Tell whether a request has no URLs but those of the published example, so that nothing can be wrong with them."""
    published: Any = operation.request_example or {}
    return all(value == published.get(name) for name, value in body.items() if name.endswith(_URLS))


def find_answered(record: ServerRecord) -> Iterator[tuple[Exchange, Operation]]:
    """Yield each request to an operation that was answered, with the operation."""
    for exchange in record.asked:
        operation = page_of(record.contract, exchange)
        if operation is not None and exchange.error is None:
            yield exchange, operation


def _is_in_order(operation: Operation, exchange: Exchange) -> bool:
    """Tell whether a request can be answered, whatever is there: it creates a task, or reads what is always there."""
    if not operation.models and operation.id not in _READINGS:
        return False
    if operation.method == "POST" and (exchange.sent is NO_JSON or operation.request_violations(exchange.sent)):
        return False
    headers = operation.header_violations(dict(exchange.request_headers))
    return not headers and not operation.query_violations(exchange.query)


def tell(violation: Violation) -> str:
    """Return what is wrong in words, with the clause that is broken where there is one."""
    told = f"{violation.path or 'the body'} {violation.message}"
    return told if violation.clause is None else f"{told} ({violation.clause})"


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="S1",
        title="What is answered has the form that the operation's page gives it.",
        check=check_answers,
        clauses=("RES-ID", "TASK-READ", "CRED-DATA", "LIST-BODY", "BATCH-BODY", "MODELS-LIST", "FILE-STORED"),
        exposure="An operation answered with a status below 400.",
        advice="Hold the answer against the operation's schema, which a report of `evolink-contracts` names.",
    ),
    Rule(
        id="S2",
        title="A request that is as its page has it is not refused as wrong, and no request breaks the server.",
        check=check_refusals,
        ground=Ground.ROB,
        clauses=("OP-CREATE", "TASK-READ", "CRED-READ", "LIST-READ", "BATCH-READ", "MODELS-LIST"),
        exposure="An operation was asked for something.",
        advice="Hold the request against its page, and look for an error in the server's log.",
    ),
)
"""The rules on whether answers fit their pages."""
