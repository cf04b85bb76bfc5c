"""Servers that get limits, repetition and links wrong (P4 to P7)."""

import asyncio
from itertools import count
from typing import Any, Final

import msgspec

from contracts.probes.orders import order
from tests.mutants.changes import with_body, without_header
from tests.mutants.mutant import Mutant, always
from tests.mutants.wrapping import Answered, Asked

_LARGE: Final = 1_000_000
_HOUR: Final = 3_600 * 1_000_000


def _read_on(asked: Asked) -> Asked:
    """Take a huge body, whatever it is, for an order."""
    return with_body(asked, order()) if asked.is_create and len(asked.body) > _LARGE else asked


def _one_at_a_time(original: Any) -> Any:
    """A request waits until the one before it has come as a whole."""
    turn = asyncio.Lock()

    async def serve(endpoint: Any, scope: Any, receive: Any, send: Any) -> None:
        async with turn:
            await original(endpoint, scope, receive, send)

    return serve


def _fingerprint_all_alike(original: Any) -> Any:
    """A key counts, and the body does not."""
    return lambda key, _: original(key, {})


def _wait_less(original: Any) -> Any:
    """429 asks to wait for one second, whatever the limit."""

    def take(*places: Any) -> Any:
        bucket, wait = original(*places)
        return bucket, min(wait, 1)

    return take


def _let_in_again(original: Any) -> Any:
    """Who was refused is let in the next time."""
    refusals = count()

    def take(bucket: Any, limit: Any, now: Any) -> Any:
        taken, wait = original(bucket, limit, now)
        return (taken, 0) if wait and next(refusals) % 2 else (taken, wait)

    return take


def _other_range(_: Asked, answered: Answered) -> Answered:
    if answered.status != 206:
        return answered
    headers = tuple(pair for pair in answered.headers if pair[0] != b"content-range")
    return msgspec.structs.replace(answered, headers=(*headers, (b"content-range", b"bytes 0-9/10")))


MUTANTS: Final = (
    Mutant(
        id="huge-bodies",
        wrong="A body of 16 MiB is read to its end, and taken.",
        probes=("size",),
        rules=("P4",),
        clauses=("HTTP-413",),
        told="413 for 16777216 bytes",
        requests=_read_on,
    ),
    Mutant(
        id="one-at-a-time",
        wrong="A client that stalls keeps all others waiting.",
        probes=("size",),
        rules=("P4",),
        told="another client takes its time",
        patches={
            "mock_server.api.endpoint.Endpoint.__call__": _one_at_a_time,
            "contracts.probes.targets.TIMEOUT": always(0.5),
        },
    ),
    Mutant(
        id="silent-replay",
        wrong="A repeated request is not marked as such.",
        probes=("repetition",),
        rules=("P5",),
        clauses=("IDEM-REPLAY",),
        told="Idempotency-Replayed: true",
        answers=without_header(b"idempotency-replayed"),
    ),
    Mutant(
        id="key-alone",
        wrong="A key that was used with another body gives the task of that.",
        probes=("repetition",),
        rules=("P5",),
        clauses=("IDEM-CONFLICT",),
        told="409, as the key was used with another body",
        patches={"mock_server.operations.creation.claim": _fingerprint_all_alike},
    ),
    Mutant(
        id="short-memory",
        wrong="Idempotency keys are forgotten after an hour.",
        probes=("late-repetition",),
        rules=("M6", "P5"),
        clauses=("IDEM-LIFETIME",),
        patches={"mock_server.core.idempotency.LIFETIME": always(_HOUR)},
    ),
    Mutant(
        id="lasting-links",
        wrong="Links to results work for two days.",
        probes=("expiry",),
        rules=("P6",),
        clauses=("OP-LINK-24H",),
        told="no longer works after 24 hours",
        patches={"mock_server.links.results.LINK_LIFETIME": always(48 * _HOUR)},
    ),
    Mutant(
        id="dead-links",
        wrong="Links to results do not work.",
        probes=("life",),
        rules=("P6",),
        clauses=("OP-LINK-24H",),
        told="a link that works for 24 hours",
        patches={"mock_server.links.results.LINK_LIFETIME": always(0)},
    ),
    Mutant(
        id="other-range",
        wrong="A part of a result says that it is another part.",
        probes=("life",),
        rules=("P6",),
        clauses=("TASK-RESULTS",),
        told="a Content-Range of 100 bytes",
        answers=_other_range,
    ),
    Mutant(
        id="no-retry-after",
        wrong="429 does not say when to come back.",
        probes=("limits",),
        rules=("P7",),
        clauses=("HTTP-RETRY-AFTER",),
        told="Retry-After with seconds or a date",
        answers=without_header(b"retry-after"),
    ),
    Mutant(
        id="back-too-soon",
        wrong="Who comes back when 429 said gets 429 again.",
        probes=("limits",),
        rules=("P7",),
        clauses=("HTTP-RETRY-AFTER",),
        told="no 429 once 1 s have passed",
        patches={"mock_server.store.accounts.take": _wait_less},
    ),
    Mutant(
        id="back-at-once",
        wrong="Who comes back at once after 429 is let in.",
        probes=("limits",),
        rules=("P7",),
        clauses=("HTTP-RETRY-AFTER",),
        told="have passed",
        patches={"mock_server.store.accounts.take": _let_in_again},
    ),
)
"""The servers that get limits, repetition and links wrong."""
