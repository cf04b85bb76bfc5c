"""The clients of the control API: what they send, what they return, and what they raise."""

import inspect
import json
import re
import socket
import sys
from collections.abc import Iterator
from typing import Any, get_type_hints

import httpx2
import msgspec
import pytest
from starlette.testclient import TestClient

import mock_server
from contracts.drive.live import LiveServer
from mock_server import AsyncControl, Control, ControlError, Settings, create_app
from mock_server.client.call import Call
from mock_server.client.methods import AsyncMethods, Methods
from mock_server.control.operation import Nothing, Operation, path_parameters
from mock_server.control.operations import OPERATIONS
from mock_server.control.shapes import ClockState, Failure, TaskQuery
from mock_server.store import SqliteStore
from tests.running import printed_by
from tests.serving import CREATE, bearer, example

URL = "http://127.0.0.1:8765"
LOST = {"error": {"code": "not_found", "message": "There is none", "type": "invalid_request_error", "param": "task"}}


def method_of(operation: Operation) -> str:
    """Return the name that an operation's method must have."""
    return re.sub("([A-Z])", r"_\1", operation.id).lower()


def public(methods: type[object]) -> dict[str, Any]:
    """Return the methods that a class has for operations."""
    return {name: method for name, method in vars(methods).items() if inspect.isfunction(method) and name[0] != "_"}


def arguments(operation: Operation) -> tuple[list[Any], dict[str, Any]]:
    """Make arguments for an operation: parts of its path and a whole document by place, required fields by name."""
    places: list[Any] = [7 if shape is int else "a/b" for shape in path_parameters(operation).values()]
    if operation.raw:
        return [*places, Failure(code="unknown_error")], {}
    fields = msgspec.structs.fields(operation.body)
    return places, {field.name: "a" for field in fields if field.required}


OF_EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.id for operation in OPERATIONS])


@pytest.mark.parametrize("methods", [Methods, AsyncMethods])
def test_there_is_a_method_for_each_operation(methods: type[object]) -> None:
    """And no other."""
    assert list(public(methods)) == [method_of(operation) for operation in OPERATIONS]


@OF_EACH
def test_the_two_clients_are_one(operation: Operation) -> None:
    """They have the same parameters, answers and words, and one's methods are coroutines."""
    method, coroutine = public(Methods)[method_of(operation)], public(AsyncMethods)[method_of(operation)]
    assert inspect.signature(method) == inspect.signature(coroutine)
    assert get_type_hints(method) == get_type_hints(coroutine)
    assert inspect.getdoc(method) == inspect.getdoc(coroutine)
    assert inspect.iscoroutinefunction(coroutine)
    assert not inspect.iscoroutinefunction(method)


@OF_EACH
def test_a_method_takes_and_answers_what_its_operation_does(operation: Operation) -> None:
    """Each field of the query and of the body is a parameter, with its default."""
    method = public(Methods)[method_of(operation)]
    _, *parameters = inspect.signature(method).parameters.values()
    shapes = (operation.query, Nothing if operation.raw else operation.body)
    fields = [field for shape in shapes for field in msgspec.structs.fields(shape)]
    named = {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}
    assert list(named) == [field.name for field in fields]
    for field in fields:
        assert (named[field.name] is inspect.Parameter.empty) == field.required
    places = [parameter.name for parameter in parameters if parameter.name not in named]
    assert places[: len(path_parameters(operation))] == list(path_parameters(operation))
    answer = get_type_hints(method)["return"]
    assert answer == operation.answer or (operation.answer is None and answer in {str, bytes})
    assert (inspect.getdoc(method) or "").startswith(f"{operation.summary}.")


