"""Probes of money: prices, repeated requests, accounts with too little, and requests that come at once."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from contracts.probes.orders import CREATE, most_credits
from contracts.probes.probe import Probe
from contracts.probes.session import Session

_LONG: Final = 6
"""Seconds of output for which each task costs more than the least price, even from the shortest video."""

_PRICES: Final[tuple[Mapping[str, Any], ...]] = (
    {"duration": _LONG},
    {"duration": _LONG, "generate_audio": True},
    {"duration": _LONG, "quality": "1080p"},
    {"duration": _LONG, "videos": 2},
    {"duration": _LONG, "videos": -2},
)
"""Orders that differ from the first in one thing each, and the same videos in two orders."""

_LENGTHS: Final[tuple[tuple[float, ...], ...]] = ((3,), (8,), (2, 8), (2, 8, 8))
"""How many seconds reference videos last, so that for each number of them some are cut and some are not."""

_LONGEST: Final = 10
_NEEDED: Final = ("model", "prompt", "video_urls")
_BY_DEFAULT: Final = {"duration": 5, "quality": "720p", "generate_audio": True}
"""What is ordered by who orders with what is needed alone."""

_AT_ONCE: Final = 3


def compare_prices(session: Session) -> None:
    """Create tasks that differ in quality, in sound and in the order of their videos."""
    session.balance()
    for changes in _PRICES:
        session.create(**changes)
    session.balance()


def state_lengths(session: Session) -> None:
    """Create tasks from videos that state how long they are, and two with nothing said that need not be."""
    for lengths in _LENGTHS:
        urls = [name_video(session, place, seconds) for place, seconds in enumerate(lengths)]
        session.create(video_urls=urls, duration=_LONGEST)
    published: Any = CREATE.request_example
    needed = {name: published[name] for name in _NEEDED}
    for body in (needed, {**needed, "video_urls": [name_video(session, 0, 3)]}):
        session.ask(CREATE.method, CREATE.path, json=body)


def name_video(session: Session, place: int, seconds: float) -> str:
    """Return the URL of a video that states how long it is, which a simulator takes from there, and note that."""
    url = f"https://videos.example.com/{place}.mp4#t={seconds:g}"
    session.recorder.media[url] = seconds
    return url


def repeat(session: Session) -> None:
    """Create a task twice with one idempotency key, once more at once, and another one with that key."""
    again = uuid4().hex
    session.balance()
    session.submit(again=again)
    session.submit(again=again)
    session.together(*[lambda: session.submit(again=again)] * 2)
    session.balance()
    session.submit(again=again, prompt="Another person dancing")
    session.balance()


def run_short(session: Session) -> None:
    """Ask for a task that costs more than the account has, between two lists of its tasks."""
    key = session.open_account(most_credits([{}]) - 1)
    session.balance(key=key)
    session.ask("GET", "/v1/tasks", key=key)
    session.submit(key=key)
    session.ask("GET", "/v1/tasks", key=key)
    session.balance(key=key)


def rush(session: Session) -> None:
    """Ask for several tasks at once, on a simulator with an account that can pay for all but one."""
    some = most_credits([{}] * (_AT_ONCE - 1))
    key = session.open_account(some) if session.simulated else session.key
    session.balance(key=key)
    session.together(*[lambda: session.submit(key=key)] * _AT_ONCE)
    session.balance(key=key)


PROBES: Final = (
    Probe(
        id="prices",
        title="Creates tasks that differ in quality, in sound and in the order of their videos.",
        rules=("M1", "M7", "M8", "M5", "M2"),
        run=compare_prices,
        orders=_PRICES,
    ),
    Probe(
        id="lengths",
        title="Creates tasks from videos that state how long they are, and with as little as can be said.",
        rules=("M1", "S2"),
        run=state_lengths,
        orders=(
            *({"videos": len(lengths), "duration": _LONGEST} for lengths in _LENGTHS),
            *(_BY_DEFAULT,) * 2,
        ),
        needs=("control",),
    ),
    Probe(
        id="repetition",
        title="Sends a request again with its idempotency key, and another one with that key.",
        rules=("P5", "M6"),
        run=repeat,
        orders=({},) * 5,
    ),
    Probe(
        id="shortage",
        title="Asks for a task that costs more than the account has.",
        rules=("M5",),
        run=run_short,
        orders=({},),
        needs=("control",),
    ),
    Probe(
        id="rush",
        title="Asks for several tasks at once; on a simulator for more than the account can pay.",
        rules=("M9", "M5"),
        run=rush,
        orders=({},) * _AT_ONCE,
    ),
)
"""The probes of money."""
