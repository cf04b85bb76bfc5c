"""Bodies as they were noted: decoded, or the reason why they cannot be."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from mock_server.core.errors import MalformedBody
from mock_server.core.validation import decode_json
from mock_server.journal.exchange import KEPT_BYTES, Exchange

NOT_KEPT: Final = f"it is longer than {KEPT_BYTES} bytes"
"""Why a long body is hidden: it was not kept at all."""

A_FILE: Final = "it is a file, or has one in it"
"""Why the body of an upload or a download is hidden: it was not kept."""

_NOT_JSON: Final = "it is not JSON that can be read"


class Body(msgspec.Struct, frozen=True):
    """A body: its bytes, what they say as JSON (unset if nothing), and why it cannot be shown if so."""

    raw: bytes
    value: Any = UNSET
    hidden: str | None = None


def request_body(exchange: Exchange, headers: Mapping[str, str]) -> Body:
    """Return the body of a request with these headers."""
    raw, size, declared = exchange.body, exchange.body_size, _declared(headers)
    if size and not exchange.keeps_body:
        return Body(raw, hidden=A_FILE)
    if size > KEPT_BYTES:
        return Body(raw, hidden=NOT_KEPT)
    if declared > size:
        return Body(raw, hidden=f"only {size} of its {declared} bytes were read")
    return _decoded(raw, headers)


def answer_body(exchange: Exchange, headers: Mapping[str, str]) -> Body:
    """Return the body of an answer with these headers."""
    if exchange.answer_size and not exchange.keeps_answer:
        return Body(b"", hidden=A_FILE)
    if exchange.answer_size > KEPT_BYTES:
        return Body(exchange.answer_body, hidden=NOT_KEPT)
    return _decoded(exchange.answer_body, headers)


def _decoded(raw: bytes, headers: Mapping[str, str]) -> Body:
    if not raw:
        return Body(raw)
    if "content-encoding" in headers:
        return Body(raw, hidden="it is compressed")
    try:
        return Body(raw, decode_json(raw))
    except MalformedBody:
        return Body(raw, hidden=_NOT_JSON)


def _declared(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0  # noqa: PLR2004 - 64 bits
