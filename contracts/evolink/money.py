"""What a client pays for: tasks that were charged, and tasks that will be when they end."""

from collections.abc import Iterable, Sequence

import msgspec

from contracts.report.history import add_credits, written_credits
from mock_server.control.shapes import TaskState


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What a task costs its account, in credits: what was charged, and what is reserved as long as it has not ended."""

    task: str
    charged: float
    reserved: float

    @property
    def amount(self) -> float:
        """Both together."""
        return add_credits((self.charged, self.reserved))


def find_charges(tasks: Iterable[TaskState]) -> tuple[Charge, ...]:
    """Return what each task costs; one that came to nothing costs nothing, and is not among them."""
    charges = (_charge(task) for task in tasks)
    return tuple(charge for charge in charges if charge.amount)


def write_charges(charges: Sequence[Charge]) -> str:
    """Say what is paid for which tasks."""
    each = (f"{charge.task} ({_written(charge)})" for charge in charges)
    return f"{len(charges)}: {', '.join(each)}" if charges else "none"


def write_way_out(charges: Sequence[Charge]) -> str:
    """Say, on a line of its own, how several charges become one; nothing if they are not several."""
    once = "A create request that is sent again with the same Idempotency-Key creates no second task (IDEM-REPLAY)."
    return f"\n{once}" if len(charges) > 1 else ""


def _charge(task: TaskState) -> Charge:
    booked = {
        kind: add_credits(line.credits for line in task.ledger if line.kind == kind)
        for kind in ("reserve", "charge", "release")
    }
    reserved = add_credits((booked["reserve"], -booked["charge"], -booked["release"]))
    return Charge(task=task.id, charged=booked["charge"], reserved=reserved)


def _written(charge: Charge) -> str:
    return f"{written_credits(charge.amount)}{' reserved' if charge.reserved else ''}"
