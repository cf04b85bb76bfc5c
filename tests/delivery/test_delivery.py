"""Callbacks that go into a user's own app: as a server would give them, and what it makes of them."""

import asyncio
import json
import time
from itertools import pairwise

import anyio
import httpx2
import pytest
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from contracts import Evolink
from contracts.drive.receiver import Receiver, Reply
from tests.delivery.conftest import HOOK, Calls, Seen, never
from tests.serving import CREATE, bearer, example

pytestmark = pytest.mark.clauses("CB-SUCCESS", "CB-RETRIES")


def test_the_request(evolink: Evolink, calls: Calls, interface: str) -> None:
    """It has the URL, the headers and the body of a callback, and its answer is that of the attempt."""
    seen = Seen()
    evolink.deliver_to(seen.app(interface))
    (attempt,) = calls.run(url=f"{HOOK}/a%20b?shop=1&x=%26")
    (request,) = seen.requests
    assert request["url"].replace(" ", "%20") == f"{HOOK}/a%20b?shop=1&x=%26"
    assert request["headers"]["content-type"] == "application/json"
    assert request["headers"]["content-length"] == str(len(request["body"]))
    assert request["headers"]["host"] == "hooks.example.com"
    assert request["client"] == "127.0.0.1"
    assert json.loads(request["body"])["status"] == "completed"
    assert (attempt.status, attempt.bytes, attempt.error) == (200, len("thanks"), None)
    assert seen.events == (["closed"] if interface == "wsgi" else [])


def test_retries(evolink: Evolink, calls: Calls, interface: str) -> None:
    """Whatever the app answers counts; what is no success is tried again on the schedule."""
    seen = Seen(500, 302)
    evolink.deliver_to(seen.app(interface))
    attempts = calls.run()
    assert [attempt.status for attempt in attempts] == [500, 302, 200]
    assert [round(after.due_at - before.due_at) for before, after in pairwise(attempts)] == [
        1,
        2,
    ]


def test_hosts(evolink: Evolink, calls: Calls) -> None:
    """Each host has an app of its own, the last one given; others are as they were."""
    first, second, third = Seen(), Seen(201), Seen(202)
    evolink.deliver_to(first.asgi())
    evolink.deliver_to(second.asgi())
    evolink.deliver_to(third.wsgi(), host="other.example.com:8443")
    assert [attempt.status for attempt in calls.run()] == [201]
    assert [attempt.status for attempt in calls.run(url="https://other.example.com:8443/x")] == [202]
    assert calls.run(url="https://third.example.com/")[0].error == "offline: no route for https://third.example.com"
    assert first.requests == []


@pytest.mark.parametrize("host", ["", "a b", "https://hooks.example.com", "hooks.example.com:0"])
def test_no_host(evolink: Evolink, host: str) -> None:
    """It is refused in a sentence with the value."""
    with pytest.raises(ValueError, match=r"host: expected one such as hooks\.example\.com, got '"):
        evolink.deliver_to(Seen().asgi(), host=host)


def test_an_app_that_raises(evolink: Evolink, calls: Calls, interface: str) -> None:
    """The attempt gets 500 and is made again; the error is raised in the test, once, and says where it is from."""
    seen = Seen(KeyError("no such shop"))
    evolink.deliver_to(seen.app(interface))
    assert calls.told() == [500, 200]
    with pytest.raises(KeyError, match="no such shop") as raised:
        evolink.raise_app_errors()
    assert raised.value.__notes__ == ["(raised by the app that callbacks for hooks.example.com are delivered into)"]
    evolink.raise_app_errors()


def test_an_app_that_raises_often(evolink: Evolink, calls: Calls, interface: str) -> None:
    """All of its errors are raised together; those of pytest are no less."""
    seen = Seen(AssertionError("one"), pytest.fail.Exception("two"))
    evolink.deliver_to(seen.app(interface))
    assert calls.told() == [500, 500, 200]
    with pytest.raises(BaseExceptionGroup, match="delivered into failed") as raised:
        evolink.raise_app_errors()
    assert [str(error) for error in raised.value.exceptions] == ["one", "two"]


