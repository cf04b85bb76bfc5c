"""Running an agenda: probe by probe, within the budget, until it is done or somebody interrupts it."""

from collections.abc import Callable
from contextlib import suppress
from itertools import groupby

import msgspec

from contracts.probes.agenda import Agenda, Step
from contracts.probes.means import ProbeError, Unanswered
from contracts.probes.session import Session
from contracts.probes.targets import Target, TargetError
from contracts.recording.numbering import number_on
from contracts.recording.server import ServerRecord
from mock_server.client import ControlError

Tell = Callable[[str], object]
"""Gets each line on what is being done."""


class Trouble(msgspec.Struct, frozen=True):
    """Why a probe did not go to its end, or was not begun."""

    probe: str
    reason: str


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an agenda.

    Args:
        records: What was recorded, numbered on from one to the next.
        troubles: Which probes did not go to their end.
        spent: How many credits less were left at the end than in the beginning; None if the server did not say.
        interrupted: Whether somebody interrupted it.
    """

    records: tuple[ServerRecord, ...]
    troubles: tuple[Trouble, ...]
    spent: float | None
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything was done that was to be."""
        return not self.troubles and not self.interrupted


class _Run:
    """An agenda as it is being run."""

    def __init__(self, target: Target, agenda: Agenda, tell: Tell) -> None:
        self.records: list[ServerRecord] = []
        self.troubles: list[Trouble] = []
        self.spent: float | None = None
        self._target = target
        self._agenda = agenda
        self._tell = tell
        self._risked = 0.0

    def run(self) -> None:
        """Run all probes, those of one kind in one session."""
        steps = [step for step in self._agenda.steps if step.left_out is None]
        for (in_real_time, _), alike in groupby(sorted(steps, key=self._kind), self._kind):
            some = list(alike)
            try:
                self._run_alike(some, in_real_time=in_real_time)
            except TargetError as error:
                if not self.records:
                    raise
                for step in some:
                    self._note(step, f"{error}")

    def _run_alike(self, steps: list[Step], *, in_real_time: bool) -> None:
        with self._target.visit(in_real_time=in_real_time) as session:
            try:
                self._visit(session, steps)
            finally:
                self.records.append(session.recorder.record)

    def _kind(self, step: Step) -> tuple[bool, bool]:
        """Return whether a probe needs a session in which time is real, and one in which the server is restarted.

        After a restart some rules say no more, so that others have a record without one.
        """
        return self._target.simulated and step.probe.in_real_time, "restart" in step.probe.needs

    def _visit(self, session: Session, steps: list[Step]) -> None:
        opening = _read_balance(session)
        before = self.spent or 0.0
        for step in steps:
            if self._can_pay(step):
                self._probe(session, step)
                if step.credits and opening is not None:
                    self._note_spent(session, before, opening)
        if opening is not None and self.spent is None:
            self.spent = 0.0

    def _probe(self, session: Session, step: Step) -> None:
        self._tell(f"{step.probe.id}: {step.probe.title}")
        self._risked += step.credits
        try:
            step.probe.run(session)
        except (ProbeError, ControlError) as error:
            self._note(step, f"{error}")

    def _note_spent(self, session: Session, before: float, opening: float) -> None:
        left = _read_balance(session)
        if left is not None:
            self.spent = before + opening - left

    def _can_pay(self, step: Step) -> bool:
        """Tell whether a probe fits into what is left of the budget, if more was spent than was planned."""
        budget = self._agenda.budget
        if budget is None or not step.credits:
            return True
        gone = max(self._risked, self.spent or 0.0)
        if gone + step.credits <= budget:
            return True
        self._note(step, f"it may cost {step.credits:g} credits, and {budget - gone:g} of the budget are left")
        return False

    def _note(self, step: Step, reason: str) -> None:
        self.troubles.append(Trouble(step.probe.id, reason))
        self._tell(f"{step.probe.id} did not go to its end: {reason}")


def run(target: Target, agenda: Agenda, *, tell: Tell) -> Course:
    """Run an agenda.

    Args:
        target: The server.
        agenda: What is to be done.
        tell: Gets a line for each probe.

    Raises:
        TargetError: A simulator cannot be visited.
    """
    running, interrupted = _Run(target, agenda, tell), False
    try:
        running.run()
    except KeyboardInterrupt:
        interrupted = True
    return Course(
        records=tuple(number_on(running.records)),
        troubles=tuple(running.troubles),
        spent=running.spent,
        interrupted=interrupted,
    )


def _read_balance(session: Session) -> float | None:
    with suppress(Unanswered):
        return session.balance()
    return None
