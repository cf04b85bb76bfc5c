"""What a probe works with."""

import threading
import time
from collections.abc import Iterator
from itertools import count

import httpx2
import pytest

from contracts.probes.crowd import Crowd
from contracts.probes.means import ProbeError, Unanswered
from contracts.probes.protocol import send_too_much
from tests.probes.visits import visit

BUSY = {"retry-after": "7"}


def test_who_is_told_to_come_back_does() -> None:
    """After just so long, with the same request."""
    slept: list[float] = []
    answers = iter([httpx2.Response(429, headers=BUSY), httpx2.Response(200, json={})])
    session = visit(lambda _: next(answers), slept=slept)
    assert session.ask("GET", "/v1/credits").status == 200
    assert slept == [7.001]


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "86400"}])
def test_who_is_not_told_when_gives_up(headers: dict[str, str]) -> None:
    """No longer than two minutes are waited for."""
    slept: list[float] = []
    session = visit(lambda _: httpx2.Response(429, headers=headers), slept=slept)
    assert session.ask("GET", "/v1/credits").status == 429
    assert slept == []


def test_three_tries_are_made() -> None:
    """A server that is always busy is let alone in the end."""
    slept: list[float] = []
    session = visit(lambda _: httpx2.Response(429, headers=BUSY), slept=slept)
    assert session.ask("GET", "/v1/credits").status == 429
    assert len(session.recorder.record.exchanges) == 3


def test_no_answer_ends_a_probe() -> None:
    """The error says what was asked, and never with which key."""

    def break_off(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError("connection reset", request=request)

    session = visit(break_off)
    with pytest.raises(Unanswered, match="GET /v1/credits was not answered: ReadError") as told:
        session.ask("GET", "/v1/credits")
    assert "sk-" not in str(told.value)
    session.stall("/v1/videos/generations", iter([b"{"]))


def test_keys_are_sent_as_wanted() -> None:
    """The first account's, another, or none."""
    session = visit(lambda _: httpx2.Response(200, json={}))
    for key in ("", "sk-third", None):
        session.ask("GET", "/v1/credits", key=key)
    sent = [each.header("authorization") for each in session.recorder.record.exchanges]
    assert len(set(sent)) == 3
    assert sent[2] is None
    assert session.other_key == "sk-other"


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(400, json={"error": {}}),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={"id": 7}),
        httpx2.Response(200, content=b"nothing"),
    ],
)
def test_what_creates_nothing_ends_a_probe(answer: httpx2.Response) -> None:
    """The error says what was answered."""
    with pytest.raises(ProbeError, match=f"was answered with {answer.status_code}, and no id of a task"):
        visit(lambda _: answer).create()


@pytest.mark.parametrize("answer", [httpx2.Response(404, json={}), httpx2.Response(200, json=[])])
def test_what_cannot_be_read_ends_a_probe(answer: httpx2.Response) -> None:
    """The error says what was answered."""
    with pytest.raises(ProbeError, match=f"was answered with {answer.status_code}, and no object"):
        visit(lambda _: answer).read("GET", "/v1/credits")


def test_links_that_are_none_end_a_probe() -> None:
    """What the server gives is not trusted to be a URL."""
    with pytest.raises(ProbeError, match="is no URL"):
        visit(lambda _: httpx2.Response(200)).fetch("https://[::")


def test_names_of_tasks_are_quoted() -> None:
    """What the server gives leads to no other path."""
    session = visit(lambda _: httpx2.Response(404))
    assert session.look("../credits?x").url.endswith("/v1/tasks/..%2Fcredits%3Fx")


def test_a_task_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again, until it has one of the statuses, or takes too long."""
    answers = iter(["pending", "processing", "completed"])
    slept: list[float] = []
    session = visit(lambda _: httpx2.Response(200, json={"status": next(answers)}), slept=slept)
    assert session.follow("task-unified-1")["status"] == "completed"
    assert slept == [5.0, 5.0]
    ticks = count(time.time(), 700)
    monkeypatch.setattr(time, "time", lambda: next(ticks))
    with pytest.raises(ProbeError, match="did not end within 1800 s"):
        visit(lambda _: httpx2.Response(200, json={"status": "pending"})).follow("task-unified-1")


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (httpx2.Response(200, json={"data": {"user": {"remaining_credits": 7}}}), 7.0),
        (httpx2.Response(200, json={"data": {"user": {}}}), None),
        (httpx2.Response(200, json={"data": None}), None),
        (httpx2.Response(200, json=[]), None),
        (httpx2.Response(500, json={"data": {"user": {"remaining_credits": 7}}}), None),
    ],
)
def test_balances(answer: httpx2.Response, left: float | None) -> None:
    """What the server says, if it says anything."""
    assert visit(lambda _: answer).balance() == left


def test_real_time_passes_in_steps_until_something_is_so() -> None:
    """Or until it has been long enough."""
    slept: list[float] = []
    session = visit(lambda _: httpx2.Response(200), slept=slept)
    session.wait_until(lambda: len(slept) > 2, 60)
    assert slept == [0.5] * 3
    session.wait_until(lambda: False, 0)
    assert len(slept) == 3


def test_placeholders_have_no_length() -> None:
    """A simulator that renders no videos says so, and is believed."""
    session = visit(lambda _: httpx2.Response(200, headers={"x-mock-media": "placeholder"}, content=b"film"))
    session.fetch("https://files.example.com/a.mp4")
    assert session.recorder.record.media == {}


def test_requests_overlap_for_certain() -> None:
    """None is sent before all have begun; who sends nothing keeps nobody waiting."""
    session = visit(lambda _: httpx2.Response(200))
    session.together(*[lambda: session.look("task-unified-1")] * 3, lambda: None)
    first, second, third = session.recorder.record.exchanges
    assert max(each.started_at for each in (first, second, third)) < min(each.ended_at for each in (first, second))
    with pytest.raises(ZeroDivisionError):
        session.together(lambda: session.look("task-unified-1"), lambda: 1 // 0)


def test_who_sends_nothing_sends_nobody_ahead() -> None:
    """The others wait for each other still, though one has left before any of them came."""
    crowd, left, begun, seen = Crowd(), threading.Event(), list[str](), list[int]()

    def serve(_: httpx2.Request) -> httpx2.Response:
        seen.append(len(begun))
        return httpx2.Response(200)

    client = httpx2.Client(transport=httpx2.MockTransport(serve))
    crowd.attend(client)

    def ask() -> None:
        left.wait()
        begun.append("one")
        client.get("https://x/")

    crowd.run(ask, ask, ask, left.set)
    assert seen == [3, 3, 3]


def test_a_crowd_waits_only_once() -> None:
    """What each sends after its first request, it sends as it comes."""
    crowd = Crowd()
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    crowd.attend(client)

    def twice() -> Iterator[int]:
        yield from (client.get("https://x/").status_code for _ in range(2))

    found: list[list[int]] = []
    crowd.run(lambda: found.append(list(twice())), lambda: found.append(list(twice())))
    assert found == [[200, 200]] * 2


@pytest.mark.parametrize(("error", "asked"), [(None, 5), (httpx2.ReadTimeout("late"), 1)])
def test_a_slow_client_is_not_waited_for_in_vain(error: httpx2.HTTPError | None, asked: int) -> None:
    """Beside half a request a server is asked a few times, and no more once it does not answer."""

    def serve(request: httpx2.Request) -> httpx2.Response:
        if error is not None and request.method == "GET":
            raise error
        return httpx2.Response(200, json={})

    session = visit(serve)
    send_too_much(session)
    assert len([each for each in session.recorder.record.exchanges if each.method == "GET"]) == asked