def test_an_app_that_may_raise(evolink: Evolink, calls: Calls, interface: str) -> None:
    """Where its errors are expected, they are answers only."""
    evolink.deliver_to(Seen(ValueError("crash")).app(interface), raise_errors=False)
    assert calls.told() == [500, 200]
    evolink.raise_app_errors()


def test_answers_that_are_none(evolink: Evolink, calls: Calls) -> None:
    """A server answers 500 in place of nothing; half an answer is none."""
    evolink.deliver_to(never)
    assert calls.told() == [500] * 4

    async def half(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})

    evolink.deliver_to(half)
    assert calls.told() == ["the connection was closed before the answer was whole"] * 4


def test_what_comes_after_the_request(evolink: Evolink, calls: Calls) -> None:
    """An app that waits for its client to leave sees that when it has answered; work in the background is done."""
    done: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def stream() -> "object":
            yield b"a" * 3
            yield b"b" * 4

        request = Request(scope, receive)
        await request.body()
        response = StreamingResponse(stream(), background=BackgroundTask(done.append, "background"))  # type: ignore[arg-type]
        await response(scope, receive, send)
        done.append((await receive())["type"])

    evolink.deliver_to(app)
    (attempt,) = calls.run()
    assert (attempt.status, attempt.bytes) == (200, 7)
    assert done == ["background", "http.disconnect"]


