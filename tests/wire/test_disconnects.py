"""What comes before a connection ends, and how it does."""

from typing import Final, get_args

import pytest

from mock_server.core.plans.wire import CutPoint, Manner
from tests.wire.conftest import ENDS, Universe

pytestmark = pytest.mark.uncounted

POINTS: Final = get_args(CutPoint)
PARTS: Final = {
    "before-response": (0, 0),
    "in-head": (0.5, 0),
    "after-head": (1, 0),
    "in-body": (1, 0.5),
    "after-response": (1, 1),
}
"""How much of head and body comes before each point."""


def part(data: bytes, share: float) -> bytes:
    """Return the beginning of some bytes."""
    return data[: int(len(data) * share)]


def masked(head: bytes) -> bytes:
    """Return a head, or the beginning of one, without what differs between answers: date and id."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(line[:10] if line.startswith((b"date", b"x-request-id")) else line for line in lines)


@pytest.mark.parametrize("operation", ["query", "list", "credits", "create", "result"])
@pytest.mark.parametrize("how", get_args(Manner))
@pytest.mark.parametrize("at", POINTS)
def test_what_is_on_the_wire(universe: Universe, at: CutPoint, how: Manner, operation: str) -> None:
    """So much of the true answer, whose head does not tell of the end; then the end, as it is wanted."""
    true = universe.ask(operation, to_end=False, headers={"idempotency-key": "one"})
    universe.plan(f"disconnect {at} {how} on={operation}")
    seen = universe.ask(operation, headers={"idempotency-key": "one"})
    head, body = PARTS[at]
    expected = true.head
    if operation == "create":
        expected = true.head.replace(b"content-length", b"idempotency-replayed: true\r\ncontent-length")
    assert seen.end == ENDS[how]
    assert len(seen.head) == int(len(expected) * head)
    if head == 1:
        assert sorted(masked(seen.head).split(b"\r\n")) == sorted(masked(expected).split(b"\r\n"))
    assert seen.body == part(true.body, body)


@pytest.mark.parametrize(
    ("words", "head", "body"),
    [
        ("in-head offset=12", b"HTTP/1.1 200", b""),
        ("in-head percent=0", b"", b""),
        ("in-body offset=0", None, b""),
        ("in-body offset=3", None, b'{"b'),
        ("in-body percent=100", None, None),
        ("in-body offset=100000", None, None),
    ],
)
@pytest.mark.parametrize("how", get_args(Manner))
def test_where_exactly(universe: Universe, words: str, head: bytes | None, body: bytes | None, how: str) -> None:
    """After so many bytes of head or body, or so much of it; all of it if there is less."""
    true = universe.ask("query", to_end=False)
    universe.plan(f"disconnect {words} {how} on=query")
    seen = universe.ask("query")
    assert seen.end == ENDS[how]
    assert seen.head == head if head is not None else seen.start == true.start
    assert seen.body == (true.body if body is None else body)


@pytest.mark.parametrize("how", get_args(Manner))
@pytest.mark.parametrize("words", ["disconnect before-response", "disconnect before-response phase=before"])
def test_a_create_whose_answer_is_lost(universe: Universe, words: str, how: str) -> None:
    """It is carried out and paid for; but not with the phase before, as if it had been lost on the way."""
    tasks, used = universe.tasks(), universe.used()
    universe.plan(f"{words} {how} on=create")
    assert universe.ask("create").raw == b""
    created = 0 if "before-response phase" in words else 1
    assert universe.tasks() == tasks + created
    assert (universe.used() > used) == bool(created)


def test_an_answer_that_denies_a_task(universe: Universe) -> None:
    """With the phase after the request is carried out before it is answered so; with the phase before it is not."""
    tasks, used = universe.tasks(), universe.used()
    universe.plan("answer 500 phase=after nth=1 on=create", "answer 500 nth=2 on=create")
    assert universe.ask("create", to_end=False).start == b"HTTP/1.1 500 Internal Server Error"
    assert universe.tasks() == tasks + 1
    assert universe.used() > used
    used = universe.used()
    assert universe.ask("create", to_end=False).start == b"HTTP/1.1 500 Internal Server Error"
    assert (universe.tasks(), universe.used()) == (tasks + 1, used)


@pytest.mark.parametrize("how", ["close", "reset", "silence"])
def test_a_lost_create_can_be_asked_for_again(universe: Universe, how: str) -> None:
    """With an idempotency key the next answer is that of the first request, which went through."""
    tasks = universe.tasks()
    universe.plan(f"disconnect in-body {how} on=create nth=1")
    lost = universe.ask("create", headers={"idempotency-key": "one"})
    again = universe.ask("create", to_end=False, headers={"idempotency-key": "one"})
    assert again.headers["idempotency-replayed"] == "true"
    assert again.body.startswith(lost.body)
    assert universe.tasks() == tasks + 1


@pytest.mark.parametrize("how", get_args(Manner))
def test_an_end_does_not_overtake_a_large_answer(universe: Universe, how: Manner) -> None:
    """A client that reads slowly gets all that was sent before the end."""
    universe.plan("body padded:20000000 on=credits", f"disconnect in-body percent=90 {how} on=credits")
    with universe.live.connect() as client:
        universe.send(client, "credits")
        client.read_until(b"\r\n\r\n")
        assert universe.call("GET", "/v1/tasks")["total"] == 1
        seen = client.read_to_end()
    assert seen.end == ENDS[how]
    assert len(seen.body) == int(seen.headers["content-length"]) * 90 // 100
