"""The short way over the bridge: what goes by it, and that nobody can tell."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import anyio.lowlevel
import h11
import httpcore
import httpcore2
import httpx
import httpx2
import pytest
import trio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from contracts.drive import core_connections, direct
from contracts.drive.bridge import Bridge
from contracts.drive.direct import PLANNING, Question, read_question
from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Line
from mock_server.app import create_app
from mock_server.core.plans import read_words
from mock_server.settings import Settings
from tests.drive.callers import CALLERS, Open
from tests.serving import CREATE, Wall, bearer, example

ORIGIN: Final = "https://api.evolink.ai"
URL: Final = f"{ORIGIN}/v1/credits"
KEY: Final = bearer()
LIBRARIES: Final = ("httpx2", "httpx2-async", "httpx", "httpx-async")


class Quiet:
    """Planning in which nothing is planned. `asked` counts; while `held`, nobody is answered."""

    def __init__(self) -> None:
        self.asked = 0
        self.held: anyio.Event | None = None

    async def may_strike(self, _headers: Any, _body: bytes) -> bool:
        """Say no."""
        self.asked += 1
        if self.held is not None:
            await self.held.wait()
        return False


class Guest:
    """A small app: tells what it is told of a request, fails, fails late, answers piece by piece, or never."""

    def __init__(self) -> None:
        self.planning = Quiet()
        self.arrived = threading.Event()
        paths = {"told": self.tell, "fail": self.fail, "pieces": self.send_pieces, "never": self.wait}
        routes = [Route(f"/v1/{name}", served, methods=["GET", "POST"]) for name, served in paths.items()]
        self.app = Starlette(routes=routes)
        setattr(self.app.state, PLANNING, self.planning)

    async def tell(self, request: Request) -> Response:
        """Answer with what it is told."""
        names = ("type", "asgi", "http_version", "server", "client", "scheme", "method", "path", "root_path")
        told = {name: request.scope[name] for name in names}
        raw = [request.scope["raw_path"], request.scope["query_string"], await request.body()]
        headers = [(name.decode(), value.decode()) for name, value in request.scope["headers"]]
        return JSONResponse({**told, "raw": [part.decode() for part in raw], "headers": headers})

    async def fail(self, _: Request) -> NoReturn:
        """Fail."""
        raise ZeroDivisionError

    async def send_pieces(self, _: Request) -> Response:
        """Answer in pieces, for as long as the client is there."""

        async def pieces() -> Any:
            for _ in range(3):
                await anyio.lowlevel.checkpoint()
                yield b"piece"

        return StreamingResponse(pieces(), headers={"content-length": "15"})

    async def wait(self, _: Request) -> NoReturn:
        """Wait for the end."""
        self.arrived.set()
        await anyio.sleep_forever()
        raise AssertionError


@pytest.fixture
def guest() -> Guest:
    """A small app."""
    return Guest()


@pytest.fixture(params=LIBRARIES)
def open_direct(request: pytest.FixtureRequest) -> Open:
    """How a client is opened that can go the short way: each library's in turn."""
    return CALLERS[request.param]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each request went that could go the short one."""
    gone: list[str] = []
    answer_by = Question.answer_by

    async def noted(question: Question, *rest: Any) -> None:
        await answer_by(question, *rest)
        gone.append("bytes" if question.status is None else "direct")

    monkeypatch.setattr(Question, "answer_by", noted)
    return gone


def program(open_client: Open, simulator: InProcess) -> tuple[object, object]:
    """Return what a client is answered by a simulator, from 401 to a task, and what the journal has of it."""
    answers: list[object] = []
    journal = httpx2.Client(transport=simulator.httpx2_transport())
    with Bridge(simulator), open_client(None) as call, journal:
        for method, path, headers, content in (
            ("GET", "/v1/credits", KEY, b""),
            ("HEAD", "/v1/credits", KEY, b""),
            ("GET", "/v1/credits", {}, b""),
            ("GET", "/v1/credits", {**KEY, "x-mock-plan": "answer 503"}, b""),
            ("POST", CREATE, {**KEY, "content-type": "application/json"}, httpx.Response(200, json=example()).content),
            ("POST", CREATE, {**KEY, "content-type": "application/json"}, b"{"),
            ("POST", CREATE, {**KEY, "content-type": "application/xml"}, b"<a/>"),
            ("GET", "/v1/tasks?limit=5&status=pending", KEY, b""),
            ("GET", "/v1/tasks/none%20such", KEY, b""),
            ("DELETE", "/v1/credits", KEY, b""),
            ("GET", "/v1/nothing", KEY, b""),
        ):
            status, told, body = call(method, f"{ORIGIN}{path}", headers=headers, content=content)
            answers.append((status, [pair for pair in told if pair[0] != "date"], body, "date" in dict(told)))
        entries = journal.get("http://localhost/_mock/journal").json()["entries"]
    for entry in entries:
        entry["answer"]["headers"] = [pair for pair in entry["answer"]["headers"] if pair[0] != "date"]
        del entry["milliseconds"]
    return answers, entries


def test_both_ways_look_the_same(open_direct: Open, ways: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers and journal are the same, down to the connection that a request came by."""
    with InProcess(create_app(Settings(), wall=Wall())) as simulator:
        short = program(open_direct, simulator)
    assert ways == ["direct"] * 3 + ["bytes"] + ["direct"] * 5 + ["direct"]
    monkeypatch.setattr(core_connections, "read_question", lambda _: None)
    with InProcess(create_app(Settings(), wall=Wall())) as simulator:
        assert program(open_direct, simulator) == short


