"""Reads that are behind: a replica that does not know the task yet, or shows what was."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from mock_server.core.plans.forms import Seconds
from mock_server.core.plans.plan import LONGEST, BasePlan
from mock_server.core.types import SECOND, Instant


class ReadsPlan(BasePlan, frozen=True, tag="reads"):
    """A read is answered by a replica that is behind, in seconds of the universe.

    It does not know a task that is younger than `unknown_for`, and shows each task as it was `behind` seconds ago, at
    the earliest as it was created. Every second read of a task is so with `nth: 2n` and `each: task`.
    """

    operations: ClassVar[tuple[str, ...]] = ("query", "list", "batch")

    unknown_for: Annotated[float | None, Seconds(0, LONGEST), "how old a task must be to be known"] = None
    behind: Annotated[float | None, Seconds(0, LONGEST), "how old what is shown is"] = None

    @property
    def default_operations(self) -> tuple[str, ...]:
        """The query of one task."""
        return ("query",)

    def slots(self) -> frozenset[str]:
        """Return which of the two it says."""
        said = {"unknown_for": self.unknown_for, "behind": self.behind}
        return frozenset(f"reads {name}" for name, value in said.items() if value is not None)

    def broken(self) -> str | None:
        """Refuse a plan that says nothing."""
        return None if self.slots() else "it changes nothing; unknown_for or behind is needed"


def seen_at(created_at: Instant, now: Instant, plans: Iterable[BasePlan]) -> Instant | None:
    """Return the instant as of which a task is shown; None if it is not known yet.

    `plans` are those of the script and those that were kept with the task.
    """
    shown = now
    for plan in plans:
        if not isinstance(plan, ReadsPlan):
            continue
        if plan.unknown_for is not None and now < created_at + round(plan.unknown_for * SECOND):
            return None
        shown = min(shown, now - round((plan.behind or 0) * SECOND))
    return max(shown, min(created_at, now))
