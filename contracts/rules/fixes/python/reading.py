"""A task as an answer shows it: what is needed is taken as it comes, and the rest is passed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENDS = {"completed", "failed", "cancelled"}


@dataclass(frozen=True)
class Task:
    """What is known of a task. An unknown status is one that has not ended; an id is any text."""

    id: str
    status: str
    progress: float = 0.0
    credits: float = 0.0
    results: tuple[str, ...] = ()
    error: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing changes any more."""
        return self.status in ENDS


def read_task(body: Mapping[str, Any]) -> Task:
    """Read a task; members that are null are as those that are missing."""
    error = body.get("error") or {}
    return Task(
        id=str(body["id"]),
        status=str(body["status"]),
        progress=read_number(body.get("progress")),
        credits=read_number((body.get("usage") or {}).get("credits_reserved")),
        results=tuple(body.get("results") or ()),
        error=": ".join(str(error[name]) for name in ("code", "message") if error.get(name)),
    )


def read_number(value: object) -> float:
    """Read a number, in whatever form it comes; 0 if it is none."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0
