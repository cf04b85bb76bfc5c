"""What happens to an answer when the simulator itself fails in the middle of a script: that is answered too."""

import logging
from typing import Any

import pytest

from mock_server.api import wire
from tests.wire.conftest import World

DEEP = "[" * 500_000


@pytest.mark.parametrize("part", ["change_head", "spoil", "add_headers"])
@pytest.mark.parametrize(("words", "end"), [("delay 0", "open"), ("disconnect after-head", "FIN")])
def test_a_failure(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str, words: str, end: str
) -> None:
    """It is an internal error in the API's form, which goes the way that the script says; the log has the reason."""

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    world.plan(f"{words} on=query")
    monkeypatch.setattr(wire, part, fail)
    with caplog.at_level(logging.ERROR, "mock_server.api.endpoint"):
        seen = world.ask("query", to_end=end != "open")
    assert (seen.start, seen.end) == (b"HTTP/1.1 500 Internal Server Error", end)
    assert world.exchanges()[-1]["status"] == 500
    assert "this is a bug of the simulator" in caplog.text


@pytest.mark.parametrize("more", ["set.a=1", "twice"])
def test_a_body_that_is_too_deep_to_be_read(world: World, more: str) -> None:
    """A body that a plan makes up is sent as it is where it cannot be read to be changed."""
    plans = [{"kind": "answer", "status": 200, "text": DEEP}]
    world.control("PUT", "plans", {"plans": plans})
    world.control("POST", "plans", {"plans": f"body {more}"})
    assert world.ask("query", to_end=False).body.startswith(DEEP.encode())


@pytest.mark.parametrize(
    ("operation", "words"),
    [("create", "answer 503"), ("create", "disconnect in-body"), ("create", "delay 0 in-head")],
)
def test_a_client_that_leaves_before_its_request_is_whole(world: World, operation: str, words: str) -> None:
    """Nothing is carried out, and no plan strikes."""
    tasks = world.tasks()
    world.plan(f"{words} on={operation}")
    with world.live.connect() as client:
        client.send("POST", world.requests["create"][1], {**world.headers, "content-length": "10000"})
        client.leave()
    *_, entry = world.exchanges()
    assert (entry["status"], entry["faults"]) == (None, [])
    assert world.tasks() == tasks
