"""An HTTP Archive (HAR 1.2) as a record: the simulator's, a browser's, or a proxy's."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from contracts.recording.client import TRAFFIC, ClientRecord, View
from contracts.recording.clocks import Noted, place, read_clock
from contracts.recording.exchange import Exchange, Pair, omit
from contracts.recording.happenings import Event
from contracts.recording.intake import TICK, RecordingError, find_cut, take_in
from contracts.recording.journal import NOT_JSON
from contracts.recording.replies import NEVER_SENT

_OURS: Final = "evolink-mock"
_UNSENT: Final = re.compile(r"REFUSED|NAME_NOT_RESOLVED|CERT|SSL|ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED")


class _Named(msgspec.Struct, frozen=True):
    name: str
    value: str = ""


class _PostData(msgspec.Struct, frozen=True, kw_only=True):
    text: str | None = None
    encoding: str | None = None
    params: tuple[_Named, ...] = ()
    comment: str | None = None


class _Request(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    method: str
    url: str
    headers: tuple[_Named, ...] = ()
    post_data: _PostData | None = None
    body_size: float | None = None


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    size: float | None = None
    text: str | None = None
    encoding: str | None = None
    comment: str | None = None


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    status: int = 0
    headers: tuple[_Named, ...] = ()
    content: _Content = _Content()
    error: str | None = msgspec.field(name="_error", default=None)


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    at: float
    faults: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    request: _Request
    response: _Response = _Response()
    started_date_time: str | None = None
    time: float | None = None
    connection: str | None = None
    facts: _Facts | None = msgspec.field(name="_evolink", default=None)


class _Creator(msgspec.Struct, frozen=True):
    name: str = ""


class _Log(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[_Entry, ...]
    creator: _Creator = _Creator()


class _Har(msgspec.Struct, frozen=True):
    log: _Log


def read_har(document: Any) -> ClientRecord:
    """Read an archive, as decoded from JSON.

    An entry without a time comes right after the one before it, and nothing is said of how long the client waited.

    Raises:
        RecordingError: It is none.
    """
    try:
        log = msgspec.convert(document, _Har).log
    except msgspec.ValidationError as error:
        raise RecordingError(f"it is no HTTP Archive that can be read: {error}") from error
    if log.creator.name == _OURS and all(entry.facts is not None for entry in log.entries):
        return _read_ours(log)
    made, gaps = _place(log.entries)
    return ClientRecord(exchanges=take_in(made), events=gaps)


def _read_ours(log: _Log) -> ClientRecord:
    noted = [_note(entry, index) for index, entry in enumerate(log.entries, start=1)]
    clock, pace = read_clock(noted)
    placed, _ = place(noted, (), clock=clock)
    view = View(clock=clock, pace=pace, sees=TRAFFIC, simulated=True)
    return ClientRecord(exchanges=take_in(placed), view=view)


def _note(entry: _Entry, number: int) -> Noted:
    begun = _read_time(entry, number) or 0.0
    facts = entry.facts or _Facts(number=number, at=begun)
    exchange = msgspec.structs.replace(_read_entry(entry, facts.number), faults=facts.faults)
    return Noted(exchange=exchange, at=facts.at, wall=begun, seconds=_seconds(entry))


def _place(entries: tuple[_Entry, ...]) -> tuple[tuple[Exchange, ...], tuple[Event, ...]]:
    """Give exchanges their times; where one has none, what the client waited for is not known."""
    made: list[Exchange] = []
    gaps: list[Event] = []
    now = 0.0
    for number, entry in enumerate(entries, start=1):
        begun = _read_time(entry, number)
        start = now + TICK if begun is None else begun
        if begun is None and made:
            gaps.append(Event(kind="clock", at=now, to=start))
        now = start + _seconds(entry)
        made.append(msgspec.structs.replace(_read_entry(entry, number), started_at=start, ended_at=now))
    return tuple(made), tuple(gaps)


def _read_time(entry: _Entry, number: int) -> float | None:
    if not entry.started_date_time:
        return None
    try:
        begun = datetime.fromisoformat(entry.started_date_time)
    except ValueError as error:
        told = entry.started_date_time[:40]
        raise RecordingError(
            f"log.entries[{number - 1}].startedDateTime must be a date and time, not {told!r}"
        ) from error
    return (begun if begun.tzinfo is not None else begun.replace(tzinfo=UTC)).timestamp()


def _seconds(entry: _Entry) -> float:
    return max(0.0, (entry.time or 0.0) / 1_000)


def _read_entry(entry: _Entry, number: int) -> Exchange:
    request, response = entry.request, entry.response
    try:
        sent, came = _read_sent(request), _read_content(response.content)
    except binascii.Error as error:
        raise RecordingError(f"log.entries[{number - 1}]: a body is no base64: {error}") from error
    made = Exchange(
        number=number,
        started_at=0.0,
        ended_at=0.0,
        method=request.method,
        url=request.url.partition("#")[0],
        request_headers=_pairs(request.headers),
        request_body=sent or b"",
        status=response.status or None,
        response_headers=_pairs(response.headers),
        response_body=came or b"",
        connection=entry.connection,
        omitted=omit(request=sent is None, response=came is None),
    )
    return msgspec.structs.replace(made, error=_find_error(made, response))


def _find_error(made: Exchange, response: _Response) -> str | None:
    if made.status is None:
        told = response.error or "no answer came"
        return NEVER_SENT if _UNSENT.search(told) else told
    size = response.content.size
    return None if "response" in made.omitted or not size or size < 0 else find_cut(made, int(size))


def _read_sent(request: _Request) -> bytes | None:
    """Return a request's body; None if there was one and it is not here."""
    post = request.post_data
    if post is None:
        return None if (request.body_size or 0) > 0 else b""
    if post.comment:
        return _hidden(post.comment)
    if post.text is None or (not post.text and post.params):
        return None
    return _decode(post.text, post.encoding)


def _read_content(content: _Content) -> bytes | None:
    """Return an answer's body; None if there was one and it is not here."""
    if content.comment and not content.text:
        return _hidden(content.comment)
    if content.text is None:
        return None if (content.size or 0) > 0 else b""
    return _decode(content.text, content.encoding)


def _hidden(reason: str) -> bytes | None:
    return f"({reason})".encode() if reason == NOT_JSON else None


def _decode(text: str, encoding: str | None) -> bytes:
    return base64.b64decode(text) if encoding == "base64" else text.encode("utf-8", "surrogatepass")


def _pairs(headers: tuple[_Named, ...]) -> tuple[Pair, ...]:
    return tuple((header.name, header.value) for header in headers)
