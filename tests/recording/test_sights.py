"""Where tasks are seen, and what is seen of them."""

from typing import Any

import pytest

from contracts.recording.exchange import Exchange
from contracts.recording.sights import Sight, asked_task, read_callback, read_rows, read_sights
from tests.invariants.stories import row
from tests.rules.records import CAT, DOG, HOOK, Traffic, shown

ROWS = [row(CAT), "no row", row(DOG, "completed"), {"id": 7}, {}]


def exchange(method: str, path: str, *, answer: Any = None, **facts: Any) -> Exchange:
    """Return one exchange."""
    return Traffic().ask(method, path, answer=answer, **facts).record.exchanges[0]


def seen(method: str, path: str, **facts: Any) -> list[tuple[str, str, bool]]:
    """Return which tasks an exchange shows, how, and whether as they may have been earlier."""
    return [(sight.task, sight.way, sight.replayed) for sight in read_sights(exchange(method, path, **facts))]


@pytest.mark.parametrize(
    ("method", "path", "facts", "expected"),
    [
        ("GET", f"/v1/tasks/{CAT}", {"answer": shown(DOG)}, [(CAT, "query", False)]),
        ("GET", f"/v1/tasks/{CAT}", {"answer": shown(), "status": 500}, []),
        ("GET", f"/v1/tasks/{CAT}", {"answer": shown(), "error": "cut"}, []),
        ("GET", f"/v1/tasks/{CAT}", {"answer": ["?"]}, []),
        ("POST", "/v1/videos/generations", {"answer": shown()}, [(CAT, "create", False)]),
        (
            "POST",
            "/v1/videos/generations",
            {"answer": shown(), "told": {"idempotency-replayed": "true"}},
            [(CAT, "create", True)],
        ),
        (
            "POST",
            "/v1/videos/generations",
            {"answer": shown(), "told": {"idempotency-replayed": "false"}},
            [(CAT, "create", False)],
        ),
        ("POST", "/v1/videos/generations", {"answer": {"id": 7}}, []),
        ("GET", "/v1/videos/generations", {"answer": shown()}, []),
        ("GET", "/v1/tasks", {"answer": {"data": ROWS}}, [(CAT, "list", False), (DOG, "list", False)]),
        ("POST", "/v1/tasks/batch", {"answer": {"data": ROWS}}, [(CAT, "batch", False), (DOG, "batch", False)]),
        ("GET", "/v1/tasks", {"answer": {"data": "?"}}, []),
        ("GET", "/v1/tasks", {"answer": ["?"]}, []),
        ("GET", "/v1/credits", {"answer": {"data": ROWS}}, []),
    ],
)
def test_where_tasks_are_seen(
    method: str, path: str, facts: dict[str, Any], expected: list[tuple[str, str, bool]]
) -> None:
    """In whole answers that say success, each by the id that it has there, or that was asked for."""
    assert seen(method, path, **facts) == expected


@pytest.mark.parametrize(
    ("method", "path", "task"),
    [
        ("GET", f"/v1/tasks/{CAT}", CAT),
        ("GET", "/v1/tasks/a%2Fb", "a/b"),
        ("GET", "/v1/tasks/a/b", None),
        ("GET", "/v1/tasks/batch", None),
        ("GET", "/v1/tasks/", None),
        ("GET", "/v1/tasks", None),
        ("DELETE", f"/v1/tasks/{CAT}", None),
    ],
)
def test_queries(method: str, path: str, task: str | None) -> None:
    """A query asks for one task, by its id as it is."""
    assert asked_task(exchange(method, path)) == task


def test_rows() -> None:
    """Only objects are rows, and only those in a list of data."""
    assert read_rows(exchange("GET", "/v1/tasks", answer={"data": ROWS})) == [
        each for each in ROWS if isinstance(each, dict)
    ]
    assert read_rows(exchange("GET", "/v1/tasks", answer={"data": {}})) == []
    assert read_rows(exchange("GET", "/v1/tasks", answer=["?"])) == []


@pytest.mark.parametrize("body", [["?"], {"id": 7}, b"{"])
def test_callbacks_without_tasks(body: Any) -> None:
    """A callback that is no object with an id shows nothing."""
    assert list(read_callback(Traffic().hear(body).record.received[0])) == []
    (sight,) = read_callback(Traffic().hear(shown(), url=HOOK).record.received[0])
    assert (sight.task, sight.way, sight.replayed) == (CAT, "callback", False)


def see(way: Any = "query", **body: Any) -> Sight:
    """Return a task as it was seen."""
    return Sight(task=CAT, way=way, exchange=exchange("GET", "/", took=2.0), body=body)


@pytest.mark.parametrize(
    ("sight", "name", "expected"),
    [
        (see(status="pending"), "states", {"pending"}),
        (see("list", status="processing"), "states", {"pending", "processing"}),
        (see("list", status="failed"), "states", {"failed"}),
        (see(status="archived"), "states", set()),
        (see(status=7), "states", set()),
        (see(), "states", set()),
        (see(status="cancelled"), "ended", True),
        (see(status="processing"), "ended", False),
        (see(status=["completed"]), "ended", False),
        (see(status=7), "status", None),
        (see(progress=7), "progress", 7),
        (see(progress=True), "progress", None),
        (see(progress=7.5), "progress", None),
        (see(results=["a", 7]), "links", ("a", 7)),
        (see(results="a"), "links", ()),
        (see(created=7, created_at=8), "created", 7),
        (see("list", created=7, created_at=8), "created", 8),
        (see(usage={"credits_reserved": 7}, billing={"reserved_credits": 8}), "reserved", 7),
        (see(usage={"credits_reserved": True}, billing={"reserved_credits": 8.5}), "reserved", 8.5),
        (see(usage=7, billing={"reserved_credits": "8"}), "reserved", None),
        (see(usage={"credits_used": 7}, billing={"charged_credits": 8}), "used", 8),
        (see(usage={"credits_used": 7}), "used", 7),
        (see("list", credits_used=7, usage={"credits_used": 8}), "used", 7),
        (see(status="processing", billing={"charge_status": "charged"}), "settled", False),
        (see(status="completed", billing={"charge_status": "charged"}), "settled", True),
        (see(status="failed", billing={"charge_status": "released"}), "settled", True),
        (see("callback", status="failed", billing={"charge_status": "reserved"}), "settled", False),
        (see("callback", status="failed"), "settled", True),
        (see(status="failed"), "settled", False),
        (see(status="completed", usage={"credits_used": 7}), "settled", True),
    ],
)
def test_what_is_seen(sight: Sight, name: str, expected: Any) -> None:
    """A task is taken as it was shown; what is not of the documented type says nothing."""
    assert getattr(sight, name) == expected


def test_since_when_it_is_true() -> None:
    """A callback was written before it was sent; of an answer nobody knows when it was, but that it was in the end."""
    assert see().true_from - see("callback").true_from == pytest.approx(2.0)
    assert see().number == 1
