"""The simulator's journal as a record: what `/_mock/journal` answers, as it is or as decoded from JSON."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from contracts.recording.client import TRAFFIC, ClientRecord, Clock, View
from contracts.recording.clocks import Move, Noted, place, read_clock, real_time
from contracts.recording.exchange import Exchange, Pair, omit
from contracts.recording.happenings import Event
from contracts.recording.intake import RecordingError, find_cut, take_in
from contracts.recording.received import Callbacks, Delivery, note_attempts

NOT_JSON: Final = "it is not JSON that can be read"
"""Why a journal hides a body that is no JSON; that much is known of it."""


class JournalMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A request or an answer as a journal has it."""

    headers: tuple[Pair, ...]
    body: str | None = None
    size: int = 0
    hidden: str | None = None


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of an entry; docs/reference/journal.md says what each part is."""

    number: int
    at: float
    wall: float
    milliseconds: float
    method: str
    url: str
    connection: str | None = None
    status: int | None = None
    request: JournalMessage
    answer: JournalMessage
    faults: tuple[str, ...] = ()


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a journal."""

    entries: tuple[JournalEntry, ...]


def read_journal(
    journal: Any,
    *,
    callbacks: Any = None,
    heard: Iterable[Delivery] = (),
    moves: Iterable[Any] = (),
    clock: Clock | None = None,
    events: Sequence[Event] = (),
    **facts: Any,
) -> ClientRecord:
    """Read a journal.

    Args:
        journal: What `/_mock/journal` answers, as its struct, or as decoded from JSON.
        callbacks: What `/_mock/callbacks` answers, likewise.
        heard: What was seen of them where they reached a receiver; of others no more than the task is known.
        moves: How the clock was moved: what has `at`, `to` and `by` (`Move`).
        clock: What the client lived by; told by the times if it is left out.
        events: What else was done from outside.
        facts: What else is known, by the names of `ClientRecord`: what tasks cost, what the client reported, ...

    Raises:
        RecordingError: It is no journal.
    """
    entries = _convert(journal, Journal).entries
    noted = [note(entry) for entry in entries]
    known, pace = read_clock(noted)
    chosen = known if clock is None else clock
    first = max((entry.number for entry in entries), default=0) + 1
    called, missed = note_attempts(
        () if callbacks is None else _convert(callbacks, Callbacks).callbacks,
        heard,
        first=first,
        clocked=(lambda at: at) if chosen == "virtual" else real_time(noted, pace),
    )
    placed, hands = place([*noted, *called], [_convert(move, Move) for move in moves], clock=chosen)
    taken = take_in(placed)
    return ClientRecord(
        exchanges=tuple(exchange for exchange in taken if exchange.number < first),
        received=(*(exchange for exchange in taken if exchange.number >= first), *missed),
        events=(*hands, *events),
        view=View(
            clock=chosen,
            pace=pace if chosen == "scaled" else 1.0,
            sees=TRAFFIC if callbacks is None else TRAFFIC | {"receiver"},
            simulated=True,
        ),
        **facts,
    )


def note(entry: JournalEntry) -> Noted:
    """Return an exchange with the times of the journal."""
    made = Exchange(
        number=entry.number,
        started_at=entry.wall,
        ended_at=entry.wall + entry.milliseconds / 1_000,
        method=entry.method,
        url=entry.url,
        request_headers=entry.request.headers,
        request_body=_body(entry.request),
        status=entry.status,
        response_headers=entry.answer.headers,
        response_body=_body(entry.answer),
        connection=entry.connection or None,
        faults=entry.faults,
        omitted=omit(request=_is_omitted(entry.request), response=_is_omitted(entry.answer)),
    )
    error = "no answer came" if entry.status is None else find_cut(made, entry.answer.size)
    made = msgspec.structs.replace(made, error=error)
    return Noted(exchange=made, at=entry.at, wall=entry.wall, seconds=entry.milliseconds / 1_000)


def _body(message: JournalMessage) -> bytes:
    """Return a body as it is shown; one that is hidden because it is no JSON is told by that."""
    if message.hidden is not None:
        return f"({message.hidden})".encode() if message.hidden == NOT_JSON else b""
    return (message.body or "").encode("utf-8", "surrogatepass")


def _is_omitted(message: JournalMessage) -> bool:
    return message.hidden not in {None, NOT_JSON}


def _convert(value: Any, shape: type[Any]) -> Any:
    try:
        return msgspec.convert(value, shape, from_attributes=True)
    except msgspec.ValidationError as error:
        raise RecordingError(f"it is no journal of the simulator: {error}") from error
