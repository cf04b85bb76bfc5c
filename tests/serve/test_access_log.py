import asyncio
import re
import time

import pytest

from mock_server import access_log
from mock_server.access_log import AccessLog, line
from mock_server.exchange import Exchange

TASK = "task-unified-1757169743-7cvnl5zw"


def exchange(path: str = "/v1/credits", *, task: str | None = None, clauses: tuple[str, ...] = ()) -> Exchange:
    """Return a finished exchange."""
    method = "POST" if path.endswith("generations") else "GET"
    return Exchange(id="1", method=method, path=path, started=0, status=200, task=task, clauses=clauses)


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        (exchange(), "GET  /v1/credits 200 1.5 ms\n"),
        (exchange("/v1/videos/generations", task=TASK), f"POST /v1/videos/generations 200 1.5 ms  {TASK}\n"),
        (exchange(f"/v1/tasks/{TASK}", task=TASK), f"GET  /v1/tasks/{TASK} 200 1.5 ms\n"),
        (exchange(clauses=("PROMPT-MAX", "URLS-MAX")), "GET  /v1/credits 200 1.5 ms  broke PROMPT-MAX, URLS-MAX\n"),
        (exchange("/v1/a\nb\x1b[31m é"), "GET  /v1/a%0Ab%1B%5B31m%20%C3%A9 200 1.5 ms\n"),
        (Exchange(id="1", method="GET", path="/", started=0), "GET  / - 1.5 ms\n"),
    ],
)
def test_a_line(finished: Exchange, expected: str) -> None:
    """Method, path, status, time; then the task unless the path has it, and the clauses that were broken."""
    assert line(finished, 1_500_000) == expected


def test_lines_are_written_together_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchanges that end close together cost one write, which the event loop does by itself."""
    monkeypatch.setattr(access_log, "FLUSH_SECONDS", 0)
    written: list[str] = []

    async def two_and_one() -> None:
        log = AccessLog(written.append)
        log.add(exchange("/first"))
        log.add(exchange("/second"))
        assert written == []
        await turns()
        assert len(written) == 1
        log.add(exchange("/third"))
        await turns()

    asyncio.run(two_and_one())
    assert [re.findall(r"/\w+", text) for text in written] == [["/first", "/second"], ["/third"]]


def test_flush_writes_what_waits_and_then_nothing() -> None:
    """At the end of a server the rest is written at once; without a rest nothing is."""
    written: list[str] = []

    async def one() -> None:
        log = AccessLog(written.append)
        log.flush()
        log.add(exchange())
        log.flush()
        log.flush()

    asyncio.run(one())
    assert len(written) == 1


def test_time_taken_is_from_the_start_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read when the exchange is over, not when its line is written."""
    written: list[str] = []

    async def one() -> None:
        log = AccessLog(written.append)
        monkeypatch.setattr(time, "perf_counter_ns", lambda: 2_000_000)
        log.add(exchange())
        monkeypatch.setattr(time, "perf_counter_ns", lambda: 9_000_000)
        log.flush()

    asyncio.run(one())
    assert written == ["GET  /v1/credits 200 2.0 ms\n"]


async def turns() -> None:
    """Let the event loop run what is due."""
    for _ in range(3):
        await asyncio.sleep(0)
