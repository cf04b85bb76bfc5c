"""Servers that make the attempts at callbacks at other times, or not at all (K4 to K6, K10, K11)."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, Final

from mock_server.core.types import SECOND, Sending
from tests.mutants.mutant import Mutant, Patch

_NEXT: Final = "mock_server.callbacks.callbacks.next_due"


def _retrying(change: Callable[[Any, int, int | None, int], int | None]) -> dict[str, Patch]:
    """Return patches by which attempts are due at other times; `change` gets the original and what that gets."""
    return {_NEXT: lambda original: partial(change, original)}


def _go_on(original: Any, attempts: int, status: int | None, ended_at: int) -> int | None:
    due_at: int | None = original(min(attempts, 3), status, ended_at)
    return due_at


def _later(original: Any, attempts: int, status: int | None, ended_at: int) -> int | None:
    due_at: int | None = original(attempts, status, ended_at)
    return None if due_at is None else due_at + 3 * SECOND


def _unless(status_of_no_retry: Callable[[int], bool]) -> dict[str, Patch]:
    """Return patches by which some answers that are no success end a delivery."""

    def change(original: Any, attempts: int, status: int | None, ended_at: int) -> int | None:
        over = status is not None and status_of_no_retry(status)
        due_at: int | None = None if over else original(attempts, status, ended_at)
        return due_at

    return _retrying(change)


def _again(original: Any, attempts: int, status: int | None, ended_at: int) -> int | None:
    return ended_at + SECOND if attempts == 1 else original(attempts, status, ended_at)


def _follow(original: Any) -> Any:
    """A redirect is followed."""

    async def post(egress: Any, url: str, body: Any, headers: Any) -> Any:
        answer = await original(egress, url, body, headers)
        if answer.status != 302:
            return answer
        return await original(egress, f"{url.rpartition('/')[0]}/elsewhere", body, headers)

    return post


def _wait_for_others(original: Any) -> Any:
    """After two callbacks that are prompt the next ones wait until those are over."""
    tasks = count()

    def plan(timeline: Any, planned: Any) -> Any:
        late = 15 * SECOND if next(tasks) > 1 else 0
        return tuple(Sending(each.due_at + late) for each in original(timeline, planned))

    return plan


def _drop_the_rest(original: Any) -> Any:
    """Who starts knows nothing of what was due."""

    async def start(callbacks: Any) -> None:
        callbacks._store._run("UPDATE callback SET due_at = NULL")
        await original(callbacks)

    return start


MUTANTS: Final = (
    Mutant(
        id="late-retries",
        wrong="Attempts follow three seconds later than they are to.",
        probes=("retries",),
        rules=("K4",),
        clauses=("CB-RETRIES",),
        told="1 s after the failure",
        patches=_retrying(_later),
    ),
    Mutant(
        id="endless-retries",
        wrong="There is no last attempt.",
        probes=("retries",),
        rules=("K4",),
        clauses=("CB-RETRIES",),
        told="at most 4 attempts",
        patches=_retrying(_go_on),
    ),
    Mutant(
        id="no-retries",
        wrong="A failed attempt is the last.",
        probes=("retries",),
        rules=("K6",),
        clauses=("CB-RETRIES",),
        told="status 500",
        patches=_unless(lambda _: True),
    ),
    Mutant(
        id="again-after-success",
        wrong="A callback is sent again after it was received.",
        probes=("callback",),
        rules=("K4",),
        clauses=("CB-SUCCESS",),
        told="none after status 200",
        patches=_retrying(_again),
    ),
    Mutant(
        id="only-200",
        wrong="Only 200 counts as success.",
        probes=("retries",),
        rules=("K4",),
        clauses=("CB-SUCCESS",),
        told="none after status 204",
        patches=_retrying(
            lambda original, made, status, ended: original(made, status if status == 200 else 500, ended)
        ),
    ),
    Mutant(
        id="impatient",
        wrong="An attempt is given up after three seconds.",
        probes=("patience",),
        rules=("K5",),
        clauses=("CB-TIMEOUT",),
        told="after 3.",
        patches={"contracts.probes.own.Egress": lambda original: partial(original, seconds=3)},
    ),
    Mutant(
        id="client-errors-are-final",
        wrong="An answer of the class 4xx ends a delivery.",
        probes=("retries",),
        rules=("K6",),
        clauses=("CB-SUCCESS",),
        told="status 404",
        patches=_unless(lambda status: 400 <= status < 500),
    ),
    Mutant(
        id="redirects-are-final",
        wrong="A redirect counts as success.",
        probes=("retries",),
        rules=("K6",),
        clauses=("CB-SUCCESS",),
        told="status 302",
        patches=_unless(lambda status: status < 400),
    ),
    Mutant(
        id="redirects-are-followed",
        wrong="A redirect is followed.",
        probes=("retries",),
        rules=("K6",),
        clauses=("CB-SUCCESS",),
        told="a request to https://hooks.example.com/elsewhere",
        patches={"mock_server.egress.egress.Egress.post": _follow},
    ),
    Mutant(
        id="one-after-the-other",
        wrong="A callback waits until those of other tasks are over.",
        probes=("retries",),
        rules=("K10",),
        clauses=("CB-WHEN",),
        told="whatever becomes of others",
        patches={"mock_server.operations.creation.plan_sendings": _wait_for_others},
    ),
    Mutant(
        id="callbacks-in-memory",
        wrong="A restart ends the schedule of callbacks.",
        probes=("restart-amid",),
        rules=("K11",),
        clauses=("CB-RETRIES", "CB-WHEN"),
        told="the rest of the schedule after a restart",
        patches={"mock_server.callbacks.callbacks.Callbacks.start": _drop_the_rest},
    ),
)
"""The servers that make attempts at other times."""
