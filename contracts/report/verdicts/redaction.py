"""What of exchanges may be shown: keys never, prompts and what may be a secret only if somebody asks for that.

What counts as a secret is said once, in `mock_server.journal.redaction`. Stand-ins for keys (`key-1a2b3c4d`) are shown:
they tell accounts from each other, and nothing else.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from contracts.recording.exchange import NO_JSON, Exchange, Pair
from contracts.recording.masking import fingerprint, read_bearer
from contracts.report.verdicts.words import whole_characters
from mock_server.journal.bodies import A_FILE
from mock_server.journal.contract import NOTHING, load_contract
from mock_server.journal.entries import Message
from mock_server.journal.masking import MARK
from mock_server.journal.redaction import Redactor
from openapi.operations import Operation

_LONGEST: Final = 20_000
"""How many characters of a body are shown."""

_NO_TEXT: Final = "it is not text"
_NO_JSON: Final = "it is not JSON that can be read"


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange whose secrets are hidden where they belong, and not yet elsewhere; unset is what cannot be shown."""

    exchange: Exchange
    operation: Operation | None
    url: str
    request_headers: tuple[Pair, ...]
    response_headers: tuple[Pair, ...]
    sent: Any
    answered: Any


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange as it may be shown; `operation` is the one that its method and path lead to, if any."""

    exchange: Exchange
    url: str
    operation: Operation | None
    request: Message
    answer: Message


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """The exchanges as they may be shown, and what takes their secrets out of whatever else is said of them."""

    exchanges: tuple[Shown, ...]
    callbacks: tuple[Shown, ...]
    text: Callable[[str], str]


def redact(exchanges: Iterable[Exchange], callbacks: Iterable[Exchange], *, shows_prompts: bool) -> Redaction:
    """Return exchanges and callbacks without their secrets; with `shows_prompts`, all but the keys is shown."""
    redactor = Redactor(load_contract().vocabulary)
    draft = _open if shows_prompts else _closed
    made = [draft(_whole(exchange), redactor, callback=False) for exchange in exchanges]
    received = [draft(_whole(callback), redactor, callback=True) for callback in callbacks]
    mask = redactor.mask()

    def text(given: str) -> str:
        return mask.text(whole_characters(given))

    return Redaction(
        exchanges=tuple(_shown(each, text) for each in made),
        callbacks=tuple(_shown(each, text) for each in received),
        text=text,
    )


def _whole(exchange: Exchange) -> Exchange:
    """Return an exchange whose texts UTF-8 can hold; a recording may have others."""
    return msgspec.structs.replace(
        exchange,
        url=whole_characters(exchange.url),
        request_headers=_texts(exchange.request_headers, whole_characters),
        response_headers=_texts(exchange.response_headers, whole_characters),
    )


def _open(exchange: Exchange, redactor: Redactor, *, callback: bool) -> _Draft:
    return _Draft(
        exchange=exchange,
        operation=None if callback else _operation(exchange),
        url=exchange.url,
        request_headers=tuple((name, _key_hidden(name, value, redactor)) for name, value in exchange.request_headers),
        response_headers=exchange.response_headers,
        sent=exchange.request_body,
        answered=exchange.response_body,
    )


def _key_hidden(name: str, value: str, redactor: Redactor) -> str:
    return _header(name, value, redactor) if name == "authorization" else value


def _closed(exchange: Exchange, redactor: Redactor, *, callback: bool) -> _Draft:
    operation = None if callback else _operation(exchange)
    return _Draft(
        exchange=exchange,
        operation=operation,
        url=_url(exchange, operation, redactor),
        request_headers=tuple((name, _header(name, value, redactor)) for name, value in exchange.request_headers),
        response_headers=tuple(
            (name, redactor.answer_header(name, value)) for name, value in exchange.response_headers
        ),
        sent=redactor.answer(exchange.sent) if callback else _sent(exchange, operation, redactor),
        answered=_answered(exchange, redactor),
    )


def _operation(exchange: Exchange) -> Operation | None:
    """Return the operation that a request asks for; None if no page describes one."""
    return load_contract().operations.at(exchange.method, exchange.path)


def _header(name: str, value: str, redactor: Redactor) -> str:
    key = read_bearer(value) if name == "authorization" else None
    return value if key is not None and fingerprint(key) == key else redactor.header(name, value)


def _url(exchange: Exchange, operation: Operation | None, redactor: Redactor) -> str:
    parts = exchange.parts
    path = redactor.path(parts.path)
    query = redactor.query(parts.query, [parameter.name for parameter in operation.parameters] if operation else ())
    origin = redactor.urls(f"{parts.scheme}://{parts.netloc}") if parts.scheme else ""
    return origin + (path if MARK in path else parts.path) + (f"?{query}" if query else "")


def _sent(exchange: Exchange, operation: Operation | None, redactor: Redactor) -> Any:
    """Return what of a request's body may be shown; what is no JSON may be anything, and so may any part of it."""
    if exchange.sent is NO_JSON:
        if exchange.request_body and not _is_form(exchange):
            redactor.remember(exchange.request_body[:_LONGEST].decode("utf-8", "replace"))
        return NO_JSON
    return redactor.request(exchange.sent, NOTHING if operation is None else operation.body_schema)


def _is_form(exchange: Exchange) -> bool:
    return (exchange.header("content-type") or "").startswith("multipart/")


def _answered(exchange: Exchange, redactor: Redactor) -> Any:
    """Return what of an answer's body may be shown: JSON, or a text as it is but for its URLs."""
    if exchange.answered is not NO_JSON:
        return redactor.answer(exchange.answered)
    try:
        return redactor.urls(exchange.response_body.decode()).encode()
    except UnicodeDecodeError:
        return exchange.response_body


def _shown(draft: _Draft, text: Callable[[str], str]) -> Shown:
    exchange = draft.exchange
    request = _body(exchange.request_body, exchange.sent, draft.sent, text)
    if request.hidden == _NO_JSON and _is_form(exchange):
        request = msgspec.structs.replace(request, hidden=A_FILE)
    answer = _body(exchange.response_body, exchange.answered, draft.answered, text)
    return Shown(
        exchange=exchange,
        url=text(draft.url),
        operation=draft.operation,
        request=_message(request, _texts(draft.request_headers, text)),
        answer=_message(answer, _texts(draft.response_headers, text)),
    )


def _texts(headers: Iterable[Pair], text: Callable[[str], str]) -> tuple[Pair, ...]:
    return tuple((text(name), text(value)) for name, value in headers)


def _body(raw: bytes, value: Any, shown: Any, text: Callable[[str], str]) -> Message:
    """Return a body as it was written if nothing of it is hidden, else as JSON of what may be shown."""
    body: str | None = None
    hidden: str | None = None
    if raw and shown is NO_JSON:
        hidden = _NO_JSON
    elif raw:
        try:
            written = shown if isinstance(shown, bytes) else raw if shown == value else msgspec.json.encode(shown)
            body = text(written.decode())
        except UnicodeDecodeError:
            hidden = _NO_TEXT
    return Message(headers=(), body=body, size=len(raw), hidden=hidden)


def _message(body: Message, headers: tuple[Pair, ...]) -> Message:
    if body.body is not None and len(body.body) > _LONGEST:
        body = msgspec.structs.replace(body, body=f"{body.body[:_LONGEST]} … ({len(body.body)} characters in all)")
    return msgspec.structs.replace(body, headers=headers)
