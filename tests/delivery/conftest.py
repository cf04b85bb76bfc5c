"""Apps of a user's, and simulators whose callbacks go into them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from contracts import Evolink
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator as open_one
from mock_server.control.shapes import AttemptShown
from tests.serving import CREATE, bearer, example

HOOK = "https://hooks.example.com/evolink"


class Seen:
    """What an app of a user's got, and what it is to do: the next of `actions` for each request, else answer 200."""

    def __init__(self, *actions: Any) -> None:
        self.actions = list(actions)
        self.requests: list[dict[str, Any]] = []
        self.events: list[str] = []

    def act(self, **request: Any) -> tuple[int, bytes]:
        """Note a request, and do what is to be done."""
        self.requests.append(request)
        action = self.actions.pop(0) if self.actions else 200
        if callable(action):
            action()
            action = 200
        if isinstance(action, BaseException):
            raise action
        return action, b"thanks"

    def asgi(self) -> Starlette:
        """Return the app by one interface."""

        async def receive(request: Request) -> Response:
            try:
                body = await request.body()
            except ClientDisconnect:
                self.events.append("disconnected")
                return Response(status_code=400)
            facts = {"url": str(request.url), "headers": dict(request.headers), "body": body}
            status, said = self.act(**facts, client=request.client and request.client.host)
            return Response(said, status)

        return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])

    def wsgi(self) -> Any:
        """Return the app by the other."""

        def app(environ: dict[str, Any], start_response: Callable[..., Callable[[bytes], object]]) -> Any:
            body = environ["wsgi.input"].read()
            headers = {
                name.removeprefix("HTTP_").lower().replace("_", "-"): value
                for name, value in environ.items()
                if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
            }
            query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
            url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['PATH_INFO']}{query}"
            status, said = self.act(url=url, headers=headers, body=body, client=environ["REMOTE_ADDR"])
            write = start_response(f"{status} Any Reason", [("Content-Type", "text/plain")])
            write(said[:2])
            return Closing(self.events, [said[2:]])

        return app

    def app(self, interface: str) -> Any:
        """Return the app by one of them."""
        return self.asgi() if interface == "asgi" else self.wsgi()


class Closing(list[bytes]):
    """What a WSGI app returns, which wants to be closed."""

    def __init__(self, events: list[str], pieces: list[bytes]) -> None:
        super().__init__(pieces)
        self._events = events

    def close(self) -> None:
        """Note it."""
        self._events.append("closed")


class Calls:
    """A client, and what came of its task's callback.

    Args:
        evolink: The simulator.
    """

    def __init__(self, evolink: Evolink) -> None:
        self.evolink = evolink

    def run(self, *plans: str, url: str = HOOK) -> tuple[AttemptShown, ...]:
        """Create a task, let it end, and return the attempts at its callback."""
        if plans:
            self.evolink.plan(*plans)
        headers = bearer(self.evolink.key)
        with httpx2.Client(base_url=self.evolink.url, headers=headers) as client:
            task = client.post(CREATE, json=example(callback_url=url)).json()["id"]
        self.evolink.clock.advance("1h")
        (delivery,) = (each for each in self.evolink.callbacks if each.task == task)
        return delivery.attempts

    def told(self, *plans: str) -> list[int | str | None]:
        """Do the same, and return what came of each attempt."""
        return [attempt.error or attempt.status for attempt in self.run(*plans)]


@pytest.fixture
def evolink(portal: BlockingPortal) -> Iterator[Evolink]:
    """A simulator."""
    with ExitStack() as stack:
        yield stack.enter_context(open_one(portal, Options()))


@pytest.fixture
def calls(evolink: Evolink) -> Calls:
    """Its client."""
    return Calls(evolink)


@pytest.fixture(params=["asgi", "wsgi"])
def interface(request: pytest.FixtureRequest) -> str:
    """Both interfaces."""
    return str(request.param)


async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nothing."""
