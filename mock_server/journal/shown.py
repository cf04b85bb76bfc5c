"""An exchange as it may be shown: without its secrets, or as it was if somebody asks for that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from mock_server.journal.bodies import NOT_KEPT, Body, request_body
from mock_server.journal.contract import NOTHING, Contract
from mock_server.journal.exchange import Exchange
from mock_server.journal.masking import Mask
from mock_server.journal.redaction import Redactor, make_key

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they came."""


class Text(msgspec.Struct, frozen=True):
    """A body as text; if it is hidden, the reason."""

    text: str | None = None
    hidden: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """What of an exchange may be shown; `mask` takes the secrets out of whatever else is said of it."""

    path: str
    query: str
    headers: Pairs
    answer_headers: Pairs
    request: Text
    answer: Text
    mask: Callable[[str], str]


def shown_as_it_was(exchange: Exchange, request: Body, answer: Body) -> Shown:
    """Return all of an exchange."""
    return Shown(
        path=quote(exchange.path, safe="/-._~:{}"),
        query=exchange.query.decode("latin-1"),
        headers=texts(exchange.headers),
        answer_headers=texts(exchange.answer_headers),
        request=_as_it_was(request),
        answer=_as_it_was(answer),
        mask=str,
    )


def shown_redacted(exchange: Exchange, request: Body, answer: Body, contract: Contract) -> Shown:
    """Return an exchange without its secrets: hidden first where they belong, then taken out everywhere else."""
    operation = contract.operation(exchange.operation)
    parameters = () if operation is None else operation.parameters
    redactor = Redactor(contract.vocabulary, key=make_key(exchange.universe or ""))
    headers = tuple((name, redactor.header(name, value)) for name, value in texts(exchange.headers))
    path = redactor.path(exchange.path)
    query = redactor.query(exchange.query.decode("latin-1"), {parameter.name for parameter in parameters})
    asked = redactor.request(request.value, NOTHING if operation is None else operation.body_schema)
    if request.value is UNSET:
        redactor.remember(request.raw.decode("utf-8", "replace"))
    answer_headers = tuple(
        (name, redactor.answer_header(name, value)) for name, value in texts(exchange.answer_headers)
    )
    answered = redactor.answer(answer.value)
    if request.hidden == NOT_KEPT and exchange.is_refused:
        answer = Body(b"", hidden="it may repeat something of the request, which was not kept")
    mask = redactor.mask()
    return Shown(
        path=mask.text(path),
        query=mask.text(query),
        headers=tuple((mask.text(name), mask.text(value)) for name, value in headers),
        answer_headers=tuple((name, mask.text(value)) for name, value in answer_headers),
        request=_masked_body(request, asked, mask),
        answer=_masked_body(answer, answered, mask),
        mask=mask.text,
    )


def shown_line(exchange: Exchange, contract: Contract) -> tuple[str, str | None]:
    """Return an exchange's path, escaped, and its task, without the secrets of the request."""
    request = request_body(exchange, dict(texts(exchange.headers)))
    shown = shown_redacted(exchange, request, Body(b""), contract)
    return shown.path, None if exchange.task is None else shown.mask(exchange.task)


def redact(request: Mapping[str, Any], contract: Contract, *, model: str) -> Mapping[str, Any]:
    """Return the body, as decoded, of a request that created a task of a model, without its secrets."""
    redactor, operation = Redactor(contract.vocabulary), contract.operations.of_models.get(model)
    shown = redactor.request(request, NOTHING if operation is None else operation.body_schema)
    redacted: Mapping[str, Any] = _masked(shown, redactor.mask())
    return redacted


def texts(headers: Sequence[tuple[bytes, bytes]]) -> Pairs:
    """Return headers as texts; bytes that are not UTF-8 stand for themselves, as HTTP has it."""
    return tuple((name.decode("latin-1"), _text(value)) for name, value in headers)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _as_it_was(body: Body) -> Text:
    try:
        return Text(body.raw.decode()) if body.raw else Text(hidden=body.hidden)
    except UnicodeDecodeError:
        return Text(hidden="it is not text")


def _masked_body(body: Body, shown: Any, mask: Mask) -> Text:
    """Return a body as it was written if nothing of it is hidden, else as JSON of what may be shown."""
    if body.hidden is not None or body.value is UNSET:
        return Text(hidden=body.hidden)
    shown = _masked(shown, mask)
    text = body.raw.decode() if shown == body.value else msgspec.json.encode(shown).decode()
    return Text(hidden="it holds a secret in a form that cannot be taken out") if mask.holds(text) else Text(text)


def _masked(value: Any, mask: Mask) -> Any:
    if isinstance(value, dict):
        return {mask.text(name): _masked(inner, mask) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    return mask.text(value) if isinstance(value, str) else value