@OF_EACH
@pytest.mark.anyio
async def test_a_method_calls_its_operation(operation: Operation) -> None:
    """By both clients: method, path, universe and body; and what is answered is raised."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(404, json=LOST)

    places, named = arguments(operation)
    transport = httpx2.MockTransport(answer)
    with Control(f"{URL}/", universe="test", transport=transport) as control, pytest.raises(ControlError):
        getattr(control, method_of(operation))(*places, **named)
    async with AsyncControl(URL, universe="test", transport=transport) as slow:
        with pytest.raises(ControlError):
            await getattr(slow, method_of(operation))(*places, **named)
    parts = {name: 7 if shape is int else "a%2Fb" for name, shape in path_parameters(operation).items()}
    for request in asked:
        assert request.method == operation.method
        assert request.url.raw_path.decode().partition("?")[0] == operation.path.format(**parts)
        assert request.headers["x-mock-universe"] == "test"
        assert ("content-type" in request.headers) == bool(request.content) == (operation.body is not Nothing)
    assert asked[0].url == asked[1].url
    assert asked[0].content == asked[1].content


@pytest.fixture
def served() -> Iterator[str]:
    """A server on a frozen clock, at its URL."""
    with LiveServer(create_app(Settings(speed=0), store=SqliteStore())).running() as url:
        yield url


def test_a_test_by_hand(served: str) -> None:
    """What a user does: create, step, fail, look."""
    with httpx2.Client(base_url=served, headers=bearer()) as api, Control(served) as control:
        task = api.post(CREATE, json=example()).json()["id"]
        assert control.show_health().universe == "default"
        assert control.change_clock(step=1).mode == "frozen"
        assert control.show_task(task).status == "processing"
        changed = control.fail_task(task, code="quota_exceeded")
        assert changed.task.error == api.get(f"/v1/tasks/{task}").json()["error"]["code"] == "quota_exceeded"
        assert [found.id for found in control.list_tasks(status="failed").tasks] == [task]
        assert control.list_tasks(status="completed").tasks == ()
        assert control.show_contract()["openapi"] == "3.1.0"
        assert "evolink_mock_tasks" in control.show_metrics()
        with pytest.raises(ControlError) as raised:
            control.change_clock(set=0)
    error = raised.value
    assert (error.status, error.code, error.param) == (409, "conflict", "set")
    assert str(error) == error.message
    assert error.message.startswith("This cannot be done now: time goes forward only")


def test_universes_are_kept_apart(served: str) -> None:
    """A client speaks of one universe; without a name, of the default one."""
    with Control(served) as control, Control(served, universe="other") as other:
        other.change_clock(set=5)
        assert (control.show_clock().universe, other.show_clock().universe) == ("default", "other")
        assert [found.universe for found in control.list_universes().universes] == ["default", "other"]


def test_an_app_in_this_process() -> None:
    """Whatever sends like httpx2 will do; a client that was lent is not closed."""
    with TestClient(create_app(Settings(speed=0), store=SqliteStore())) as client:
        with Control("http://localhost", client=client) as control:
            assert control.change_clock(set=5).now == 5
        assert client.get("http://localhost/_mock/clock").json()["now"] == 5


@pytest.mark.anyio
async def test_an_app_on_this_loop() -> None:
    """The asynchronous client needs no thread; what it has of its own is closed with it."""
    app = create_app(Settings(speed=0), store=SqliteStore())
    async with app.router.lifespan_context(app):
        async with AsyncControl("http://localhost", transport=httpx2.ASGITransport(app)) as control:
            assert (await control.change_clock(advance="1.5h")).callbacks == ()
        with pytest.raises(RuntimeError, match="closed"):
            await control.show_clock()
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
            async with AsyncControl("http://localhost", client=client) as lent:
                await lent.show_clock()
            assert not client.is_closed


@pytest.mark.anyio
async def test_nobody_answers() -> None:
    """One kind of error for all: it says who was asked, and why nothing came."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Control(url) as control, pytest.raises(ControlError) as raised:
            control.show_task("a b")
        async with AsyncControl(url) as slow:
            with pytest.raises(ControlError) as slowly:
                await slow.show_task("a b")
    for error in (raised.value, slowly.value):
        assert (error.status, error.code, error.param) == (None, "no_answer", None)
        assert error.message.startswith(f"GET {url}/_mock/tasks/a%20b was not answered: ")


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<html>"),
        (200, b"{}"),
        (200, b'{"universe": 1}'),
        (200, b"\xff"),
        (302, b""),
        (404, b"not here"),
        (404, b'{"detail": "Not Found"}'),
        (502, b'{"error": "bad gateway"}'),
    ],
)
def test_somebody_else_answers(status: int, content: bytes) -> None:
    """A server that is no control API is told apart from one that refuses."""
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(status, content=content))
    with Control(URL, transport=transport) as control, pytest.raises(ControlError) as raised:
        control.show_clock()
    assert (raised.value.status, raised.value.code) == (status, "unknown_answer")
    assert str(raised.value) == (
        f"GET /_mock/clock was answered with {status}, but not by a control API of this version"
    )


@pytest.mark.parametrize(
    ("answer", "content", "expected"),
    [
        (bytes, b"\xff\x00", b"\xff\x00"),
        (str, "ä".encode(), "ä"),
        (dict[str, Any], b'{"a": 1}', {"a": 1}),
        (
            ClockState,
            b'{"universe": "a", "mode": "real", "rate": 1, "now": 0, "time": ""}',
            ClockState(universe="a", mode="real", rate=1, now=0, time=""),
        ),
    ],
    ids=["bytes", "a text", "any JSON", "a shape"],
)
def test_answers(answer: type[object], content: bytes, expected: object) -> None:
    """What is no JSON of a shape comes as it is."""
    assert Call("GET", "/", answer).read(200, content) == expected


def test_a_text_that_is_none() -> None:
    """Bytes that are no text do not come from a control API."""
    with pytest.raises(ControlError, match="not by a control API"):
        Call("GET", "/", str).read(200, b"\xff")


def test_what_is_not_given_is_not_sent() -> None:
    """Of a query; texts are quoted, other values are written as JSON."""
    assert Call("GET", "/a", bytes, query=TaskQuery()).url(URL) == f"{URL}/a"
    assert Call("GET", "/a", bytes, query=TaskQuery(account="a&b c")).url(URL) == f"{URL}/a?account=a%26b+c"
    shape = msgspec.defstruct("Shape", [("flag", bool), ("number", float), ("none", None)])
    assert (
        Call("GET", "/a", bytes, query=shape(flag=True, number=0.5, none=None)).url(URL)
        == f"{URL}/a?flag=true&number=0.5"
    )


@pytest.mark.uncounted
def test_a_server_does_not_import_the_client() -> None:
    """Nor what it sends by; who asks for it gets it, and nothing else by that way."""
    script = (
        "import sys, json, mock_server, mock_server.serving.server, mock_server.cli;"
        "before = [name for name in ('httpx2', 'mock_server.client') if name in sys.modules];"
        "from mock_server import Control;"
        "print(json.dumps([before, Control.__module__]))"
    )
    assert json.loads(printed_by(sys.executable, "-c", script)) == [[], "mock_server.client.control"]
    assert (mock_server.Control, mock_server.AsyncControl) == (Control, AsyncControl)
    with pytest.raises(AttributeError, match="module 'mock_server' has no attribute 'Kontrol'"):
        _ = mock_server.Kontrol
