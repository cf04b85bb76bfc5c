"""What happens to an answer when the simulator itself fails in the middle of a script: that is answered too."""

import logging
from typing import Any

import pytest

from mock_server.http import wire
from tests.wire.conftest import Universe

DEEP = "[" * 500_000


@pytest.mark.parametrize("part", ["change_head", "spoil", "add_headers"])
@pytest.mark.parametrize(("words", "end"), [("delay 0", "open"), ("disconnect after-head", "FIN")])
def test_a_failure(
    universe: Universe,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: str,
    words: str,
    end: str,
) -> None:
    """It is an internal error in the API's form, which goes the way that the script says; the log has the reason."""

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    universe.plan(f"{words} on=query")
    monkeypatch.setattr(wire, part, fail)
    with caplog.at_level(logging.ERROR, "mock_server.api.endpoint"):
        seen = universe.ask("query", to_end=end != "open")
    assert (seen.start, seen.end) == (b"HTTP/1.1 500 Internal Server Error", end)
    assert universe.exchanges()[-1]["status"] == 500
    assert "this is a bug of the simulator" in caplog.text


@pytest.mark.parametrize("more", ["set.a=1", "twice"])
def test_a_body_that_is_too_deep_to_be_read(universe: Universe, more: str) -> None:
    """A body that a plan makes up is sent as it is where it cannot be read to be changed."""
    plans = [{"kind": "answer", "status": 200, "text": DEEP}]
    universe.control("PUT", "plans", {"plans": plans})
    universe.control("POST", "plans", {"plans": f"body {more}"})
    assert universe.ask("query", to_end=False).body.startswith(DEEP.encode())


@pytest.mark.parametrize(
    ("operation", "words"),
    [("create", "answer 503"), ("create", "disconnect in-body"), ("create", "delay 0 in-head")],
)
def test_a_client_that_leaves_before_its_request_is_whole(universe: Universe, operation: str, words: str) -> None:
    """Nothing is carried out, and no plan strikes."""
    tasks = universe.tasks()
    universe.plan(f"{words} on={operation}")
    with universe.live.connect() as client:
        client.send("POST", universe.requests["create"][1], {**universe.headers, "content-length": "10000"})
        client.leave()
    *_, entry = universe.exchanges()
    assert (entry["status"], entry["faults"]) == (None, [])
    assert universe.tasks() == tasks
