"""Many videos within a budget: each order keeps its own task, and the first 402 ends the batch."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from .creating import create
from .errors import OutOfCredits
from .reading import Task

SHARES = {1: 5.0, 2: 2.5, 3: 1.65}
"""How many seconds of each reference video are paid for, by how many there are."""


def create_all(
    client: httpx.Client, orders: Iterable[tuple[str, Mapping[str, Any]]], *, budget: float
) -> dict[str, Task]:
    """Ask for videos, each by its own key and body, as far as the credits go; return the tasks by their keys."""
    made: dict[str, Task] = {}
    for key, body in orders:
        spent = sum(task.credits for task in made.values())
        dearest = max((task.credits for task in made.values()), default=0.0)
        if spent + dearest > budget:
            break
        try:
            made[key] = create(client, body, key=key, known=[task.id for task in made.values()])
        except OutOfCredits:
            break
    return made


def paid_seconds(lengths: list[float], duration: float) -> float:
    """Return the seconds that a video is paid for by: those of its references, as far as they count, and its own."""
    share = SHARES[len(lengths)]
    return sum(min(length, share) for length in lengths) + duration


def charged(task: Task) -> float:
    """Return what an ended task costs: only a video is paid for."""
    return task.credits if task.status == "completed" else 0.0
