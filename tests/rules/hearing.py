"""Traffic of clients that are called back."""

from typing import Any

from contracts.recording import View
from tests.rules.records import (
    CAT,
    HOOK,
    Traffic,
    shown,
)

DONE = shown(CAT, "completed")

WANTED = {"callback_url": HOOK}

ALL_SEEN = View(sees=frozenset({"keys", "receiver"}))


def begin(task: str = CAT, **facts: Any) -> Traffic:
    """Ask for a task with a callback."""
    return Traffic(view=ALL_SEEN).create(task, asked=WANTED, **facts).wait(100)


def hear(traffic: Traffic, *statuses: int, body: Any = DONE, **facts: Any) -> Traffic:
    """Be called back several times, and answer these."""
    for status in statuses:
        traffic.hear(body, status=status, **facts).wait(1)
    return traffic
