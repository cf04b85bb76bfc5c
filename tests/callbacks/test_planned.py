"""Callbacks as plans have them: what the receiver sees, and what becomes of the attempt."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, Final, get_args

import pytest

from mock_server.core.plans import EXAMPLES
from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.callbacks import CALLBACK_FAULTS
from mock_server.core.plans.wire import CutPoint, DelayPoint, Manner
from tests.callbacks.conftest import IN_PROCESS, Simulate, Simulation
from tests.callbacks.listener import Came, Listener
from tests.wire.bodies import ROWS as BODIES

pytestmark = pytest.mark.anyio

LONG: Final = 300
"""Seconds after which a task has ended and its callback has been tried four times."""

CUT: Final = "cut off by a plan"
CLOSED: Final = "the connection was closed before the answer was whole"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A receiver that keeps each byte."""
    with Listener() as running:
        yield running


async def plan(simulation: Simulation, *words: str) -> None:
    """Set plans in the place of those that were there."""
    answer = await simulation.client.put("/_mock/plans", json={"plans": "; ".join(words)})
    assert answer.status_code == 200, answer.text


async def started(simulate: Simulate, listener: Listener, *words: str) -> Simulation:
    """Return a simulation with plans whose callbacks come to a listener."""
    simulation = await simulate(callback_routes=[listener.route])
    await plan(simulation, *words)
    return simulation


async def attempts(simulation: Simulation) -> list[tuple[float, int | None, str | None]]:
    """Let all tasks end; return each attempt: when after the first, the status that came back, and the error."""
    await simulation.advance(LONG)
    made = [attempt for delivery in await simulation.deliveries() for attempt in delivery["attempts"]]
    first = min((attempt["started_at"] for attempt in made), default=0)
    return [(round(each["started_at"] - first, 6), each["status"], each["error"]) for each in made]


@IN_PROCESS
@pytest.mark.parametrize("point", get_args(DelayPoint))
async def test_a_delay(simulate: Simulate, listener: Listener, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """The request is late at a point, or comes in pieces; it is whole, and the attempt succeeds."""
    pauses = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("mock_server.callbacks.posted.sleep", sleep)
    simulation = await started(simulate, listener, f"delay 6 {point} pieces=4 on=callback")
    await simulation.create()
    assert await attempts(simulation) == [(0, 200, None)]
    assert pauses == ([2, 2, 2] if point.startswith("in-") else [6])
    (came,) = listener.wait_for(1)
    assert json.loads(came.body)["status"] == "completed"


async def test_a_delay_takes_real_time(simulate: Simulate, listener: Listener) -> None:
    """However short it is, and wherever."""
    points = (f"delay 1ms {point} on=callback" for point in get_args(DelayPoint))
    simulation = await started(simulate, listener, *points)
    await simulation.create()
    assert await attempts(simulation) == [(0, 200, None)]


@IN_PROCESS
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("head headers.x-trace=1,2", [("x-trace", "1"), ("x-trace", "2")]),
        ("head headers.user-agent=me", [("user-agent", "me")]),
        ("head without=content-type,accept", []),
        ("head without=content-length", []),
        ("head headers.content-length=7", [("content-length", "7")]),
        ("head headers.date=date-60", [("date", "Sat, 06 Sep 2025 14:41:23 GMT")]),
    ],
)
async def test_a_head(simulate: Simulate, words: str, expected: list[tuple[str, str]]) -> None:
    """Headers are set or left out, as they are said; those of the framing too."""
    with Listener(lambda came: came.head.endswith(b"\r\n\r\n") and "content-length" in words) as listener:
        simulation = await started(simulate, listener, f"{words} on=callback times=1")
        await simulation.create()
        await attempts(simulation)
        came = listener.wait_for(1)[0]
    names = {name for name, _ in expected} | set(words.partition("without=")[2].split(",")) - {""}
    assert [pair for pair in came.headers if pair[0] in names] == expected
    usual = {"host", "content-type", "user-agent", "accept", "content-length", "connection"}
    assert usual - names <= dict(came.headers).keys()


