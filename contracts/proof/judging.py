"""What came of a cell: one charge and one result, or a clear error and no second charge; or what is wrong with it."""

from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal, TypeAlias

import msgspec

from contracts.battery.trial import Trial
from contracts.evolink.money import Charge, find_charges
from contracts.proof.cells import Cell
from contracts.proof.conversation import Conversation, fetches, phase_of, sees_end
from contracts.proof.faults import SILENCE
from contracts.recording.client import ClientRecord
from contracts.report.history import History, add_credits, written_credits
from contracts.report.verdicts.words import count, one_line

Colour: TypeAlias = Literal["green", "red", "grey"]
"""What came of a cell: all was well; something was not; or the fault did not strike, and so nothing is known."""

MOST: Final = 50
"""How many requests are too many, within `WITHIN` seconds of the client's time."""

WITHIN: Final = 10.0
"""The seconds in which requests are counted."""

PATIENT: Final = 150.0
"""For how many real seconds a program must have been run before its waiting for an answer tells anything: to wait for
two minutes is no fault (J1)."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a cell, and why, in a sentence; `trouble` is the harness's own."""

    colour: Colour
    reason: str
    charges: int = 0
    requests: int = 0
    trouble: bool = False


def judge_cell(cell: Cell, trial: Trial, clean: Conversation) -> Came:
    """Judge what a client did in a cell.

    Args:
        cell: The cell.
        trial: What came of it.
        clean: What the client does where nothing goes wrong.
    """
    if trial.trouble is not None or trial.history is None:
        told = one_line(f"it could not be tried: {trial.trouble or trial.told}")
        return Came(colour="grey", reason=told, trouble=trial.ending != "left out" or trial.trouble is not None)
    charges = find_charges(trial.history.tasks)
    missed = _find_miss(cell, trial, trial.history)
    wrong = next(_find_wrongs(trial, charges, clean), None)
    colour, reason = ("grey", missed) if missed else ("red", wrong) if wrong else ("green", _tell_good(trial))
    return Came(
        colour=colour,  # type: ignore[arg-type] # mypy takes the words for any text
        reason=one_line(reason),
        charges=len(charges),
        requests=len(trial.record.asked),
    )


def _find_miss(cell: Cell, trial: Trial, history: History) -> str:
    """Say why nothing is known: the fault did not strike where it should have; nothing if it did."""
    name = cell.fault.name
    if not any(plan.struck for plan in history.plans if plan.name == name):
        return f"the fault did not strike: no request was number {cell.step.nth} of {cell.step.operation}"
    if cell.fault.kills and not any(event.kind == "kill" for event in trial.record.events):
        return "it had ended before it could be killed"
    wanted = cell.step.phase
    phases = [phase_of(entry, history.tasks) for entry in history.entries if name in entry.faults]
    if wanted is not None and phases and wanted not in phases:
        phase = phases[0] or "unknown"
        return f"the fault struck while the task was {phase}: this time the client asked at other times"
    if cell.fault.name == SILENCE and _is_cut_short(trial):
        return f"{trial.told}: it may still end, as its own time-out may be longer; --limit {PATIENT:g} would tell"
    return ""


def _is_cut_short(trial: Trial) -> bool:
    """Tell whether a program was stopped that may have ended by its own time-out."""
    return trial.ending == "by limit" and trial.run is not None and trial.run.seconds < PATIENT


def _find_wrongs(trial: Trial, charges: tuple[Charge, ...], clean: Conversation) -> Iterator[str]:
    """Yield what is wrong, the worst first."""
    if len(charges) > clean.charges:
        paid = written_credits(add_credits(charge.amount for charge in charges))
        yield f"{count(len(charges), 'charge')} instead of {clean.charges}: {paid} for {_named(charges)}"
    if trial.ending == "by limit":
        yield f"it did not end: {trial.told}"
    if _is_storm(trial.record):
        yield f"it sent more than {MOST} requests within {WITHIN:g} s"
    if _ended_well(trial):
        yield from _find_missing(trial.record, charges, clean)


def _find_missing(record: ClientRecord, charges: tuple[Charge, ...], clean: Conversation) -> Iterator[str]:
    """Yield what a client lacks that ended as if all were well."""
    if len(charges) < clean.charges:
        paid = "nothing" if not charges else count(len(charges), "task")
        yield f"it ended as if all were well, though {paid} was paid for instead of {clean.charges}"
    if clean.fetches and not fetches(record):
        yield "it ended as if all were well, and fetched no result whole"
    if clean.sees_end and not sees_end(record):
        yield "it ended as if all were well, and never knew of the end of its task"


def _ended_well(trial: Trial) -> bool:
    """Tell whether a client says that all went well, or says nothing else."""
    return trial.ending == "well" and all(each.outcome == "completed" for each in trial.record.reported)


def _tell_good(trial: Trial) -> str:
    if _ended_well(trial):
        return "one charge and one result"
    told = trial.told or ", ".join(f"{each.outcome} {each.error or ''}".strip() for each in trial.record.reported)
    return f"a clear error ({told}), and no second charge"


def _named(charges: tuple[Charge, ...]) -> str:
    return ", ".join(charge.task for charge in charges)


def _is_storm(record: ClientRecord) -> bool:
    """Tell whether a client sent more requests within a short time than anybody has use for."""
    asked = record.asked
    late = islice(asked, MOST, None)
    return any(last.started_at - first.started_at <= WITHIN for first, last in zip(asked, late, strict=False))
