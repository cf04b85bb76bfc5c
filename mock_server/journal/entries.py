"""Exchanges as a person reads them: decoded, explained, and without secrets unless they are asked for."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mock_server.core.types import SECOND
from mock_server.journal.bodies import Body, answer_body, request_body
from mock_server.journal.contract import NOTHING, Contract, unknown_fields
from mock_server.journal.exchange import Exchange
from mock_server.journal.near_misses import ErrorTold, NearMiss, Refusal, near_misses
from mock_server.journal.shown import Pairs, Shown, shown_as_it_was, shown_redacted, texts

_MILLISECOND = SECOND // 1_000


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request or an answer: its headers, its body as text, and the size of the body in bytes as it went by.

    `hidden` says why a body that was there is not shown, and is null otherwise.
    """

    headers: Pairs
    body: str | None
    size: int
    hidden: str | None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exchange of the journal.

    `number` counts from 1 in each generation of the journal, in the order in which exchanges ended; `id` is what the
    answer had as x-request-id. `at` is the universe's time and `wall` real time, when the request came, in seconds.
    `connection` names the client's connection, `turn` says which request on it this was. `status` is null when the
    client went away before an answer began. `faults` are those that struck, by kind.
    """

    number: int
    id: str
    universe: str
    at: float
    wall: float
    milliseconds: float
    method: str
    url: str
    http_version: str
    connection: str
    turn: int
    reused: bool
    operation: str | None
    task: str | None
    account: str | None
    status: int | None
    request: Message
    answer: Message
    clauses: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]
    unknown_fields: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def make_entry(exchange: Exchange, contract: Contract, *, secrets: bool) -> Entry:
    """Make a finished exchange readable, with or without what is secret in it."""
    headers = dict(texts(exchange.headers))
    request = request_body(exchange, headers)
    answer = answer_body(exchange, dict(texts(exchange.answer_headers)))
    shown = (
        shown_as_it_was(exchange, request, answer) if secrets else shown_redacted(exchange, request, answer, contract)
    )
    operation = contract.operation(exchange.operation)
    unknown = unknown_fields(request.value, NOTHING if operation is None else operation.body_schema)
    missed = near_misses(_refusal(exchange, request, answer, shown, contract), contract)
    return Entry(
        number=exchange.number,
        id=exchange.id,
        universe=exchange.universe or "",
        at=exchange.at / SECOND,
        wall=exchange.started / SECOND,
        milliseconds=(exchange.ended - exchange.started) / _MILLISECOND,
        method=exchange.method,
        url=_url(exchange, shown),
        http_version=exchange.http_version,
        connection=exchange.connection,
        turn=exchange.turn,
        reused=exchange.turn > 1,
        operation=exchange.operation,
        task=_masked(exchange.task, shown),
        account=exchange.account,
        status=exchange.status or None,
        request=Message(
            headers=shown.headers, body=shown.request.text, size=exchange.body_size, hidden=shown.request.hidden
        ),
        answer=Message(
            headers=shown.answer_headers, body=shown.answer.text, size=exchange.answer_size, hidden=shown.answer.hidden
        ),
        clauses=exchange.clauses,
        near_misses=tuple(_masked_miss(miss, shown) for miss in missed),
        unknown_fields=tuple(shown.mask(name) for name in unknown),
        faults=exchange.faults,
        notes=tuple(shown.mask(note) for note in exchange.notes),
    )


def _refusal(exchange: Exchange, request: Body, answer: Body, shown: Shown, contract: Contract) -> Refusal:
    told = answer.value if shown.answer.hidden is None else None
    allowed = dict(texts(exchange.answer_headers)).get("allow", "")
    return Refusal(
        method=exchange.method,
        path=exchange.path,
        query=dict(parse_qsl(exchange.query.decode("latin-1"), keep_blank_values=True)),
        headers=dict(texts(exchange.headers)),
        shown_headers=dict(shown.headers),
        body=request.value,
        operation=contract.operation(exchange.operation),
        status=exchange.status,
        clauses=exchange.clauses,
        error=_error_told(told),
        allowed=tuple(allowed.split(", ")) if allowed else (),
    )


def _error_told(answer: Any) -> ErrorTold | None:
    """Read the error of an answer; None if it holds none, as that of a fault may."""
    try:
        return msgspec.convert(answer["error"], ErrorTold) if isinstance(answer, dict) else None
    except (KeyError, msgspec.ValidationError):
        return None


def _masked_miss(miss: NearMiss, shown: Shown) -> NearMiss:
    return msgspec.structs.replace(
        miss,
        field=shown.mask(miss.field),
        found=_masked(miss.found, shown),
        message=shown.mask(miss.message),
        nearest=tuple(_masked(form, shown) for form in miss.nearest),
    )


def _masked(value: Any, shown: Shown) -> Any:
    if isinstance(value, list):
        return [_masked(item, shown) for item in value]
    return shown.mask(value) if isinstance(value, str) else value


def _url(exchange: Exchange, shown: Shown) -> str:
    host = dict(shown.headers).get("host", "")
    return f"{exchange.scheme}://{host}{shown.path}" + (f"?{shown.query}" if exchange.query else "")
