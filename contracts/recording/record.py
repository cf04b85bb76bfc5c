"""What the records of clients and of servers have in common: exchanges, callbacks, what else happened, and when."""

from functools import cached_property

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event, Happening
from openapi.operations import Operations, load_operations


class Record(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What went between a client and a server. All times are of one clock.

    Args:
        exchanges: The client's requests.
        received: The callbacks that came, as exchanges in which the client is the server.
        events: What was done from outside: to the clock, to a task by hand, to client and server.
        until: When the recording ended; None if nobody knows, so that nothing is known after the last exchange.
        contract: The operations of the pages that all this is held against.
    """

    exchanges: tuple[Exchange, ...] = ()
    received: tuple[Exchange, ...] = ()
    events: tuple[Event, ...] = ()
    until: float | None = None
    contract: Operations = msgspec.field(default_factory=load_operations)

    @cached_property
    def asked(self) -> tuple[Exchange, ...]:
        """The requests, in the order in which they began."""
        return tuple(sorted(self.exchanges, key=began))

    @cached_property
    def heard(self) -> tuple[Exchange, ...]:
        """The callbacks, in the order in which they began."""
        return tuple(sorted(self.received, key=began))

    @cached_property
    def ended_at(self) -> float:
        """The last time of which anything is known: what was done until then is in the record."""
        ends = (*(each.ended_at for each in (*self.exchanges, *self.received)), *(event.to for event in self.events))
        return max((*ends, *(() if self.until is None else (self.until,))), default=0.0)

    def disturbed(self, start: float, end: float, *kinds: Happening) -> bool:
        """Tell whether anything was done from outside between two times: of these kinds, or if none is named, of any.

        What passed then is not the client's, or not the server's.
        """
        return any((not kinds or event.kind in kinds) and event.overlaps(start, end) for event in self.events)


def began(exchange: Exchange) -> tuple[float, int]:
    """Return what puts exchanges in the order in which they began."""
    return exchange.started_at, exchange.number
