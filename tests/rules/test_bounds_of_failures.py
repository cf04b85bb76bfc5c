"""B, C and D rules at their bounds: ends that come or do not, refusals, waits, and who is judged beside others."""

from typing import Any

import pytest

from contracts.recording import Exchange, View
from tests.invariants.stories import row
from tests.rules.bounds import RETRY, Case, check_case, made, polled_at
from tests.rules.hints import YEAR, dated
from tests.rules.polls import again, polled
from tests.rules.records import CAT, DOG, ERROR, START, Traffic, shown, wanted
from tests.tables import by_table

DAYS = 100 * 86_400
HOUR = {"retry-after": "3600"}
BARE: dict[str, Any] = {"usage": None, "billing": None}


def read(traffic: Traffic, second: float, status: int = 200, **facts: Any) -> Traffic:
    """Read the credits at a second, in one second."""
    answer = {"data": {}} if status == 200 else b""
    return traffic.ask("GET", "/v1/credits", status=status, answer=answer, at=START + second, **{"took": 1.0, **facts})


def reads(status: int, *seconds: float, **facts: Any) -> Traffic:
    """Read the credits at these seconds, and be answered so."""
    traffic = Traffic(view=View(clock="virtual"))
    for second in seconds:
        read(traffic, second, status, **facts)
    return traffic


def asked(*attempts: tuple[float, int]) -> Traffic:
    """Ask for the same task at these seconds, in one second each, and be answered so."""
    traffic = Traffic()
    for second, status in attempts:
        traffic.create(at=START + second, took=1.0, status=status, told=RETRY if status == 503 else {})
    return traffic


def ended(*seconds: float, **facts: Any) -> Traffic:
    """A task that is polled each ten seconds, has ended at 20, and is polled again at these."""
    return polled_at(*seconds, traffic=polled_at(20, shows="completed", traffic=polled_at(1, 10)), **facts)


def listed(traffic: Traffic, second: float, status: str) -> Traffic:
    """Show the task in a list."""
    return traffic.ask("GET", "/v1/tasks", answer={"data": [row(CAT, status)]}, at=START + second, took=1.0)


def told_of(traffic: Traffic, prompt: str, status: int) -> Traffic:
    """Be refused, and tell of it in the same words each time."""
    traffic.refuse(status, asked={"prompt": prompt})
    return traffic.report("error", error="Refused", wanted=wanted(prompt=prompt))


def two_errors() -> Traffic:
    """Two documented errors with one status, in words of their own, and one that has another form."""
    traffic = Traffic()
    for prompt, error, answer in (("cat", "A", ERROR), ("dog", "B", ERROR), ("cow", "C", {"detail": "No."})):
        traffic.refuse(429, asked={"prompt": prompt}, answer=answer)
        traffic.report("error", error=error, wanted=wanted(prompt=prompt))
    return traffic


def conditional() -> Traffic:
    """A poll with two conditions, after an answer that was not to be stored."""
    kept = {"cache-control": "private, no-store", "etag": '"1"', "last-modified": "Sun, 22 Nov 2026 10:00:00 GMT"}
    headers = {"if-none-match": '"1"', "if-modified-since": "Sun, 22 Nov 2026 10:00:00 GMT"}
    return polled_at(20, traffic=polled_at(10, told=kept), headers=headers)


def lost(task: str) -> Traffic:
    """A task that is asked for by another id, and not found."""
    return made().refuse(404, task=task)


