"""A witness of what goes to a receiver of callbacks, and of what that answers: for the judge, which looks at both."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final, TypeAlias

from contracts.drive.incoming import RequestReader
from contracts.recording.exchange import Pair
from contracts.recording.received import Delivery
from mock_server.callbacks.callbacks import SENDING
from mock_server.core.http.urls import WebUrl
from mock_server.core.types import SECOND
from mock_server.egress.answer import Answer, AnswerReader
from mock_server.egress.egress import Deliver, Unreachable
from mock_server.egress.posting import Body, Connection, Headers, write_head
from mock_server.journal.exchange import KEPT_BYTES
from mock_server.universes.clock import Wall

Witnessed: TypeAlias = Callable[[str, Delivery], object]
"""Gets what was seen of an attempt, and the name of its universe."""

_LONGEST: Final = KEPT_BYTES + 1
"""How many bytes of a body are taken in: enough to tell that it is too long to be kept."""


class FullAnswer(Answer, frozen=True):
    """What a receiver answered, with its headers, whose names are in small letters, and the beginning of its body."""

    headers: tuple[Pair, ...] = ()
    body: bytes = b""


class FullAnswerReader(AnswerReader):
    """Reads one answer, and keeps its headers, and of its body as much as may be needed."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep it, unless it is of something after the answer."""
        super().on_header(name, value)
        if not self.whole:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Pass over those of a provisional answer."""
        super().on_headers_complete()
        if not self.status:
            self.headers.clear()

    def on_body(self, body: bytes) -> None:
        """Keep as much as may be needed."""
        super().on_body(body)
        if not self.whole:
            self.body = keep(self.body, body)


class FullConnection(Connection):
    """A connection that is used for one request, and keeps what is answered."""

    def __init__(self) -> None:
        super().__init__()
        self._came = b""

    async def post(self, url: WebUrl, headers: Headers, body: Body) -> FullAnswer:
        """Send a request, and return what is answered.

        Raises:
            AnswerError: No whole answer came back.
            OSError: The connection broke.
        """
        answer, reader = await super().post(url, headers, body), FullAnswerReader()
        reader.feed(self._came)
        return FullAnswer(answer.status, answer.size, texts(reader.headers), reader.body)

    def data_received(self, data: bytes) -> None:
        """Keep it, and read on."""
        self._came += data
        super().data_received(data)


def witness(deliver: Deliver, *, wall: Wall, tell: Witnessed) -> Deliver:
    """Return what takes requests as another does, and tells of each that reached it what was sent and answered."""

    async def deliver_seen(url: WebUrl, body: Body, headers: Headers) -> Answer:
        """Have the other take a request, and return what it answers."""
        reader, pairs = RequestReader(), tuple(headers.items() if isinstance(headers, Mapping) else headers)
        if isinstance(body, bytes):
            reader.feed(write_head(url, (*pairs, ("content-length", str(len(body))))) + body)
        else:
            body = _read_along(body, reader)
        started, answer = wall(), Answer(0, 0)
        try:
            answer = await deliver(url, body, pairs)
        except Unreachable:
            raise
        except BaseException:
            tell(*_see(reader, answer, started, wall()))
            raise
        tell(*_see(reader, answer, started, wall()))
        return answer

    return deliver_seen


def _read_along(body: Callable[[bytes], AsyncIterator[bytes]], reader: RequestReader) -> Body:
    async def send(head: bytes) -> AsyncIterator[bytes]:
        async for piece in body(head):
            reader.feed(piece)
            yield piece

    return send


def _see(reader: RequestReader, answer: Answer, started: int, ended: int) -> tuple[str, Delivery]:
    sending = SENDING.get()
    headers, came = (answer.headers, answer.body) if isinstance(answer, FullAnswer) else ((), b"")
    return sending.universe, Delivery(
        callback=sending.id,
        attempt=sending.attempts + 1,
        started_at=started / SECOND,
        ended_at=ended / SECOND,
        request_headers=texts(reader.headers),
        request_body=_bounded(reader.body),
        response_headers=headers,
        response_body=_bounded(came),
        omitted=(
            *(("request",) if len(reader.body) > KEPT_BYTES else ()),
            *(("response",) if len(came) > KEPT_BYTES else ()),
        ),
    )


def keep(kept: bytes, more: bytes) -> bytes:
    """Return what is kept of a body when more of it has come."""
    return (kept + more)[:_LONGEST]


def _bounded(body: bytes) -> bytes:
    return body if len(body) <= KEPT_BYTES else b""


def texts(headers: list[tuple[bytes, bytes]]) -> tuple[Pair, ...]:
    """Return headers as texts, their names in small letters."""
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