@IN_PROCESS
@pytest.mark.parametrize("fault", BODY_FAULTS)
async def test_a_body(simulate: Simulate, listener: Listener, fault: str) -> None:
    """The body goes wrong; where it is shorter than its length, the connection ends, and the attempt has failed."""
    simulation = await started(simulate, listener, f"body {fault} on=callback times=1")
    task = await simulation.create()
    made = await attempts(simulation)
    row = BODIES[fault]
    came = listener.wait_for(1)[0]
    true = (await simulation.client.get(f"/v1/tasks/{task}")).content
    expected = row.body(true)
    assert came.body.startswith(expected) if fault == "html" else came.body == expected
    assert dict(came.headers).items() >= row.headers.items()
    assert int(dict(came.headers)["content-length"]) == len(came.body) + row.more
    first = (0, None, CUT) if row.more > 0 else (0, 200, None)
    assert made == [first, (1, 200, None)][: 1 + (row.more > 0)]


OUTCOMES: Final[dict[str, tuple[str, tuple[int | None, str | None]]]] = {
    "close": ("FIN", (None, CUT)),
    "reset": ("RST", (None, CUT)),
    "half-close": ("FIN", (400, None)),
    "silence": ("left", (None, CLOSED)),
}
"""How each manner is seen where the request is not whole, and what comes back."""


@pytest.mark.parametrize("how", get_args(Manner))
@pytest.mark.parametrize("at", get_args(CutPoint))
async def test_an_end(simulate: Simulate, at: CutPoint, how: Manner) -> None:
    """So much of the request comes, and then the end as it is wanted; the next attempt succeeds a second later."""
    sizes = {"before-response": (0, 0), "in-head": (12, 0), "after-head": (None, 0), "in-body": (None, 5)}
    head, body = sizes.get(at, (None, None))

    def leaves(came: Came) -> bool:
        there = came.head.endswith(b"\r\n\r\n") if head is None else len(came.raw) >= head
        return how == "silence" and there and len(came.body) >= (body or 0)

    cut = {"in-head": "offset=12", "in-body": "offset=5"}.get(at, "")
    with Listener(leaves if at != "after-response" else lambda _: False) as listener:
        simulation = await started(simulate, listener, f"disconnect {at} {how} {cut} on=callback nth=1")
        await simulation.create()
        made = await attempts(simulation)
        came = listener.wait_for(1)[0]
    end, outcome = OUTCOMES[how]
    if at == "after-response":
        end, outcome = "answered", (None, CUT) if how in {"close", "reset"} else (200, None)
    assert came.end == end
    if head is not None:
        assert came.raw == b"POST /evolink HTTP/1.1"[:head]
    else:
        assert came.head.endswith(b"\r\n\r\n")
        assert len(came.body) == (int(dict(came.headers)["content-length"]) if body is None else body)
    assert made == [(0, *outcome), (1, 200, None)][: 1 + (outcome[0] != 200)]


@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
async def test_an_end_does_not_overtake_a_large_body(simulate: Simulate, listener: Listener, how: str) -> None:
    """All that was to be sent before the end comes."""
    words = ("body padded:8000000 on=callback times=1", f"disconnect in-body percent=90 {how} on=callback times=1")
    simulation = await started(simulate, listener, *words)
    await simulation.create()
    await attempts(simulation)
    came = listener.wait_for(2)[0]
    assert came.end == OUTCOMES[how][0]
    assert len(came.body) == int(dict(came.headers)["content-length"]) * 90 // 100


@IN_PROCESS
@pytest.mark.clauses("CB-RETRIES")
async def test_each_attempt_can_be_meant(simulate: Simulate, listener: Listener) -> None:
    """The first two are cut, and the third comes, on the schedule of failures; each is in the ledger."""
    simulation = await started(simulate, listener, "disconnect in-body on=callback nth=1-2 each=task name=torn")
    await simulation.create()
    await simulation.create()
    cut, good = [(0, None, CUT), (1, None, CUT)], [(3, 200, None)]
    assert [made[1:] for made in await attempts(simulation)] == [made[1:] for made in (*cut, *good)] * 2
    assert [came.end for came in listener.wait_for(6)].count("FIN") == 4
    for delivery in await simulation.deliveries():
        first, *later = [attempt["started_at"] for attempt in delivery["attempts"]]
        assert [round(at - first, 6) for at in later] == [1, 3]
        assert delivery["state"] == "delivered"
    metrics = (await simulation.client.get("/_mock/metrics")).text
    assert 'evolink_mock_faults_total{kind="torn"} 4.0' in metrics


@IN_PROCESS
@pytest.mark.clauses("CB-RETRIES")
async def test_no_attempt_succeeds(simulate: Simulate, listener: Listener) -> None:
    """After the first and three more it is given up."""
    simulation = await started(simulate, listener, "disconnect in-head reset on=callback")
    await simulation.create()
    assert await attempts(simulation) == [(at, None, CUT) for at in (0, 1, 3, 7)]
    assert [came.end for came in listener.wait_for(4)] == ["RST"] * 4
    (delivery,) = await simulation.deliveries()
    assert delivery["state"] == "given up"


