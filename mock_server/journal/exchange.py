"""What is noted of one request while it is served.

Noting must cost next to nothing, so an exchange refers to what came in and went out as it was. Once it is over it is
kept as one piece of bytes: the twenty small objects that it consists of, kept for long, would cost each request 8 us
(measured), for memory that is never near, and for the collector. It is made readable, and its secrets are taken out,
when somebody asks (`journal.entries`).
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from mock_server.core.types import Instant

EXCHANGE: Final = "mock_server.exchange"
"""Where the exchange of a request is found in its ASGI scope."""

END: Final = "mock_server.end"
"""Where what closes an exchange is found in its ASGI scope, for who sends an answer past ASGI."""

KEPT_BYTES: Final = 65_536
"""How much of a body is kept; of a longer one only its size is known."""

_FIRST_ERROR: Final = 400


class Keeper(Protocol):
    """What keeps exchanges once they are over."""

    def record(self, exchange: "Exchange") -> None:
        """Take in an exchange that has ended."""
        ...


class Exchange(msgspec.Struct, array_like=True):
    """One request and its answer.

    `started` and `ended` are microseconds of real time, `at` is the universe's time; `connection` and `turn` tell which
    connection of this server it came by, and as which request on it. The status is 0 until an answer has begun.
    `named` says that plans have had a hand in its x-request-id, so that the answer has its own, or none. Of a body that
    is a file, which `keeps_body` and `keeps_answer` tell, only the size is noted. `journal` is where it belongs.
    """

    method: str
    path: str
    started: int
    query: bytes = b""
    scheme: str = "http"
    http_version: str = "1.1"
    headers: Sequence[tuple[bytes, bytes]] = ()
    connection: str = ""
    turn: int = 0
    body: bytes = b""
    body_size: int = 0
    id: str = ""
    number: int = 0
    at: Instant = 0
    ended: int = 0
    status: int = 0
    answer_headers: Sequence[tuple[bytes, bytes]] = ()
    answer_body: bytes = b""
    answer_size: int = 0
    operation: str | None = None
    universe: str | None = None
    account: str | None = None
    task: str | None = None
    clauses: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    named: bool = False
    keeps_body: bool = True
    keeps_answer: bool = True
    journal: Keeper | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the answer is an error."""
        return self.status >= _FIRST_ERROR

    def take_body(self, piece: bytes) -> None:
        """Note a piece of the request's body."""
        self.body_size += len(piece)
        self.body = self.body + piece if self.keeps_body and self.body_size <= KEPT_BYTES else b""

    def take_answer(self, piece: bytes) -> None:
        """Note a piece of the answer's body."""
        self.answer_size += len(piece)
        self.answer_body = self.answer_body + piece if self.keeps_answer and self.answer_size <= KEPT_BYTES else b""


pack_exchange: Final = msgspec.msgpack.Encoder(enc_hook=lambda _journal: None).encode
"""Makes one piece of bytes of an exchange, without its journal."""

unpack_exchange: Final[Callable[[bytes], Exchange]] = msgspec.msgpack.Decoder(Exchange).decode
"""Reads what `pack_exchange` wrote."""
