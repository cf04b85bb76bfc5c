"""The cells of a matrix: each fault at each step where it makes sense, as scenarios for the drives of the battery."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from contracts.battery.capabilities import Capability
from contracts.battery.scenario import Scenario
from contracts.proof.conversation import CALLBACK, Conversation, Step
from contracts.proof.faults import FAULTS, Fault

CLEAN: Final = "clean"
"""The name of the run in which nothing goes wrong."""

_CREATE: Final = "create"


class CellError(ValueError):
    """There is no such cell. The message says so, and what is near to it."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at a step."""

    step: Step
    fault: Fault

    @property
    def name(self) -> str:
        """Its name, such as create/lost-after-commit."""
        return f"{self.step.name}/{self.fault.name}"

    @property
    def plan(self) -> str:
        """The plan that strikes there, in words; its name is that of the fault."""
        operation = _CREATE if self.step.operation == CALLBACK else self.step.operation
        return self.fault.plan.format(at=f'on={operation} nth={self.step.nth} name="{self.fault.name}"')


def lay_out(conversation: Conversation) -> tuple[Cell, ...]:
    """Return all cells of a conversation, step by step."""
    return tuple(Cell(step=step, fault=fault) for step in conversation.steps for fault in FAULTS if _fits(fault, step))


def _fits(fault: Fault, step: Step) -> bool:
    return step.operation in fault.operations and (step.first or not fault.first)


def choose_cells(cells: Sequence[Cell], names: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells of some names; all if there are none.

    Raises:
        CellError: There is no cell of a name.
    """
    known = {cell.name: cell for cell in cells}
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, 1)
            steps = ", ".join(dict.fromkeys(cell.step.name for cell in cells))
            hint = f"did you mean {near[0]}?" if near else f"the steps of this client are {steps or 'none'}"
            raise CellError(f"there is no cell {name[:60]!r}; {hint}")
    return tuple(known[name] for name in wanted) if wanted else tuple(cells)


def scenario_of(cell: Cell | None, *, needs: Collection[Capability], pace: Sequence[str]) -> Scenario:
    """Return the scenario of a cell; without one, that of the run in which nothing goes wrong.

    Args:
        cell: The cell.
        needs: What the client does.
        pace: The plans by which tasks take the same time in all runs, so that requests have the same numbers.
    """
    if cell is None:
        return Scenario(name=CLEAN, title="Nothing goes wrong.", plans=tuple(pace), exposes=(), needs=frozenset(needs))
    return Scenario(
        name=cell.name,
        title=cell.fault.title,
        plans=(cell.plan, *pace),
        exposes=(),
        needs=frozenset(needs),
        lasts=cell.fault.lasts,
        kills=cell.fault.name if cell.fault.kills else None,
    )
