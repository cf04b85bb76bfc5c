"""Callbacks that go straight into a web app, without a connection: for tests of an app that receives them.

The app gets the request as a server would give it, with what plans have made of it: in pieces, spoilt, or cut off. What
it answers is the answer to the attempt. An error of its own is a 500, as a server would have it, and is told of. Time
waits for the app, so that its sleeps take none.
"""

from asyncio import FIRST_COMPLETED, CancelledError, Event, create_task, gather, to_thread, wait
from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from io import BytesIO
from sys import stderr
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import unquote, unquote_to_bytes

from starlette.types import ASGIApp, Message, Scope

from contracts.drive.incoming import CLOSED, LATE, Incoming, MalformedRequest
from contracts.drive.sleeping import delivering
from contracts.drive.witness import FullAnswer, keep, texts
from contracts.recording.exchange import Pair
from mock_server.core.http.urls import WebUrl
from mock_server.egress.answer import Answer
from mock_server.egress.egress import Deliver, EgressError, EgressTimeout
from mock_server.egress.posting import Body, Headers

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

App: TypeAlias = "ASGIApp | WSGIApplication"
"""A web app, by either of Python's interfaces."""

Failed: TypeAlias = Callable[[BaseException], object]
"""Gets an error that an app raised."""

_CLIENT: Final = ("127.0.0.1", 0)
_PLAIN: Final = frozenset({"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"})


class _Answering:
    """What an app has answered so far."""

    def __init__(self) -> None:
        self.status = 0
        self.size = 0
        self.headers: tuple[Pair, ...] = ()
        self.body = b""
        self.whole = Event()

    def add(self, piece: bytes) -> None:
        """Take more of the body."""
        self.size += len(piece)
        self.body = keep(self.body, piece)

    def answer(self) -> FullAnswer:
        """Return the answer; a server sends 500 in place of none.

        Raises:
            EgressError: There is only the beginning of one.
        """
        if self.status and not self.whole.is_set():
            raise EgressError(CLOSED)
        return FullAnswer(self.status or 500, self.size, self.headers, self.body)


def deliver_into(app: App, *, failed: Failed) -> Deliver:
    """Return what takes requests into an app.

    An ASGI app runs on the loop that delivers, and its lifespan is not run; a WSGI app runs on another thread.
    """
    call: Callable[[Any, WebUrl, Incoming, _Answering], Coroutine[Any, Any, None]] = (
        _call_asgi if _is_asgi(app) else _call_wsgi
    )

    async def deliver(url: WebUrl, body: Body, headers: Headers) -> Answer:
        """Have the app take one request, and return what it answers; what it raises is told, and answered by 500."""
        incoming, answering = Incoming(url, body, headers), _Answering()
        try:
            await incoming.read_head()
            try:
                with delivering():
                    await _attend(call(app, url, incoming, answering), incoming)
            except (CancelledError, KeyboardInterrupt, SystemExit, EgressError):
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the app's; pytest's are no less
                failed(error)
            await incoming.finish()
        except MalformedRequest:
            return Answer(400, 0)
        return answering.answer()

    return deliver


def _is_asgi(app: App) -> bool:
    """Tell which of the interfaces an app has."""
    return iscoroutinefunction(app) or iscoroutinefunction(getattr(type(app), "__call__", None))  # noqa: B004 - looked into


async def _attend(work: Coroutine[Any, Any, None], incoming: Incoming) -> None:
    """Wait for an app; for one that waits for what never comes, the time is over at once."""
    working, silence = create_task(work), create_task(incoming.silent.wait())
    try:
        await wait([working, silence], return_when=FIRST_COMPLETED)
        if not working.done():
            raise EgressTimeout(LATE)
        await working
    finally:
        working.cancel()
        silence.cancel()
        await gather(working, silence, return_exceptions=True)


async def _call_asgi(app: ASGIApp, url: WebUrl, incoming: Incoming, answering: _Answering) -> None:
    """Have an ASGI app answer."""

    async def receive() -> Message:
        if incoming.heard:
            await answering.whole.wait()
            return {"type": "http.disconnect"}
        body = await incoming.read_body()
        if incoming.cut and not body:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": not incoming.heard}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answering.status, answering.headers = message["status"], texts(list(message.get("headers", ())))
            return
        answering.add(message.get("body", b""))
        if not message.get("more_body", False):
            answering.whole.set()

    await app(_scope(url, incoming), receive, send)


def _scope(url: WebUrl, incoming: Incoming) -> Scope:
    path, _, query = url.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": url.origin.scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": incoming.headers,
        "client": _CLIENT,
        "server": (url.origin.host, url.origin.port),
    }


async def _call_wsgi(app: "WSGIApplication", url: WebUrl, incoming: Incoming, answering: _Answering) -> None:
    """Have a WSGI app answer, on another thread, once all has come that will."""
    body = b""
    while piece := await incoming.read_body():
        body += piece

    def start_response(status: str, headers: list[Pair], _error: object = None) -> Callable[[bytes], object]:
        answering.status = int(status.partition(" ")[0])
        answering.headers = tuple((name.lower(), value) for name, value in headers)
        return answering.add

    def run() -> None:
        answered = app(_environ(url, incoming, body), start_response)
        try:
            for piece in answered:
                answering.add(piece)
        finally:
            getattr(answered, "close", lambda: None)()

    await to_thread(run)
    answering.whole.set()


def _environ(url: WebUrl, incoming: Incoming, body: bytes) -> dict[str, Any]:
    path, _, query = url.target.partition("?")
    named = {f"HTTP_{name.decode().upper().replace('-', '_')}": value for name, value in incoming.headers}
    headers = {
        name.removeprefix("HTTP_") if name in _PLAIN else name: value.decode("latin-1") for name, value in named.items()
    }
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": url.origin.host,
        "SERVER_PORT": str(url.origin.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": _CLIENT[0],
        **headers,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.origin.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