CASES: list[Case] = [
    ("B7", lambda: Traffic().refuse(400).wait(1).refuse(None), 1, 1),
    ("B7", lambda: Traffic().create(DOG, asked={"prompt": "A dog"}).refuse(400).wait(1).refuse(400), 2, 1),
    ("B2", lambda: Traffic().create(DOG, asked={"prompt": "A dog"}).create(answer=b"{").wait(1).create(), 1, 1),
    ("B3", lambda: Traffic().create(DOG, asked={"prompt": "A dog"}).refuse(502).wait(1).create(), 1, 1),
    ("B3", lambda: Traffic().refuse(400, asked={"prompt": "A dog"}).refuse(502).wait(1).create(), 1, 1),
    ("C1", lambda: made().ask("DELETE", f"/v1/tasks/{CAT}"), 0, 0),
    ("C1", lambda: made().ask("GET", "/v1/tasks/undefined", status=404, at=START + 1), 1, 1),
    ("C1", lambda: made().ask("GET", f"/v1/tasks/{CAT[-8:]}", status=404), 1, 1),
    ("C1", lambda: made().ask("GET", f"/v1/tasks/{CAT[-7:]}", status=404), 0, 0),
    ("C1", lambda: lost(CAT[-8:]).refuse(503, task=CAT[-8:]), 1, 1),
    ("C1", lambda: lost(f"%22{CAT[-9:]}%22"), 1, 1),
    ("C1", lambda: lost(f"{CAT}x"), 1, 1),
    ("C1", lambda: lost(f"x{CAT}"), 1, 1),
    ("C1", lambda: lost(f"zzzz{CAT[-8:]}"), 0, 0),
    ("C2", lambda: again(again(polled(task=DOG).create(), times=2), "completed", times=4), 1, 1),
    ("C2", lambda: ended(30, 40, 50, 60), 1, 1),
    ("C2", lambda: ended(21, 22, 23, 24, shows="completed"), 1, 1),
    ("C2", lambda: ended(20.5, 20.6, 20.7, 20.8), 1, 0),
    ("C2", lambda: again(again(made().hear(shown()), times=3), "completed", times=4), 1, 1),
    ("C2", lambda: ended().download(status=400).poll("completed").download(status=400).poll("completed"), 1, 0),
    ("C4", lambda: polled_at(DAYS + 9, traffic=polled_at(1, 9, DAYS), shows="odd"), 1, 1),
    ("C8", lambda: polled_at(DAYS + 9, traffic=polled_at(1, 9, DAYS), shows="odd"), 0, 0),
    ("C8", lambda: polled_at(1, 9, DAYS, DAYS + 9), 1, 1),
    ("C8", lambda: polled_at(1, 9, 100, 200, 400).report("completed", task=CAT), 1, 1),
    ("C8", lambda: polled_at(1, 9, DAYS, traffic=made(polled("completed", task=DOG).wait(9))), 1, 1),
    ("C9", lambda: polled_at(9, 19, traffic=made(changes=BARE)).wait(9).refuse(502, task=CAT), 1, 1),
    (
        "C9",
        lambda: again(again(polled(times=2).refuse(502, task=CAT)).refuse(502, task=CAT).refuse(500, task=CAT)),
        2,
        0,
    ),
    ("C13", lambda: again(polled(times=3, changes={"progress": 0})), 0, 0),
    ("C13", lambda: again(polled(times=3, changes={"progress": 40}), changes={"progress": 39}), 1, 1),
    ("C14", lambda: again(again(polled(task=DOG).create().refuse(404, task=CAT), times=2), task=DOG), 1, 0),
    ("C17", conditional, 1, 1),
    ("C18", lambda: again(polled_at(1, traffic=listed(made(), 1, "processing"))), 0, 0),
    ("C18", lambda: again(polled_at(1, traffic=listed(made(), 2, "processing"))), 1, 1),
    ("C5", lambda: polled_at(13, traffic=polled_at(9, told=RETRY).hear(shown(), at=START + 13)), 0, 0),
    ("C5", lambda: polled_at(13, traffic=polled_at(9, told=RETRY).hear(shown(), at=START + 14)), 1, 1),
    ("C5", lambda: polled_at(13, traffic=listed(polled_at(9, told=RETRY), 12, "completed")), 0, 0),
    ("C5", lambda: polled_at(13, traffic=listed(polled_at(9, told=RETRY), 12.5, "completed")), 1, 1),
    ("D1", lambda: Traffic().refuse(402).report("completed").refuse(404).report("failed"), 0, 0),
    ("D1", lambda: Traffic().refuse(402).report("error").refuse(404).report("error"), 0, 0),
    ("D1", lambda: told_of(told_of(Traffic(), "cat", 400), "dog", 404), 1, 1),
    ("D2", lambda: read(reads(402, 0), 61), 1, 0),
    ("D2", lambda: read(reads(402, 0), 60.9), 1, 1),
    ("D3", lambda: asked((0, 503), (1, 200)), 1, 1),
    ("D3", lambda: asked((0, 200), (1, 503), (3, 200)), 1, 1),
    ("D3", lambda: asked((0, 503), (3, 200), (4, 200)), 1, 1),
    ("D3", lambda: asked((0, 200), (10, 503), (12, 200), (30, 200)), 1, 1),
    ("D3", lambda: made().refuse(429, told=HOUR).wait(9).create(), 1, 1),
    ("D3", lambda: Traffic().refuse(429, told={"retry-after": "1"}).wait(0.5).create(), 1, 1),
    ("D3", lambda: Traffic().refuse(429, told={"retry-after": "3601"}).wait(9).create(), 0, 0),
    (
        "D3",
        lambda: polled_at(
            13, traffic=polled_at(9, status_code=429, told=RETRY).hear(shown(), at=START + 9.5, took=0.5)
        ),
        0,
        0,
    ),
    (
        "D3",
        lambda: polled_at(13, traffic=polled_at(9, status_code=429, told=RETRY).hear(shown(), at=START + 9, took=0.5)),
        1,
        1,
    ),
    ("D3", lambda: polled_at(13, traffic=polled_at(9, status_code=429, told=RETRY).hear(shown(), at=START + 13)), 0, 0),
    ("D4", lambda: Traffic().refuse(429, told=RETRY).wait(3).create(), 0, 0),
    ("D4", lambda: Traffic().refuse(429, told=dated(2)).wait(0.5).create(), 1, 1),
    (
        "D4",
        lambda: Traffic().refuse(429, told={"retry-after": "1"}).refuse(429, told={"retry-after": "1"}).create(),
        0,
        0,
    ),
    ("D7", lambda: read(made().refuse(429, told=RETRY), 2), 0, 0),
    ("D7", lambda: made().create(DOG).refuse(503, task=CAT, told=RETRY).wait(2).poll(task=DOG), 0, 0),
    ("D7", lambda: made().create(DOG).refuse(429, task=CAT, told=YEAR).wait(2).poll(task=DOG), 0, 0),
    ("D7", lambda: made().create(DOG).refuse(429, task=CAT, told=HOUR).wait(2).poll(task=DOG), 1, 1),
    (
        "D7",
        lambda: made().create(DOG).refuse(429, task=CAT, told={"retry-after": "1"}).wait(0.5).poll(task=DOG),
        1,
        1,
    ),
    ("D9", two_errors, 1, 1),
    ("D10", lambda: reads(503, 0, told=HOUR), 1, 1),
    ("D10", lambda: read(Traffic(), 0, 502).create(at=START + 60, took=1.0), 0, 0),
    ("D10", lambda: read(Traffic(), 0, 502).create(at=START + 60.5, took=1.0), 1, 1),
    ("D11", lambda: read(reads(503, 0), 2), 0, 0),
    ("D11", lambda: reads(503, 0, 2), 1, 0),
    ("D11", lambda: read(reads(503, 0, 2), 4), 1, 0),
    ("D11", lambda: reads(503, *[0] * 10, took=0.0), 1, 0),
    ("D11", lambda: reads(503, 0, 2, *(2 + 0.25 * place for place in range(1, 14)), took=0.0), 1, 1),
    (
        "D12",
        lambda: again(Traffic(view=View(clock="virtual")).refuse(503).wait(70).create(), every=60, times=2),
        1,
        1,
    ),
    ("D12", lambda: Traffic(view=View(clock="virtual")).refuse(503, told=HOUR).wait(9000).create(), 1, 1),
]


test_bounds = by_table(check_case, CASES)


@pytest.mark.parametrize(("status", "fine"), [(None, False), (199, False), (200, True), (299, True), (300, False)])
def test_success(status: int | None, *, fine: bool) -> None:
    """Statuses of two hundred and more are success, and those of three hundred are not."""
    exchange = Exchange(number=1, started_at=0.0, ended_at=0.0, method="GET", url="https://a.example/", status=status)
    assert exchange.says_success is fine
