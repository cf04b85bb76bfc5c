"""Callbacks as a simulator tells of them, made into exchanges in which the client's receiver is the server."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count

import msgspec

from contracts.recording.clocks import Noted
from contracts.recording.exchange import Exchange, Pair, Side


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of an attempt at a callback where it reached a receiver.

    Args:
        callback: The id of the callback.
        attempt: Which attempt at it this is, counted from 1.
        started_at: When it began, in seconds since the epoch, in real time as the client has it.
        ended_at: When its answer was there, or was given up.
        request_headers: What it said, as far as that came, the names in small letters.
        request_body: The body, as far as that came.
        response_headers: What the receiver said, the names in small letters.
        response_body: The body of its answer.
        omitted: Whose body was too long to be kept.
    """

    callback: int
    attempt: int
    started_at: float
    ended_at: float
    request_headers: tuple[Pair, ...] = ()
    request_body: bytes = b""
    response_headers: tuple[Pair, ...] = ()
    response_body: bytes = b""
    omitted: tuple[Side, ...] = ()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of an attempt at a callback; the times are the universe's."""

    started_at: float
    ended_at: float
    status: int | None = None
    error: str | None = None
    faults: tuple[str, ...] = ()


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a callback."""

    id: int = 0
    task: str
    url: str
    attempts: tuple[Attempt, ...] = ()


class Callbacks(msgspec.Struct, frozen=True, kw_only=True):
    """What `/_mock/callbacks` answers."""

    callbacks: tuple[Callback, ...]


def note_attempts(
    callbacks: Sequence[Callback],
    heard: Iterable[Delivery],
    *,
    first: int,
    clocked: Callable[[float], float],
) -> tuple[tuple[Noted, ...], tuple[Exchange, ...]]:
    """Return the attempts that a receiver was seen to get, with both times, and the others.

    Of those nothing but the task is known of the body. `first` is the number of the first attempt; `clocked` makes the
    client's time of the universe's.
    """
    known = {(each.callback, each.attempt): each for each in heard}
    attempts = [
        (callback, attempt, known.get((callback.id, place)))
        for callback in callbacks
        for place, attempt in enumerate(callback.attempts, start=1)
    ]
    numbers = zip(count(first), sorted(attempts, key=lambda each: each[1].started_at), strict=False)
    noted: list[Noted] = []
    guessed: list[Exchange] = []
    for number, (callback, attempt, seen) in numbers:
        made = _exchange(number, callback, attempt)
        if seen is None:
            guessed.append(_guess(made, callback, attempt, clocked))
        else:
            noted.append(_note(made, attempt, seen))
    return tuple(noted), tuple(guessed)


def _note(made: Exchange, attempt: Attempt, seen: Delivery) -> Noted:
    made = msgspec.structs.replace(
        made,
        request_headers=seen.request_headers,
        request_body=seen.request_body,
        response_headers=seen.response_headers,
        response_body=seen.response_body,
        omitted=seen.omitted,
    )
    return Noted(
        exchange=made,
        at=attempt.started_at,
        wall=seen.started_at,
        seconds=max(0.0, seen.ended_at - seen.started_at),
        ended=attempt.ended_at,
    )


def _guess(made: Exchange, callback: Callback, attempt: Attempt, clocked: Callable[[float], float]) -> Exchange:
    return msgspec.structs.replace(
        made,
        started_at=clocked(attempt.started_at),
        ended_at=clocked(attempt.ended_at),
        request_body=msgspec.json.encode({"id": callback.task}),
        omitted=("request",),
    )


def _exchange(number: int, callback: Callback, attempt: Attempt) -> Exchange:
    return Exchange(
        number=number,
        started_at=0.0,
        ended_at=0.0,
        method="POST",
        url=callback.url,
        status=attempt.status,
        error=attempt.error if attempt.status is None else None,
        faults=attempt.faults,
    )
