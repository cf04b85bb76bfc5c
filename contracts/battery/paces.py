"""How time goes in a scenario that a program is put into: short tasks in real time, or long ones in compressed time."""

from collections.abc import Callable
from typing import Final

import msgspec

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event

_NAME: Final = "short tasks"
TEMPO: Final = f'task waits=0 runs=2 estimate=2 name="{_NAME}"'
"""The plan by which tasks are short, and are announced as that, where no other says how long they take."""


STEADY: Final = f'task waits=20 runs=60 estimate=80 name="{_NAME}"'
"""The plan by which tasks take one and the same time, on a clock that costs nothing."""


def without_tempo(record: ClientRecord) -> ClientRecord:
    """Return a record in which it is no fault that tasks are short: all about them is as the API would have it."""
    return msgspec.structs.replace(record, exchanges=tuple(map(_without_tempo, record.exchanges)))


def _without_tempo(exchange: Exchange) -> Exchange:
    if _NAME not in exchange.faults:
        return exchange
    return msgspec.structs.replace(exchange, faults=tuple(name for name in exchange.faults if name != _NAME))


def clip(record: ClientRecord) -> ClientRecord:
    """Return a record of a client that was stopped by its limit: nobody knows what it would have done then."""
    end = record.ended_at
    return msgspec.structs.replace(
        record,
        events=(*record.events, Event(kind="hand", at=end, to=end)),
        view=msgspec.structs.replace(record.view, clock="real"),
    )


def quicken(record: ClientRecord, *, speed: float, start: float) -> ClientRecord:
    """Return a record of a client whose time was compressed: with its own times, which are real until `start`."""

    def tell(at: float) -> float:
        return start + (at - start) * speed

    return msgspec.structs.replace(
        record,
        exchanges=_move(record.exchanges, tell),
        received=_move(record.received, tell),
        events=tuple(Event(kind=event.kind, at=tell(event.at), to=tell(event.to)) for event in record.events),
        until=None if record.until is None else tell(record.until),
        view=msgspec.structs.replace(record.view, pace=1.0),
    )


def _move(exchanges: tuple[Exchange, ...], tell: Callable[[float], float]) -> tuple[Exchange, ...]:
    return tuple(
        msgspec.structs.replace(each, started_at=tell(each.started_at), ended_at=tell(each.ended_at))
        for each in exchanges
    )