def test_sleeps_of_an_app(evolink: Evolink, calls: Calls) -> None:
    """Time waits for the app: its sleeps take none, of the simulator's time or of ours."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(3_600)
        await anyio.sleep(3_600)
        await Response("late")(scope, receive, send)

    def other(_environ: object, start_response: "object") -> list[bytes]:
        time.sleep(3_600)
        start_response("200 OK", [])  # type: ignore[operator]
        return []

    evolink.deliver_to(app)
    before = evolink.clock.now
    assert calls.told() == [200]
    evolink.deliver_to(other)
    assert calls.told() == [200]
    assert evolink.clock.now == pytest.approx(before + 2 * 3_600)


def test_an_app_that_calls_the_api(evolink: Evolink, calls: Calls) -> None:
    """A receiver that looks the task up sees what the callback says."""
    looked_up: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        task = (await Request(scope, receive).json())["id"]
        async with httpx2.AsyncClient(base_url=evolink.url, headers=bearer(evolink.key)) as client:
            looked_up.append((await client.get(f"/v1/tasks/{task}")).json()["status"])
        await Response()(scope, receive, send)

    evolink.deliver_to(app)
    assert calls.told() == [200]
    assert looked_up == ["completed"]


def test_a_receiver(evolink: Evolink, calls: Calls) -> None:
    """Callbacks can be led to one instead, by HTTPS and without; to whom they are led last, they go."""
    evolink.deliver_to(Seen(418).asgi())
    with Receiver(Reply(503)) as receiver, Receiver(tls=False, host="plain.example.com") as plain:
        evolink.lead_to(receiver)
        evolink.lead_to(plain)
        assert calls.told() == [503, 200]
        assert len(calls.run(url="https://plain.example.com/")) == 1
        assert (len(receiver.received), len(plain.received)) == (2, 1)
        evolink.deliver_to(Seen(204).asgi())
        assert calls.told() == [204]


class TestPlans:
    """What plans make of a callback reaches the app as it would reach a server."""

    def test_pieces(self, evolink: Evolink, calls: Calls, interface: str) -> None:
        """A body that comes in pieces is whole in the end."""
        seen = Seen()
        evolink.deliver_to(seen.app(interface))
        assert calls.told("delay 1ms in-body pieces=4 on=callback") == [200]
        assert json.loads(seen.requests[0]["body"])["status"] == "completed"

    @pytest.mark.parametrize("how", ["close", "reset"])
    def test_cut_off(self, evolink: Evolink, calls: Calls, how: str) -> None:
        """An app that reads sees that its client has left, and nobody hears what it says."""
        seen = Seen()
        evolink.deliver_to(seen.asgi())
        assert calls.told(f"disconnect in-body {how} on=callback times=1") == ["cut off by a plan", 200]
        assert seen.events == ["disconnected"]
        assert len(seen.requests) == 1

    def test_cut_off_for_wsgi(self, evolink: Evolink, calls: Calls) -> None:
        """An app that reads gets less than was announced."""
        seen = Seen()
        evolink.deliver_to(seen.wsgi())
        assert calls.told("disconnect in-body on=callback times=1") == ["cut off by a plan", 200]
        cut, whole = seen.requests
        assert len(cut["body"]) < int(cut["headers"]["content-length"]) == len(whole["body"])

    @pytest.mark.parametrize(
        ("how", "told"),
        [
            ("close", "cut off by a plan"),
            ("half-close", "the connection was closed before the answer was whole"),
            ("silence", "no whole answer within 10 s"),
        ],
    )
    def test_cut_off_early(self, evolink: Evolink, calls: Calls, how: str, told: str) -> None:
        """Of what is cut off in its head the app hears nothing."""
        seen = Seen()
        evolink.deliver_to(seen.asgi())
        assert calls.told(f"disconnect in-head {how} on=callback times=1") == [told, 200]
        assert len(seen.requests) == 1

    def test_cut_off_late(self, evolink: Evolink, calls: Calls, interface: str) -> None:
        """The app has all of it, and answers nobody."""
        seen = Seen()
        evolink.deliver_to(seen.app(interface))
        assert calls.told("disconnect after-response on=callback times=1") == ["cut off by a plan", 200]
        assert len(seen.requests) == 2

    def test_half_closed(self, evolink: Evolink, calls: Calls) -> None:
        """The app sees that no more will come, and its answer is heard."""
        seen = Seen()
        evolink.deliver_to(seen.asgi())
        assert calls.told("disconnect in-body half-close on=callback times=1") == [400, 200]
        assert seen.events == ["disconnected"]

    def test_silence(self, evolink: Evolink, calls: Calls, interface: str) -> None:
        """An app that waits for what never comes has no more time, and the wait takes none of ours."""
        seen = Seen()
        evolink.deliver_to(seen.app(interface))
        assert calls.told("disconnect in-body silence on=callback times=1") == ["no whole answer within 10 s", 200]
        assert len(seen.requests) == 1

    def test_an_app_that_does_not_read(self, evolink: Evolink, calls: Calls) -> None:
        """It can answer what never comes whole."""
        evolink.deliver_to(Response(status_code=202))
        assert calls.told("disconnect in-body silence on=callback") == [202]

    @pytest.mark.parametrize("header", ["content-length=x", "transfer-encoding=chunked"])
    def test_what_is_no_request(self, evolink: Evolink, calls: Calls, interface: str, header: str) -> None:
        """A server answers it by itself, whatever the app makes of what it could read."""
        seen = Seen()
        evolink.deliver_to(seen.app(interface))
        assert calls.told(f"head headers.{header} on=callback times=1") == [400, 200]

    def test_chunks(self, evolink: Evolink, calls: Calls, interface: str) -> None:
        """A body of which the length is not announced is whole all the same."""
        seen = Seen()
        evolink.deliver_to(seen.app(interface))
        assert calls.told("callback chunked") == [200]
        (request,) = seen.requests
        assert "content-length" not in request["headers"]
        assert json.loads(request["body"])["status"] == "completed"


def test_what_the_example_says(evolink: Evolink) -> None:
    """The created task of the published example is what the app is told of."""
    seen = Seen()
    evolink.deliver_to(seen.asgi())
    with httpx2.Client(base_url=evolink.url, headers=bearer(evolink.key)) as client:
        task = client.post(CREATE, json=example(callback_url=HOOK)).json()["id"]
    evolink.clock.until(task, "completed")
    assert json.loads(seen.requests[0]["body"])["id"] == task
