import asyncio
import re

import pytest

from mock_server.journal.exchange import Exchange
from mock_server.serving import access_log
from mock_server.serving.access_log import AccessLog, line

TASK = "task-unified-1757169743-7cvnl5zw"


def exchange(path: str = "/v1/credits", *, task: str | None = None, clauses: tuple[str, ...] = ()) -> Exchange:
    """Return a finished exchange."""
    method = "POST" if path.endswith("generations") else "GET"
    return Exchange(id="1", method=method, path=path, started=0, ended=1_500, status=200, task=task, clauses=clauses)


def lost(path: str, *, status: int = 404, task: str | None = None, body: bytes = b"") -> Exchange:
    """Return an exchange that led nowhere."""
    length = str(len(body)).encode()
    headers = [(b"authorization", b"Bearer sk-very-secret"), (b"content-length", length)]
    return Exchange(
        "GET", path, 0, ended=1_500, status=status, task=task, headers=headers, body=body, body_size=len(body)
    )


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        (exchange(), "GET  /v1/credits 200 1.5 ms\n"),
        (exchange("/v1/videos/generations", task=TASK), f"POST /v1/videos/generations 200 1.5 ms  {TASK}\n"),
        (exchange(f"/v1/tasks/{TASK}", task=TASK), f"GET  /v1/tasks/{TASK} 200 1.5 ms\n"),
        (exchange(clauses=("PROMPT-MAX", "URLS-MAX")), "GET  /v1/credits 200 1.5 ms  broke PROMPT-MAX, URLS-MAX\n"),
        (exchange("/v1/a\nb\x1b[31m é"), "GET  /v1/a%0Ab%1B%5B31m%20%C3%A9 200 1.5 ms\n"),
        (Exchange(id="1", method="GET", path="/", started=0), "GET  / - 0.0 ms\n"),
        (lost("/v1/credits", status=401), "GET  /v1/credits 401 1.5 ms\n"),
        (lost(f"/v1/tasks/{TASK}", task=TASK), f"GET  /v1/tasks/{TASK} 404 1.5 ms\n"),
    ],
)
def test_a_line(finished: Exchange, expected: str) -> None:
    """Method, path, status, time; then the task unless the path has it, and the clauses that were broken."""
    assert line(finished) == expected


@pytest.mark.parametrize(
    "finished",
    [
        lost("/v1/models/sk-very-secret"),
        lost("/v1/sk-other-secret/tasks", status=0),
        lost("/v1/a cat that plays the very-secret piano"),
        lost("/v1/a-cat-that-is-very-secret", body=b'{"prompt": "a-cat-that-is-very-secret"}'),
        lost("/v1/tasks/task-unified-very-secret", task="task-unified-very-secret", body=b"task-unified-very-secret"),
        lost("/v1/" + "very-secret" * 6),
    ],
    ids=["the key", "another key", "prose", "a prompt", "a task", "a long part"],
)
def test_a_line_of_what_led_nowhere_holds_no_secret(finished: Exchange) -> None:
    """A path that is no path of ours may hold whatever was sent; keys and prompts are taken out."""
    assert "very-secret" not in line(finished)
    assert "(redacted)" in line(finished)


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


def test_what_the_page_reads_has_no_line() -> None:
    """A browser that shows the dashboard asks again and again; what it changes, and what programs ask, is told."""
    written: list[str] = []
    browser, program = [(b"host", b"localhost"), (b"sec-fetch-site", b"same-origin")], [(b"host", b"localhost")]

    async def several() -> None:
        log = AccessLog(written.append)
        for number, (method, path, headers) in enumerate(
            (
                ("GET", "/_mock/dashboard/lanes", browser),
                ("POST", "/_mock/clock", browser),
                ("GET", "/_mock/clock", program),
                ("GET", "/v1/credits", browser),
            )
        ):
            log.add(Exchange(method, path, number, headers=headers, status=200))
        log.flush()

    asyncio.run(several())
    assert re.findall(r"^\w+ +\S+", written[0], re.MULTILINE) == [
        "POST /_mock/clock",
        "GET  /_mock/clock",
        "GET  /v1/credits",
    ]


async def turns() -> None:
    """Let the event loop run what is due."""
    for _ in range(3):
        await asyncio.sleep(0)