@IN_PROCESS
async def test_plans_for_some(simulate: Simulate, listener: Listener) -> None:
    """A plan may mean every second attempt, or the callbacks of one task alone."""
    simulation = await started(simulate, listener, "disconnect in-body on=callback nth=2n")
    await simulation.create()
    assert [status for _, status, _ in await attempts(simulation)] == [200]
    other = await simulation.create()
    await plan(simulation, f"disconnect in-body on=callback task={other} times=1")
    await simulation.create()
    await simulation.advance(LONG)
    statuses = {each["task"]: [made["status"] for made in each["attempts"]] for each in await simulation.deliveries()}
    assert statuses.pop(other) == [None, 200]
    assert list(statuses.values()) == [[200], [200]]


def is_json(came: Came) -> bool:
    """Tell whether a request has a JSON body of its length."""
    return json.loads(came.body)["object"] is not None and "content-length" in dict(came.headers)


def is_packed(came: Came) -> bool:
    """Tell whether a body is packed."""
    return json.loads(gzip.decompress(came.body))["object"] is not None and ("content-encoding", "gzip") in came.headers


def is_chunked(came: Came) -> bool:
    """Tell whether a body is in chunks."""
    return ("transfer-encoding", "chunked") in came.headers and came.body.endswith(b"\r\n0\r\n\r\n")


def says(**members: Any) -> Callable[[Came], bool]:
    """Return what tells whether a body has some members."""
    return lambda came: json.loads(came.body).items() >= members.items()


FAULTS: Final[dict[str, tuple[list[float] | None, Callable[[Came], bool]]]] = {
    "never": ([], is_json),
    "late": ([60], is_json),
    "early": (None, is_json),
    "twice": ([0, 1], is_json),
    "concurrent": ([0, 0], is_json),
    "stale": ([0, 1], is_json),
    "other-task": ([0], lambda came: json.loads(came.body)["id"].endswith("-00000000")),
    "unknown-status": ([0], says(status="archived")),
    "extra-fields": ([0], says(trace_id="4bf92f3577b34da6", finished=None)),
    "gzip": ([0], is_packed),
    "chunked": ([0], is_chunked),
    "slow-body": ([0], is_json),
}
"""To each fault when it is sent, in seconds after the end of the task, and what holds of each that comes."""


@IN_PROCESS
@pytest.mark.parametrize("fault", CALLBACK_FAULTS)
async def test_a_fault(simulate: Simulate, listener: Listener, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """It is there on the wire, when and as often as it should be."""
    pauses = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("mock_server.callbacks.posted.sleep", sleep)
    offsets, holds = FAULTS[fault]
    simulation = await started(simulate, listener, f"callback {fault}")
    task = await simulation.create()
    end, made = await simulation.finish(task)
    made += await simulation.advance(LONG)
    assert offsets is None or [round(attempt["at"] - end, 6) for attempt in made] == offsets
    came = listener.wait_for(1 if offsets is None else len(offsets))
    assert all(map(holds, came))
    assert pauses == ([3 / 7] * 7 if fault == "slow-body" else [])


EXAMPLES_OF_CALLBACKS: Final[dict[str, list[list[str]]]] = {
    "disconnect in-body on=callback nth=1": [["FIN", "answered"], ["answered"]],
    "callback never": [[], []],
    "callback=late:30": [["answered"], ["answered"]],
    "callback twice on=create nth=2n": [["answered"], ["answered", "answered"]],
}
"""To each example what comes of each of two tasks."""


@IN_PROCESS
@pytest.mark.parametrize(
    "words", [each.words for found in EXAMPLES.values() for each in found if "callback" in each.words]
)
async def test_an_example(simulate: Simulate, listener: Listener, words: str) -> None:
    """It does what it says."""
    simulation = await started(simulate, listener, words)
    ends: list[list[str]] = []
    for _ in range(2):
        before = len(listener.wait_for(0))
        await simulation.create()
        await simulation.advance(LONG)
        came = listener.wait_for(before + len(EXAMPLES_OF_CALLBACKS[words][len(ends)]))
        ends.append([each.end for each in came[before:]])
    assert ends == EXAMPLES_OF_CALLBACKS[words]
