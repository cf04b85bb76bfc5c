"""Probes of money: prices, repeated requests, accounts with too little, and requests that come at once."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from contracts.probes.orders import most_credits
from contracts.probes.probe import Probe
from contracts.probes.session import Session

_PRICES: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"generate_audio": True},
    {"quality": "1080p"},
    {"videos": 2, "duration": 5},
    {"videos": -2, "duration": 5},
)
"""Orders that differ from the first in one thing each, and the same videos in two orders."""

_AT_ONCE: Final = 3


def compare_prices(session: Session) -> None:
    """Create tasks that differ in quality, in sound and in the order of their videos."""
    session.balance()
    for changes in _PRICES:
        session.create(**changes)
    session.balance()


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
