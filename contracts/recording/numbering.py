"""Exchanges of several records, numbered as those of one."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.record import Record

Some = TypeVar("Some", bound=Record)


def number_on(records: Iterable[Some]) -> Iterator[Some]:
    """Number the exchanges of records on from one to the next, so that no two have the same number."""
    last: int = 0
    for record in records:
        exchanges: tuple[Exchange, ...] = _number(record.exchanges, last)
        received: tuple[Exchange, ...] = _number(record.received, last)
        yield msgspec.structs.replace(record, exchanges=exchanges, received=received)
        last = max((each.number for each in (*exchanges, *received)), default=last)


def _number(exchanges: tuple[Exchange, ...], by: int) -> tuple[Exchange, ...]:
    return tuple(msgspec.structs.replace(each, number=each.number + by) for each in exchanges)