def test_the_app_is_told_the_same(
    guest: Guest, open_direct: Open, ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an app sees of a request does not depend on the way."""

    def ask() -> list[bytes]:
        other = "http://[::1]:8080"
        with InProcess(guest.app) as simulator, Bridge(simulator, base_urls=[other]), open_direct(None) as call:
            return [
                call("POST", f"{origin}/v1/told{rest}", headers={"X-Own": "a b"}, content=b"body")[2]
                for origin in (ORIGIN, other)
                for rest in ("", "?a=%20&b=c", "%2fx%C3%A9")
            ]

    short = ask()
    assert ways == ["direct"] * 6
    monkeypatch.setattr(core_connections, "read_question", lambda _: None)
    assert ask() == short


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_what_a_response_knows(library: Any, ways: list[str]) -> None:
    """Version, phrase and stream are there, and a body is read once it is wanted."""
    with InProcess(create_app()) as simulator, Bridge(simulator), library.Client(headers=KEY) as client:
        with client.stream("GET", URL) as answer:
            assert not answer.is_stream_consumed
            assert (answer.http_version, answer.reason_phrase) == ("HTTP/1.1", "OK")
            assert answer.extensions["network_stream"] is not None
            assert b"".join(answer.iter_raw()).startswith(b'{"data"')
        assert client.head(URL).content == b""
    assert ways == ["direct"] * 2


class Pieces:
    """A body that comes in pieces."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield them."""
        yield from (b"{", b"}")


@pytest.mark.uncounted
@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"expect": "100-continue"}},
        {"headers": {"connection": "close"}},
        {"headers": [("x-a", "1"), ("x-a", "2")]},
        {"headers": {"x-a": "\xe9".encode("latin-1")}},
        {"files": {"a": b"{}"}},
        {"content": Pieces()},
        {"content": Pieces(), "headers": {"content-length": "2"}},
        {"extensions": {"trace": lambda *_: None}},
        {"method": "PUT"},
        {"url": "https://files-api.evolink.ai/api/v1/files/list"},
    ],
    ids=lambda options: "-".join(options) + str(options.get("headers", "")),
)
def test_what_goes_by_bytes(library: Any, ways: list[str], options: dict[str, Any]) -> None:
    """Whatever could look different goes by bytes."""
    with InProcess(create_app()) as simulator, Bridge(simulator), library.Client(headers=KEY) as client:
        assert client.request(**{"method": "POST", "url": URL, **options}).status_code in {200, 404, 405}
    assert ways == []


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_key_that_cannot_be_sent(library: Any) -> None:
    """A header that HTTP does not allow is the library's own error, as ever."""
    with InProcess(create_app()) as simulator, Bridge(simulator), library.Client() as client:
        with pytest.raises(library.LocalProtocolError):
            client.get(URL, headers=bearer("sk-test\n"))
        with pytest.raises(h11.LocalProtocolError):
            client.post(URL, headers={**KEY, "content-length": "5"}, content=b"a")


