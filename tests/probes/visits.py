"""Sessions with servers that are a function, by a clock that only the test moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2

from contracts.probes.means import Access, Means
from contracts.probes.probe import Need
from contracts.probes.session import Session
from contracts.probes.targets import TargetError
from contracts.recording import Exchange, ServerRecord

Serve = Callable[[httpx2.Request], httpx2.Response]
URL: Final = "https://api.example.com"
KEYS: Final = ("sk-first", "sk-other")


def visit(serve: Serve, *, slept: list[float] | None = None, means: Means | None = None) -> Session:
    """Return a session in real time with a server; nobody sleeps, but what would be slept is noted."""
    client = httpx2.Client(base_url=URL, transport=httpx2.MockTransport(serve))
    sleep = ([] if slept is None else slept).append
    return Session(Access(client), means or Means(keys=KEYS), sleep=sleep)


def exchanged(method: str, path: str, status: int | None, **facts: Any) -> ServerRecord:
    """Return the record of one exchange."""
    exchange = Exchange(
        number=1, started_at=1.0, ended_at=2.0, method=method, url=f"{URL}{path}", status=status, **facts
    )
    return ServerRecord(exchanges=(exchange,))


class ServedTarget:
    """A target that is a function, with real money or a simulator's; after so many visits there is nobody any more."""

    name = URL

    def __init__(self, serve: Serve, *, simulated: bool = False, visits: int = 9) -> None:
        self.simulated = simulated
        self.offers: frozenset[Need] = frozenset({"second key"})
        self._serve = serve
        self._visits = visits

    @contextmanager
    def visit(self, *, in_real_time: bool) -> Iterator[Session]:
        """Begin a session."""
        self._visits -= 1
        if self._visits < 0:
            raise TargetError(f"nobody is there, in real time: {in_real_time}")
        yield visit(self._serve)
