"""What is going to be done, before anything is: which probes, at what cost at most, and why others are left out."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from contracts.probes.orders import most_credits
from contracts.probes.probe import NEEDS, Need, Probe
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

_HEAD: Final = ("probe", "credits", "what it does")


class AgendaError(ValueError):
    """What is wanted cannot be planned. The message names what is wrong, and what may have been meant."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A probe of an agenda: what it costs at most, and why it is left out if it is."""

    probe: Probe
    credits: float
    left_out: str | None = None


class Agenda(msgspec.Struct, frozen=True, kw_only=True):
    """All that is going to be done, and by which rules it will be judged; `budget` is None where nothing is spent."""

    steps: tuple[Step, ...]
    rules: tuple[Rule[ServerRecord], ...]
    budget: float | None

    @property
    def credits(self) -> float:
        """What all of it costs at most."""
        return sum(step.credits for step in self.steps if step.left_out is None)


def make_agenda(
    probes: Sequence[Probe],
    rules: Sequence[Rule[ServerRecord]],
    *,
    offers: Collection[Need],
    budget: float | None,
    only: Collection[str] = (),
    skip: Collection[str] = (),
) -> Agenda:
    """Plan which probes are run, and which rules are asked.

    Args:
        probes: All probes.
        rules: All rules.
        offers: The needs that are met.
        budget: How many credits may be spent; None if nothing is spent whatever is done.
        only: Ids of probes, and of rules: those probes are run, and those that put these rules to the test.
        skip: Ids of probes that are not run, and of rules that are not asked.

    Raises:
        AgendaError: An id is that of no probe and no rule.
    """
    _check([*only, *skip], [*(probe.id for probe in probes), *(rule.id for rule in rules)])
    asked = {rule.id for rule in rules if _is_asked(rule.id, probes, only) and rule.id not in skip}
    chosen = [probe for probe in probes if _is_chosen(probe, only) and probe.id not in skip and asked & {*probe.rules}]
    return Agenda(
        steps=tuple(_steps(chosen, offers, budget)),
        rules=tuple(rule for rule in rules if rule.id in asked),
        budget=budget,
    )


def _check(names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1, 0.5) or get_close_matches(name.upper(), known, 1, 0.5)
            listed = "--dry-run shows the probes, `evolink-contracts rules` the rules"
            meant = f"did you mean {near[0]}?" if near else listed
            raise AgendaError(f"{name!r} is the id of no probe and no rule; {meant}")


def _is_asked(rule: str, probes: Sequence[Probe], only: Collection[str]) -> bool:
    """Tell whether a rule is among those that are wanted: by its own id, or by a probe's."""
    return not only or rule in only or any(probe.id in only and rule in probe.rules for probe in probes)


def _is_chosen(probe: Probe, only: Collection[str]) -> bool:
    return not only or probe.id in only or bool({*probe.rules} & {*only})


def _steps(probes: Iterable[Probe], offers: Collection[Need], budget: float | None) -> Iterable[Step]:
    left = budget
    for probe in probes:
        cost = most_credits(probe.orders)
        missing = [NEEDS[need] for need in probe.needs if need not in offers]
        left_out = f"it needs {' and '.join(missing)}" if missing else None
        if left_out is None and left is not None:
            if cost > left:
                left_out = f"it may cost {cost:g} credits, and {left:g} of the budget are left"
            else:
                left -= cost
        yield Step(probe=probe, credits=cost, left_out=left_out)


def write_agenda(agenda: Agenda, target: str) -> str:
    """Write an agenda as a table: first what is done, then what is not, and why."""
    done = [step for step in agenda.steps if step.left_out is None]
    rows = [_HEAD, *((step.probe.id, f"{step.credits:g}", step.probe.title) for step in done)]
    widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
    lines = [f"{row[0]:{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]}" for row in rows]
    most = f"{agenda.credits:g} credits at most"
    money = f"{most}, of a simulator" if agenda.budget is None else f"{most}, of a budget of {agenda.budget:g}"
    left_out = [f"not done: {step.probe.id}, as {step.left_out}" for step in agenda.steps if step.left_out is not None]
    return "\n".join([f"What is asked of {target}: {money}", "", *lines, "", *left_out]).rstrip() + "\n"
