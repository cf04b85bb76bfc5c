"""A live server that the tests share, each in a universe of its own, and sockets to look at it with."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

import httpx2
import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.core.plans.wire import Manner
from mock_server.http import connection
from mock_server.http.connection import Connection
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from tests.serving import CREATE, Wall, bearer, example
from tests.wire.raw import Client, Quiet, Seen

LONG: Final = 300
"""Seconds after which each task has ended."""

_names = count(1)


class Live:
    """A server that is running, by a clock that stands still.

    Args:
        url: Where.
        quiet: The connections by which it sends nothing more.
        finished: The exchanges that are over.
    """

    def __init__(self, url: str, quiet: Quiet, finished: Sequence[Exchange]) -> None:
        self.url = url
        self.quiet = quiet
        self.finished = finished
        self.client = httpx2.Client(base_url=url)

    def connect(self) -> Client:
        """Open a connection."""
        return Client(self.url, quiet=self.quiet)


ENDS: Final[Mapping[str, str]] = {"close": "FIN", "reset": "RST", "half-close": "half-closed", "silence": "silence"}
"""How each manner of hanging up is seen."""


class Universe:
    """A universe, its tasks, and its plans.

    Args:
        live: The server that it is on.
    """

    def __init__(self, live: Live) -> None:
        self.live = live
        self.name = f"w{next(_names)}"
        self.headers = bearer(f"sk-mock-{self.name}")
        self.requests: dict[str, tuple[str, str, bytes | None]] = {
            "create": ("POST", CREATE, json.dumps(example()).encode()),
            "list": ("GET", "/v1/tasks", None),
            "credits": ("GET", "/v1/credits", None),
            "models": ("GET", "/v1/models", None),
        }

    def finish_task(self) -> None:
        """Create a task and let it end, so that there is one to query, and its link."""
        self.task = str(self.call("POST", CREATE, example())["id"])
        self.control("POST", "clock", {"advance": LONG})
        link = self.call("GET", f"/v1/tasks/{self.task}")["results"][0]
        self.requests["query"] = ("GET", f"/v1/tasks/{self.task}", None)
        self.requests["result"] = ("GET", httpx2.URL(link).path, None)

    def plan(self, *words: str) -> None:
        """Set these plans in the place of those that were there."""
        self.control("PUT", "plans", {"plans": "; ".join(words)})

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call the control API."""
        return self.call(method, f"/_mock/{path}", body)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make a request that succeeds, and return what is answered."""
        answer = self.live.client.request(method, path, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(
        self, client: Client, operation: str, *, method: str | None = None, headers: Mapping[str, str] = {}
    ) -> None:
        """Send a request by a connection."""
        usual, path, body = self.requests[operation]
        client.send(method or usual, path, {**self.headers, **headers}, body)

    def ask(
        self, operation: str, *, to_end: bool = True, method: str | None = None, headers: Mapping[str, str] = {}
    ) -> Seen:
        """Make a request on a connection of its own; read to its end, or else one answer, and a second to be sure."""
        with self.live.connect() as client:
            self.send(client, operation, method=method, headers=headers)
            if to_end:
                seen = client.read_to_end()
                client.leave()
                self.live.quiet.wait_for_end(client.port)
                assert client.raw == seen.raw
                return seen
            seen = client.read_answer(head_only=method == "HEAD")
            client.send("GET", "/openapi.json", self.headers)
            assert client.read_answer().start == b"HTTP/1.1 200 OK"
            return seen

    def tasks(self) -> int:
        """Return how many tasks there are."""
        return int(self.call("GET", "/v1/tasks")["total"])

    def used(self) -> float:
        """Return how many credits are used or reserved."""
        return -float(self.call("GET", "/v1/credits")["data"]["user"]["remaining_credits"])

    def exchanges(self) -> list[dict[str, Any]]:
        """Return what the journal has of the API, the oldest first."""
        entries: list[dict[str, Any]] = self.control("GET", "journal")["entries"]
        return entries

    def journalled(self) -> list[Exchange]:
        """Return the exchanges of the universe as the server noted them, the oldest first, once they are over."""
        number = len(self.exchanges())
        while len(found := [each for each in self.live.finished if each.universe == self.name]) < number:
            self.call("GET", "/_mock/health")
        return sorted(found, key=lambda each: each.number)


@pytest.fixture(autouse=True)
def errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What uvicorn says of errors during a test; a test that expects some must take them out."""
    said: list[str] = []

    def note(message: str, *_: object, exc_info: BaseException | None = None) -> None:
        said.append(f"{message}{exc_info!r}")

    monkeypatch.setattr(logging.getLogger("uvicorn.error"), "error", note)
    yield said
    assert said == []


@pytest.fixture(scope="session")
def quiet() -> Iterator[Quiet]:
    """What the servers of this process do not hang up on, though they send nothing more."""
    noted = Quiet()
    original = Connection.hang_up

    async def hang_up(self: Connection, manner: Manner) -> None:
        port = self.transport.get_extra_info("peername")[1]
        if manner == "silence":
            await connection.drain(self.transport)
        noted.hold(port, manner)
        await original(self, manner)
        noted.let_go(port)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "hang_up", hang_up)
        yield noted


@pytest.fixture(scope="session")
def live(quiet: Quiet) -> Iterator[Live]:
    """The server."""
    finished: list[Exchange] = []
    app = create_app(Settings(speed=0, videos="packaged"), wall=Wall(), finished=finished.append)
    with LiveServer(app).running() as url:
        running = Live(url, quiet, finished)
        with running.client:
            yield running


@pytest.fixture
def universe(live: Live) -> Universe:
    """A universe of the test's own, with a task that has ended."""
    universe = Universe(live)
    universe.finish_task()
    return universe