def test_a_request_without_a_host() -> None:
    """Only by bytes is it told that it has none."""
    request = httpx2.Request("GET", URL)
    del request.headers["host"]
    core = core_request(request)
    assert read_question(core) is None


def core_request(request: httpx2.Request) -> Any:
    """Return a request as httpx2's core has it."""
    return httpcore2.Request(
        request.method, str(request.url), headers=request.headers.raw, content=request.stream, extensions={}
    )


def test_an_app_that_fails(
    guest: Guest, open_direct: Open, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the app is a 500 to the client, a word in the log, and the end of the connection, either way."""

    def ask() -> object:
        with InProcess(guest.app) as simulator, Bridge(simulator), open_direct(None) as call:
            status, _, body = call("GET", f"{ORIGIN}/v1/fail", headers={})
            again = call("GET", f"{ORIGIN}/v1/told", headers={})[0]
        told = [(record.name, record.getMessage()) for record in caplog.records]
        caplog.clear()
        return status, body, again, told

    with caplog.at_level(logging.ERROR):
        short = ask()
        monkeypatch.setattr(core_connections, "read_question", lambda _: None)
        assert ask() == short
    assert guest.planning.asked == 2


def test_pieces(guest: Guest, open_direct: Open) -> None:
    """An answer that an app sends in pieces, watching for the client, comes as one."""
    with InProcess(guest.app) as simulator, Bridge(simulator), open_direct(None) as call:
        assert call("GET", f"{ORIGIN}/v1/pieces", headers={})[2] == b"piece" * 3


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_real_patience(guest: Guest, library: Any) -> None:
    """A client gives up on an app that does not answer, and its connection is not used again."""
    timeout = library.Timeout(30, read=0.01)

    async def ask() -> None:
        async with library.AsyncClient(timeout=timeout) as client:
            with pytest.raises(library.ReadTimeout):
                await client.get(f"{ORIGIN}/v1/never")

    with InProcess(guest.app) as simulator, Bridge(simulator):
        with library.Client(timeout=timeout) as client:
            with pytest.raises(library.ReadTimeout):
                client.get(f"{ORIGIN}/v1/never")
            assert client.get(f"{ORIGIN}/v1/told", timeout=30).status_code == 200
        asyncio.run(ask())
        trio.run(ask)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_client_is_cancelled(guest: Guest, library: Any) -> None:
    """A task that is cancelled while it waits leaves a client that works."""

    async def ask() -> int:
        async with library.AsyncClient(timeout=None) as client:
            waiting = asyncio.create_task(client.get(f"{ORIGIN}/v1/never"))
            await asyncio.to_thread(guest.arrived.wait, 30)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return int((await client.get(f"{ORIGIN}/v1/told")).status_code)

    with InProcess(guest.app) as simulator, Bridge(simulator):
        assert asyncio.run(ask()) == 200


def test_a_client_is_interrupted(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does one that is interrupted."""

    def interrupt(_line: Line, _question: Question) -> NoReturn:
        raise KeyboardInterrupt

    with InProcess(guest.app) as simulator, Bridge(simulator), httpx2.Client() as client:
        with monkeypatch.context() as patched:
            patched.setattr(simulator, "ask", interrupt)
            with pytest.raises(KeyboardInterrupt):
                client.get(f"{ORIGIN}/v1/told")
        assert client.get(f"{ORIGIN}/v1/told").status_code == 200


@pytest.mark.parametrize(("library", "core"), [(httpx, httpcore), (httpx2, httpcore2)])
def test_a_connection_that_is_taken(library: Any, core: Any) -> None:
    """A connection that was given to two requests takes one of them; the other finds another."""
    with InProcess(create_app()) as simulator, Bridge(simulator), library.Client(headers=KEY) as client:
        with client.stream("GET", URL):
            (connection,) = client._transport._pool.connections
            with pytest.raises(core.ConnectionNotAvailable):
                connection._begin()
        connection.close()
        connection._end()
        assert connection.is_closed()


def test_the_end_comes_while_a_client_waits(guest: Guest, open_direct: Open) -> None:
    """Who still waits is hung up on as ever."""
    raised: list[Exception] = []

    def ask() -> None:
        with open_direct(None) as call:
            try:
                call("GET", f"{ORIGIN}/v1/never", headers={}, patience=30)
            except (httpx.RemoteProtocolError, httpx2.RemoteProtocolError) as error:
                raised.append(error)

    with InProcess(guest.app) as simulator, Bridge(simulator):
        asking = threading.Thread(target=ask)
        asking.start()
        assert guest.arrived.wait(30)
        simulator._resources.close()
        asking.join()
        simulator.__enter__()
    assert len(raised) == 1


@pytest.mark.anyio
async def test_nobody_serves(guest: Guest) -> None:
    """A question has no answer before and after the app is served, nor by a connection that was never taken."""
    finished: list[str] = []
    simulator, line = InProcess(guest.app), Line("https", "api.evolink.ai", 443, server=0)

    def question() -> Question:
        asked = Question(b"GET", b"/v1/told", {b"host": b"a"}, b"")
        asked.tell = lambda: finished.append("told")
        return asked

    simulator.ask(line, question())
    assert finished == ["told"]
    async with simulator:
        simulator.ask(line, question())
        await asyncio.sleep(0)
        assert finished == ["told"] * 2
        simulator.ask(line, question())
    await asyncio.sleep(0)
    assert finished == ["told"] * 3


def test_an_app_that_cannot_say(guest: Guest, ways: list[str]) -> None:
    """An app that does not say whether plans may strike is called by bytes."""
    delattr(guest.app.state, PLANNING)
    with InProcess(guest.app) as simulator, Bridge(simulator):
        assert httpx2.get(f"{ORIGIN}/v1/told").status_code == 200
    assert ways == ["bytes"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "body", "may"),
    [
        ({b"authorization": b"Bearer sk-test"}, b"", False),
        ({}, b"[mock: delay 1]", False),
        ({b"authorization": b"Bearer sk-mock-broken"}, b"", True),
        ({b"authorization": b"Bearer sk-mock-no-credit"}, b"", False),
        ({b"authorization": b"Bearer sk-test", b"x-mock-plan": b"delay 1"}, b"", True),
        ({b"authorization": b"Bearer sk-test"}, b'{"prompt": "[mock: delay 1]"}', True),
        ({b"authorization": b"Bearer sk-mock-blue"}, b"", False),
    ],
)
async def test_may_strike(headers: dict[bytes, bytes], body: bytes, may: bool) -> None:  # noqa: FBT001 - a table
    """A plan may strike by key, header, prompt, or because the universe has one; not who has no key.

    What is planned for tasks that are created is no matter of requests.
    """
    for plans in ("", "task slower=3"):
        assert await create_app(plans=read_words(plans)).state.planning.may_strike(headers, body) == may
    planned = create_app(plans=read_words("delay 1"))
    assert await planned.state.planning.may_strike(headers, body) == (may or b"authorization" in headers)


def test_the_phrase_of_a_status_that_has_none() -> None:
    """A status that no standard names has an empty phrase."""
    question = Question(b"GET", b"/", {}, b"")
    question.status = 299
    assert question.phrase == b""
    assert direct._PHRASES[200] == b"OK"
