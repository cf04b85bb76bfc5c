"""What schemathesis called, as a record that the rules can judge, in whole or around one call."""

import time
from collections import deque
from typing import Any, Final

import msgspec
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, Response

from contracts.recording.exchange import Exchange
from contracts.recording.recorder import Begun, Recorder
from contracts.recording.server import ServerRecord
from contracts.recording.sights import read_sights
from openapi.operations import Operations, load_operations

_NEAR: Final = 4
"""How many looks at a task, besides the first one, a call is judged with."""

_NAME: Final = "evolink_trace"


class Trace:
    """The calls of one schema: each exchange, and the looks at each task that came before it.

    Args:
        contract: The operations that they are held against; those that come with the package if not given.
    """

    def __init__(self, contract: Operations | None = None) -> None:
        self.contract: Final = contract or load_operations()
        self._recorder: Final = Recorder(time.time, alone=False, contract=self.contract)
        self._begun: Final[dict[str, Begun]] = {}
        self._latest: Final[dict[str, Exchange]] = {}
        self._first: Final[dict[str, Exchange]] = {}
        self._near: Final[dict[str, deque[Exchange]]] = {}

    @property
    def record(self) -> ServerRecord:
        """All that was called."""
        return self._recorder.record

    def begin(self, case: Case[Any]) -> None:
        """Note that a call begins."""
        self._begun[case.id] = self._recorder.begin()

    def end(self, case: Case[Any], response: Response) -> None:
        """Note that a call has been answered."""
        begun = self._begun.pop(case.id, None)
        if begun is None:
            return
        request = response.request
        exchange = self._recorder.add(
            begun,
            method=str(request.method),
            url=str(request.url),
            request_headers=_pairs(request.headers),
            request_body=read_body(request.body),
            status=response.status_code,
            response_headers=[(name, value) for name, values in response.headers.items() for value in values],
            response_body=response.content or b"",
        )
        self._latest[case.id] = exchange
        for task in {sight.task for sight in read_sights(exchange)}:
            self._first.setdefault(task, exchange)
            self._near.setdefault(task, deque(maxlen=_NEAR)).append(exchange)

    def around(self, case: Case[Any]) -> ServerRecord | None:
        """Return a record of a case's last call and of what was last seen of its tasks; None if it was not noted."""
        exchange = self._latest.get(case.id)
        if exchange is None:
            return None
        chosen = {exchange.number: exchange}
        for task in {sight.task for sight in read_sights(exchange)}:
            chosen |= {near.number: near for near in (self._first[task], *self._near[task])}
        exchanges = tuple(each for number, each in sorted(chosen.items()) if number <= exchange.number)
        return ServerRecord(exchanges=exchanges, alone=False, contract=self.contract)


def trace_of(case: Case[Any]) -> Trace:
    """Return the trace of the schema that a case belongs to."""
    known: dict[str, Any] = vars(case.operation.schema)
    if _NAME not in known:
        begin_trace(case.operation.schema, None)
    trace: Trace = known[_NAME]
    return trace


def begin_trace(schema: Any, contract: Operations | None) -> None:
    """Begin the trace of a schema that is held against these operations (see `Trace`)."""
    vars(schema)[_NAME] = Trace(contract)


def read_body(body: Any) -> bytes:
    """Return a body as it was sent; nothing for one that was sent piece by piece."""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""


def read_last(record: ServerRecord) -> Exchange:
    """Return the last call of a record."""
    return record.exchanges[-1]


def paced(record: ServerRecord, *, pace: float, skew: float) -> ServerRecord:
    """Return a record of a server whose clock is as told."""
    return msgspec.structs.replace(record, pace=pace, skew=skew)


def _pairs(headers: "CaseInsensitiveDict[Any]") -> list[tuple[str, str]]:
    return [(name, value.decode("latin-1") if isinstance(value, bytes) else value) for name, value in headers.items()]
