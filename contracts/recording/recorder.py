"""What fills a record: it makes a checker's calls and notes them, and is told what else happens.

recorder = Recorder(time.time)
answer = recorder.call(client, "GET", "/v1/credits", headers={"authorization": "Bearer sk-..."})
with recorder.happening("restart"):
    ...
judge(RULES, recorder.record)
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
import msgspec

from contracts.recording.exchange import Exchange, Pair
from contracts.recording.happenings import Event, Happening, Listener
from contracts.recording.masking import Mask
from contracts.recording.server import ServerRecord
from openapi.operations import Operations, load_operations

_TICK: Final = 1e-6


class Begun(msgspec.Struct, frozen=True):
    """An exchange that has begun: its number in the record, and when."""

    number: int
    at: float


class Recorder:
    """Notes what happens between a checker and a server, on whatever threads.

    Each reading of the clock is later than the one before, by a microsecond if by nothing more. So the times tell the
    order of all things even where the clock stands still.

    Args:
        now: The record's clock, in seconds since the epoch.
        listeners: Where callbacks are listened for.
        pace: The seconds of that clock in a real one.
        skew: By how many seconds the server's clock may differ from it.
        alone: Whether nothing else uses the accounts' credits, tasks of earlier included.
        contract: The operations of the pages that all this is held against; those that come with the package if not
            given.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        listeners: Iterable[Listener] = (),
        pace: float = 1.0,
        skew: float = 5.0,
        alone: bool = True,
        contract: Operations | None = None,
    ) -> None:
        self.media: Final[dict[str, float]] = {}
        self._now = now
        self._frame = ServerRecord(
            listeners=tuple(listeners), pace=pace, skew=skew, alone=alone, contract=contract or load_operations()
        )
        self._exchanges: list[Exchange] = []
        self._received: list[Exchange] = []
        self._events: list[Event] = []
        self._mask = Mask()
        self._count = 0
        self._latest = float("-inf")
        self._lock = threading.Lock()

    @property
    def record(self) -> ServerRecord:
        """What happened so far."""
        with self._lock:
            return msgspec.structs.replace(
                self._frame,
                exchanges=tuple(self._exchanges),
                received=tuple(self._received),
                events=tuple(self._events),
                media=dict(self.media),
            )

    def call(self, client: httpx2.Client, method: str, url: str, **options: Any) -> Exchange:
        """Make a call and note it; what goes wrong on the way is the exchange's `error`. Options: the client's."""
        request = client.build_request(method, url, **options)
        begun = self.begin()
        answer, error, body = None, None, b""
        try:
            answer = client.send(request, stream=True)
            try:
                for piece in answer.iter_bytes():
                    body += piece
            finally:
                answer.close()
        except httpx2.HTTPError as trouble:
            error = f"{type(trouble).__name__}: {trouble}"
        return self.add(
            begun,
            method=request.method,
            url=str(request.url),
            request_headers=request.headers.multi_items(),
            request_body=request.read(),
            status=None if answer is None else answer.status_code,
            response_headers=() if answer is None else answer.headers.multi_items(),
            response_body=body,
            error=error,
        )

    def begin(self) -> Begun:
        """Note that an exchange begins now."""
        with self._lock:
            self._count += 1
            return Begun(self._count, self._read_clock())

    def add(self, begun: Begun, **facts: Any) -> Exchange:
        """Note that an exchange with the server has ended: what `Exchange` has besides number and times."""
        return self._note(self._exchanges, begun, facts)

    def receive(self, begun: Begun, **facts: Any) -> Exchange:
        """Note that a callback has been received and answered: what `Exchange` has besides number and times."""
        return self._note(self._received, begun, facts)

    @contextmanager
    def happening(self, kind: Happening) -> Iterator[None]:
        """Note that something is done to the server for as long as this is entered."""
        with self._lock:
            at = self._read_clock()
        try:
            yield
        finally:
            with self._lock:
                self._events.append(Event(kind=kind, at=at, to=self._read_clock()))

    def _note(self, place: list[Exchange], begun: Begun, facts: dict[str, Any]) -> Exchange:
        requested: tuple[Pair, ...] = tuple(facts.pop("request_headers", ()))
        with self._lock:
            if place is self._exchanges:
                self._mask.learn((name.lower(), value) for name, value in requested)
            exchange = Exchange(
                number=begun.number,
                started_at=begun.at,
                ended_at=self._read_clock(),
                url=self._mask.text(facts.pop("url")),
                request_headers=self._mask.headers(requested),
                request_body=self._mask.body(facts.pop("request_body", b"")),
                response_headers=self._mask.headers(facts.pop("response_headers", ())),
                response_body=self._mask.body(facts.pop("response_body", b"")),
                **facts,
            )
            place.append(exchange)
            return exchange

    def _read_clock(self) -> float:
        self._latest = max(self._now(), self._latest + _TICK)
        return self._latest
