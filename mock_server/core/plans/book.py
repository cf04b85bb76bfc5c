"""Plans made ready to be matched: a request looks only at those that its operation, task and account can concern."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from mock_server.core.plans.kinds import Plan, Plans
from mock_server.core.plans.match import Each, Edge, Span, read_moment, read_span, short_name

CHANCES: Final = 1_000_000_000
"""How finely a chance is drawn."""


class Ready(msgspec.Struct, frozen=True):
    """A plan of a book, with what its match says taken apart.

    `number` is which of a universe's tasks are meant; `picky` says that more than operation, task, account and count
    has to be looked at; `dice` is what its dice are for, `chance` out of CHANCES, None if it always strikes.
    """

    index: int
    plan: Any
    name: str
    dice: str
    slots: frozenset[str]
    operations: tuple[str, ...]
    task: str | None
    number: Span | None
    account: str | None
    after: Edge | None
    before: Edge | None
    fields: Mapping[str, Any]
    picky: bool
    nth: Span | None
    each: Each | None
    times: int | None
    chance: int | None


class Shelf(msgspec.Struct, frozen=True):
    """The plans for one operation: those for one task, those for one account, and the rest. All are in order."""

    general: tuple[Ready, ...]
    by_task: dict[str, tuple[Ready, ...]]
    by_account: dict[str, tuple[Ready, ...]]

    def find(self, task: str | None, account: str | None) -> tuple[Ready, ...]:
        """Return those that can concern a request, in order."""
        if not self.by_task and not self.by_account:
            return self.general
        special = (*self.by_task.get(task or "", ()), *self.by_account.get(account or "", ()))
        return tuple(sorted((*self.general, *special), key=_index)) if special else self.general


class PlanBook:
    """Plans that have been compiled. It holds no key: an account is named by its id.

    Args:
        ready: The plans, in order.
    """

    def __init__(self, ready: tuple[Ready, ...]) -> None:
        self._ready = ready
        self._numbered = tuple(each.number for each in ready if each.number is not None)
        self._shelves: tuple[dict[str, Shelf], dict[str, Shelf]] = ({}, {})
        self.strikes_requests: Final = not all(each.plan.at_creation for each in ready)
        """Whether any of them strikes anything but tasks that are created."""

    def __len__(self) -> int:
        return len(self._ready)

    def __iter__(self) -> Iterator[Ready]:
        return iter(self._ready)

    @property
    def plans(self) -> Plans:
        """The plans, in order, with ids for keys: what a book of the same kind can be compiled from."""
        return tuple(ready.plan for ready in self._ready)

    def find(self, operation: str, task: str | None, account: str | None, *, creation: bool) -> tuple[Ready, ...]:
        """Return the plans that can concern a request, or the creation of a task, in order."""
        shelves = self._shelves[creation]
        shelf = shelves.get(operation)
        if shelf is None:
            shelf = shelves[operation] = self._shelf(operation, creation=creation)
        return shelf.find(task, account)

    def wants_number(self, number: int) -> bool:
        """Tell whether a plan means the task of this number."""
        return any(span.holds(number) for span in self._numbered)

    def _shelf(self, operation: str, *, creation: bool) -> Shelf:
        names = {operation, short_name(operation)}
        found = [
            ready
            for ready in self._ready
            if ready.plan.at_creation is creation and not names.isdisjoint(ready.operations)
        ]
        shelf = Shelf(tuple(ready for ready in found if ready.task is None and ready.account is None), {}, {})
        for ready in found:
            if ready.task is not None:
                shelf.by_task[ready.task] = (*shelf.by_task.get(ready.task, ()), ready)
            elif ready.account is not None:
                shelf.by_account[ready.account] = (*shelf.by_account.get(ready.account, ()), ready)
        return shelf


def compile_plans(plans: Plans, *, account_of: Callable[[str], str]) -> PlanBook:
    """Make plans ready to be matched, and their names different; `account_of` tells the account of a key."""
    names: dict[str, int] = {}
    ready = []
    for index, plan in enumerate(plans):
        count = names[plan.label] = names.get(plan.label, 0) + 1
        name = plan.label if count == 1 else f"{plan.label} ({count})"
        ready.append(_make_ready(index, name, _without_key(plan, account_of)))
    return PlanBook(tuple(ready))


def _without_key(plan: Plan, account_of: Callable[[str], str]) -> Plan:
    account = plan.match.account
    if account is None or not account.startswith("sk-"):
        return plan
    return msgspec.structs.replace(plan, match=msgspec.structs.replace(plan.match, account=account_of(account)))


def _make_ready(index: int, name: str, plan: Plan) -> Ready:
    match = plan.match
    number = None if match.task is None else read_span(match.task)
    task = match.task if number is None else None
    both = task is not None and match.account is not None
    return Ready(
        index=index,
        plan=plan,
        name=name,
        dice=f"plan {index}",
        slots=plan.slots(),
        operations=match.operation or plan.default_operations,
        task=task,
        number=number,
        account=match.account,
        after=None if match.after is None else read_moment(match.after),
        before=None if match.before is None else read_moment(match.before),
        fields=match.fields,
        picky=both or number is not None or bool(match.fields) or match.after is not None or match.before is not None,
        nth=None if match.nth is None else read_span(match.nth),
        each=match.each,
        times=plan.times,
        chance=None if match.chance == 1 else round(match.chance * CHANCES),
    )


def _index(ready: Ready) -> int:
    return ready.index
