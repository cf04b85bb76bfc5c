"""How requests are refused: in the documented form, by method, and for want of a key (P1 to P3)."""

from http import HTTPStatus
from typing import Final

from contracts.recording.accounts import account_of
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.operations import FILES, UPLOAD_STREAM
from contracts.recording.pages import page_of
from contracts.recording.server import ServerRecord
from contracts.verdict import Examination, Finding, Ground, Rule, breach
from openapi.operations import Operation, load_operations

_OPERATIONS: Final = load_operations()
_USUAL: Final = _OPERATIONS.creations[0]
"""The page whose errors stand for those of requests that no page describes."""

_FORM: Final = _OPERATIONS[UPLOAD_STREAM]
"""The one operation that takes a form; its errors stand for those of the file service."""

_JSON: Final = "json"


def check_envelopes(record: ServerRecord) -> Examination:
    """P1: yield for each error that the API answers with, and for each body that is no JSON."""
    for exchange in record.asked:
        operation, status = page_of(record.contract, exchange), exchange.status or 0
        if not is_api(exchange) or exchange.error is not None:
            continue
        if operation is not None and _takes_json(operation) and exchange.request_body and exchange.sent is NO_JSON:
            refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
            yield None if refused else breach(exchange.place, "400, as the body is no JSON", f"{status}", exchange)
        if status >= HTTPStatus.BAD_REQUEST and exchange.method != "HEAD" and not _is_gateway(exchange):
            yield _check_envelope(exchange, operation, status)


def is_api(exchange: Exchange) -> bool:
    """Tell whether an exchange is with the API or the file service, and no download."""
    path = exchange.path
    return path.startswith(("/v1/", FILES)) and not path.startswith(f"{FILES}download/")


def _takes_json(operation: Operation) -> bool:
    return operation.method == "POST" and operation is not _FORM


def _is_gateway(exchange: Exchange) -> bool:
    """Tell whether a page in front of the service answered: an error of the server's class that is no JSON."""
    kind = exchange.response_header("content-type") or ""
    return (exchange.status or 0) > HTTPStatus.INTERNAL_SERVER_ERROR and _JSON not in kind


def _check_envelope(exchange: Exchange, operation: Operation | None, status: int) -> Finding | None:
    usual = _FORM if exchange.path.startswith(FILES) else _USUAL
    judge, told = usual, int(HTTPStatus.BAD_REQUEST)
    if operation is not None:
        judge = operation if {status, HTTPStatus.BAD_REQUEST} & set(operation.statuses) else usual
        told = status if status in judge.statuses else HTTPStatus.BAD_REQUEST
    form = '{"success", "code", "msg"}' if usual is _FORM else '{"error": {"code", "message", "type"}}'
    if exchange.answered is NO_JSON:
        return breach(
            exchange.place,
            f"{status} with the body {form}",
            f"{len(exchange.response_body)} bytes that are no JSON",
            exchange,
        )
    for violation in judge.response_violations(told, exchange.answered):
        where = violation.path or "the body"
        return breach(
            exchange.place,
            f"{status} with the body {form}",
            f"a body of which {where} is not as it must be: {violation.rule}",
            exchange,
        )
    return None


def check_methods(record: ServerRecord) -> Examination:
    """P2: yield for each 405, and for each HEAD and OPTIONS."""
    for exchange in record.asked:
        if exchange.error is not None or not is_api(exchange):
            continue
        if exchange.status == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = exchange.response_header("allow")
            names = [] if allowed is None else [name.strip() for name in allowed.split(",") if name.strip()]
            fine = allowed is not None and exchange.method not in names
            expected = f"an Allow header that names the methods of the path, {exchange.method} not among them"
            yield None if fine else breach(exchange.place, expected, f"{allowed!r}", exchange)
        elif exchange.method in {"HEAD", "OPTIONS"}:
            fine, expected = (
                (exchange.status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR,
                f"an answer to {exchange.method}",
            )
            yield None if fine else breach(exchange.place, expected, f"{exchange.status}", exchange)


def check_keys(record: ServerRecord) -> Examination:
    """P3: yield for each request of an operation without a Bearer key."""
    orders: dict[tuple[str, str], tuple[bool, Exchange]] = {}
    for exchange in record.asked:
        operation, status = page_of(record.contract, exchange), exchange.status or 0
        if operation is None or exchange.error is not None or account_of(exchange) is not None:
            continue
        fault = _find_fault(operation, exchange)
        if exchange.succeeded or (not fault and status != HTTPStatus.UNAUTHORIZED and not _is_elsewhere(status)):
            yield breach(exchange.place, "401, as the request has no Bearer key", f"{status}", exchange)
        elif not _is_elsewhere(status):
            first, earlier = orders.setdefault((operation.id, fault), (status == HTTPStatus.UNAUTHORIZED, exchange))
            before = "401" if first else "the request's own fault"
            expected = f"{before}, as for the same request before"
            same = first == (status == HTTPStatus.UNAUTHORIZED)
            yield None if same else breach(exchange.place, expected, f"{status}", earlier, exchange)


def _is_elsewhere(status: int) -> bool:
    """Tell whether an answer says nothing of the request: the server is busy, or broken."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _find_fault(operation: Operation, exchange: Exchange) -> str:
    """Return what is wrong with a request besides its key; nothing for a request that is as it should be."""
    if _takes_json(operation) and exchange.sent is NO_JSON:
        return "no JSON"
    if operation is _FORM or operation.query_violations(exchange.query):
        return "form or query"
    if _takes_json(operation) and operation.request_violations(exchange.sent):
        return "body"
    return "path" if operation.path_violations(operation.path_values(exchange.path)) else ""


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="P1",
        title="Every error has the documented body, for requests that are not even JSON as well.",
        check=check_envelopes,
        clauses=("ERR-BODY", "ERR-PARAM", "CRED-ERR-BODY", "FILE-ERROR", "ERR-400"),
        exposure="The API answered with a status from 400 on, or got a body that is no JSON.",
        advice="Give errors of the framework and the router the same form as your own.",
    ),
    Rule(
        id="P2",
        title="A method that a path does not have gets 405 with Allow; HEAD and OPTIONS break nothing.",
        check=check_methods,
        ground=Ground.RFC,
        clauses=(),
        exposure="A request got 405, or was HEAD or OPTIONS.",
        advice="List the path's methods in Allow (RFC 9110, 15.5.6).",
    ),
    Rule(
        id="P3",
        title="A request without a key gets 401; what else is wrong with it is looked at in an order that stays.",
        check=check_keys,
        ground=Ground.SEC,
        clauses=("AUTH-BEARER", "AUTH-401"),
        exposure="An operation was called without a Bearer key.",
        advice="Read the key before anything else.",
    ),
)
"""The rules on how requests are refused."""
