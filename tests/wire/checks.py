"""What is to be seen of a plan at work, as functions that see whether it is so."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from tests.serving import CREATE, example
from tests.wire.conftest import Universe
from tests.wire.raw import End, Seen

OK: Final = "HTTP/1.1 200 OK"
ABSENT: Final = object()
"""Stands for what is not there."""


class Case(msgspec.Struct, frozen=True):
    """An example at work: in a universe, the true answer that there would be, and what the server waited for."""

    universe: Universe
    operation: str
    true: Seen
    waits: list[float]


Check: TypeAlias = Callable[[Case], None]


def unchanged(body: bytes) -> bytes:
    """Return a body as it is."""
    return body


def seen(
    start: str = OK,
    *,
    end: End = "open",
    body: Callable[[bytes], bytes] | None = unchanged,
    waits: list[float] | None = None,
    **headers: Any,
) -> Check:
    """Expect an answer with this first line, end, body (None: any), headers (lists if several), and waits."""

    def check(case: Case) -> None:
        came = case.universe.ask(case.operation, to_end=end != "open")
        assert (came.start.decode(), came.end) == (start, end)
        assert body is None or came.body == body(case.true.body)
        assert waits is None or case.waits == waits
        for name, value in headers.items():
            found = [text for key, text in came.pairs if key == name.replace("_", "-")]
            assert found == ([] if value is ABSENT else value if isinstance(value, list) else [value])

    return check


def refused(status: str, **headers: Any) -> Check:
    """Expect an error with a body in the API's form."""

    def check(case: Case) -> None:
        seen(f"HTTP/1.1 {status}", body=None, content_type="application/json", **headers)(case)
        assert json.loads(case.universe.ask(case.operation, to_end=False).body)["error"]["message"]

    return check


def lost(*, created: bool, **expected: Any) -> Check:
    """Expect no answer to a create, which was carried out or not."""

    def check(case: Case) -> None:
        tasks = case.universe.tasks()
        seen("", end="FIN", body=lambda _: b"", **expected)(case)
        assert case.universe.tasks() == tasks + created

    return check


def members(**expected: Any) -> Check:
    """Expect members of the JSON of an answer."""

    def check(case: Case) -> None:
        came = case.universe.ask(case.operation, to_end=False)
        assert came.start.decode() == OK
        check_members(json.loads(came.body), expected)

    return check


def check_members(document: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """See that members, those of objects with a double underline, are as expected; functions tell for themselves."""
    for path, value in expected.items():
        found: Any = document
        for name in path.split("__"):
            found = found.get(name, ABSENT)
        assert value(found) if callable(value) else found == value, (path, found)


def life(*stages: tuple[float, Mapping[str, Any]], created: Mapping[str, Any] = {}) -> Check:
    """Expect of a task that is created what a query shows of it, after so many seconds each."""

    def check(case: Case) -> None:
        universe, before = case.universe, 0.0
        task = universe.call("POST", CREATE, example())
        check_members(task, created)
        for seconds, expected in stages:
            universe.control("POST", "clock", {"advance": seconds - before})
            check_members(universe.call("GET", f"/v1/tasks/{task['id']}"), expected)
            before = seconds

    return check


def fetched(
    words: str, start: str = OK, body: Callable[[bytes], bytes] | None = None, waits: int = 0, **headers: Any
) -> Check:
    """Expect of the link of a task that is created what it leads to."""

    def check(case: Case) -> None:
        case.universe.finish_task()
        seen(start, body=body, **headers)(case)
        assert len(case.waits) == waits
        assert case.universe.exchanges()[-1]["faults"] == words.split(", ")

    return check


def unknown(case: Case) -> None:
    """Expect a task to be unknown for five seconds."""
    universe = case.universe
    path = f"/v1/tasks/{universe.call('POST', CREATE, example())['id']}"
    assert universe.live.client.get(path, headers=universe.headers).status_code == 404
    universe.control("POST", "clock", {"advance": 5})
    assert universe.call("GET", path)["status"] == "pending"


def crowded(case: Case) -> None:
    """Expect the third task to be refused while two are under way, of which the true answer was one."""
    answers = [case.universe.ask("create", to_end=False).start for _ in range(2)]
    assert answers == [OK.encode(), b"HTTP/1.1 429 Too Many Requests"]


def rated(case: Case) -> None:
    """Expect sixty requests to be answered, and the next to be refused for a second."""
    for _ in range(60):
        seen()(case)
    refused("429 Too Many Requests", retry_after="1")(case)


def closed(case: Case) -> None:
    """Expect each creation to be refused, and no model to be shown."""
    refused("403 Forbidden")(case)
    assert case.universe.call("GET", "/v1/models")["data"] == []


def jittered(case: Case) -> None:
    """Expect a wait of 0.1 to 0.5 seconds."""
    seen()(case)
    (wait,) = case.waits
    assert 0.1 <= wait <= 0.5
