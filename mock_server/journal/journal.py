"""Where finished exchanges are kept: a journal for each universe, all of them together within one bound of bytes.

An exchange belongs to the journal that it began in. Beginning a universe anew closes its journal and opens another, so
that a request which was under way at that moment cannot appear in the next test.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from mock_server.journal.exchange import Exchange, pack_exchange, unpack_exchange

_FEW: Final = 1_024
_OVERHEAD: Final = 80
"""Bytes that an exchange takes beside those it is packed into: of the object, and of the two places that name it."""


class Journals:
    """The journals of one server.

    Args:
        bound: How many bytes they may hold together; the oldest exchanges give way. 0 keeps nothing.
        begun: When the server was started, in microseconds: no two that follow each other number their journals alike.
    """

    def __init__(self, bound: int, *, begun: int = 0) -> None:
        self.bound = bound
        self.size = 0
        self._order: deque[Journal] = deque()
        self._gone = 0
        self._opened = begun // 1_000

    def open(self) -> "Journal":
        """Begin a journal."""
        self._opened += 1
        return Journal(self, self._opened)

    def added(self, journal: "Journal", weight: int) -> None:
        """Count an exchange that a journal has taken in, and make room for it."""
        self._order.append(journal)
        self.size += weight
        while self.size > self.bound:
            self.size -= self._order.popleft().drop_oldest()

    def closed(self, journal: "Journal", number: int) -> None:
        """Stop counting a journal that held so many exchanges."""
        self.size -= journal.size
        self._gone += number
        if not self.size or self._gone > max(_FEW, len(self._order) // 2):
            self._order = deque(other for other in self._order if other.size and other is not journal)
            self._gone = 0


class Journal:
    """What happened in one universe since it was begun.

    Args:
        journals: What bounds it.
        generation: A number that no other journal of the server has.
    """

    def __init__(self, journals: Journals, generation: int) -> None:
        self.generation = generation
        self.last = 0
        self.size = 0
        self._journals = journals
        self._packed: deque[bytes] = deque()
        self._under_way = 0
        self._stirred = 0
        self._closed = False
        self._changed: set[asyncio.Future[None]] = set()

    def __iter__(self) -> Iterator[Exchange]:
        return self.beyond(0)

    def __len__(self) -> int:
        return len(self._packed)

    def beyond(self, number: int) -> Iterator[Exchange]:
        """Give the exchanges beyond a number, in order, as they are now; those before it are not even unpacked."""
        known = number - (self.last - len(self._packed))
        return map(self._unpack, tuple(islice(self._packed, max(0, known), None)))

    def begin(self, exchange: Exchange) -> None:
        """Expect an exchange that has just begun."""
        exchange.journal = self
        self._under_way += 1

    def record(self, exchange: Exchange) -> None:
        """Take in an exchange that has ended."""
        self._under_way -= 1
        if not self._closed and self._journals.bound:
            self.last += 1
            exchange.number = self.last
            packed = pack_exchange(exchange)
            self._packed.append(packed)
            weight = len(packed) + _OVERHEAD
            self.size += weight
            self._journals.added(self, weight)
        if self._changed:
            self._tell()

    @property
    def changes(self) -> int:
        """How often something has happened: an exchange that was kept, or anything that `stir` told of."""
        return self.last + self._stirred

    def stir(self) -> None:
        """Count something that happened in the universe and is no exchange."""
        self._stirred += 1
        if self._changed:
            self._tell()

    def drop_oldest(self) -> int:
        """Let go of the oldest exchange, and return what it weighed; 0 if there is none any more."""
        if not self._packed:
            return 0
        weight = len(self._packed.popleft()) + _OVERHEAD
        self.size -= weight
        return weight

    def close(self) -> None:
        """Let go of everything; exchanges that are under way are not taken in any more."""
        self._closed = True
        self._journals.closed(self, len(self._packed))
        self._packed.clear()
        self.size = 0
        self._tell()

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing is under way, but not longer than so many real seconds; tell whether that is so."""
        return await self._wait(lambda: not self._under_way, seconds)

    async def wait_beyond(self, number: int, seconds: float) -> bool:
        """Wait for an exchange beyond a number, but not longer than so many real seconds; tell whether there is one."""
        return await self._wait(lambda: self.last > number, seconds)

    async def wait_change(self, seen: int, seconds: float) -> bool:
        """Wait for more than so many changes, but not longer than so many real seconds; tell whether they came."""
        return await self._wait(lambda: self.changes > seen, seconds)

    def _unpack(self, packed: bytes) -> Exchange:
        exchange = unpack_exchange(packed)
        exchange.journal = self
        return exchange

    async def _wait(self, reached: Callable[[], bool], seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not reached() and not self._closed and loop.time() < deadline:
            change = loop.create_future()
            self._changed.add(change)
            try:
                await asyncio.wait([change], timeout=deadline - loop.time())
            finally:
                self._changed.discard(change)
        return reached()

    def _tell(self) -> None:
        changed, self._changed = self._changed, set()
        for change in changed:
            change.set_result(None)
