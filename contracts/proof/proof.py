"""The proof: the conversation of a client, struck at each step by each fault, and what came of every cell."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from contracts.battery.battery import run_battery
from contracts.battery.capabilities import Capability
from contracts.battery.paces import without_tempo
from contracts.battery.trial import Drive, Tell, Trial
from contracts.judge import judge_client, state_verdict
from contracts.proof.cells import Cell, choose_cells, lay_out, scenario_of
from contracts.proof.conversation import Conversation, Step, read_conversation
from contracts.proof.judging import Came, Colour, judge_cell
from contracts.report.verdicts.words import one_line
from contracts.verdict import Grade

FORM: Final = "evolink-proof"
"""What the form is called, in its field `form`."""

VERSION: Final = 1
"""The version of the form: what is added does not change it, what is changed or taken away does."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule that binds found in a cell, as it may be shown."""

    rule: str
    expected: str
    seen: str


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of the matrix, and what came of it.

    Args:
        cell: Its name, such as create/lost-after-commit.
        step: The step.
        fault: The fault.
        title: What happened, in one sentence.
        colour: What came of it.
        reason: Why, in a sentence.
        trouble: Whether the harness failed, so that nothing can be said of the client.
        charges: How many tasks were paid for.
        requests: How many requests the client made.
        findings: What the rules found that bind; they do not change the colour.
        repeat: What runs this cell alone.
    """

    cell: str
    step: str
    fault: str
    title: str
    colour: Colour
    reason: str
    trouble: bool
    charges: int
    requests: int
    findings: tuple[Found, ...]
    repeat: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A matrix of steps and faults.

    Args:
        target: Who was put to the proof.
        steps: The steps of the conversation where nothing goes wrong, in order.
        tried: The cells, step by step.
        form: What the form is called.
        version: The version of the form.
        tool_version: The version of what made it.
    """

    target: str
    steps: tuple[Step, ...]
    tried: tuple[Tried, ...]
    tool_version: str
    form: str = FORM
    version: int = VERSION

    def of(self, colour: Colour) -> tuple[Tried, ...]:
        """Return the cells of a colour."""
        return tuple(tried for tried in self.tried if tried.colour == colour)

    @property
    def red(self) -> tuple[Tried, ...]:
        """The cells in which something is wrong."""
        return self.of("red")

    @property
    def is_green(self) -> bool:
        """Whether something is green, and nothing is red or was trouble: grey cells say nothing."""
        return self.exit_code == 0

    @property
    def exit_code(self) -> int:
        """What a command exits with: 0 with green cells, 1 with red ones, 2 if it could not be found out."""
        if any(tried.trouble for tried in self.tried):
            return 2
        return 1 if self.red else 0 if self.of("green") else 2


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How the cells of a client are run.

    Args:
        drive: What runs the client.
        target: Who it is.
        repeat: Says what runs a cell alone, by its name.
        tool_version: The version of what makes the proof.
        needs: What the client does.
        pace: The plans by which tasks take the same time in all runs.
        jobs: In how many cells it runs at once.
    """

    drive: Drive
    target: str
    repeat: Callable[[str], str]
    tool_version: str
    needs: tuple[Capability, ...] = ()
    pace: tuple[str, ...] = ()
    jobs: int = 1


def run_clean(course: Course, *, tell: Tell) -> Trial:
    """Run a client where nothing goes wrong, and return what came of it."""
    scenario = scenario_of(None, needs=course.needs, pace=course.pace)
    return run_battery(course.drive, [scenario], jobs=1, tell=tell)[0]


def find_cells(clean: Trial, names: Iterable[str] = ()) -> tuple[Cell, ...]:
    """Return the cells of a client by its run in which nothing went wrong: those of some names, or all.

    Raises:
        CellError: There is no cell of a name.
    """
    return choose_cells(lay_out(read_conversation(clean)), names)


def run_cells(course: Course, clean: Trial, cells: Sequence[Cell], *, tell: Tell) -> Proof:
    """Run a client in cells, and return the proof.

    Args:
        course: How they are run.
        clean: What came of the run in which nothing went wrong.
        cells: The cells.
        tell: Gets each trial when it is over.
    """
    scenarios = [scenario_of(cell, needs=course.needs, pace=course.pace) for cell in cells]
    trials = run_battery(course.drive, scenarios, jobs=course.jobs, tell=tell)
    conversation = read_conversation(clean)
    return Proof(
        target=course.target,
        steps=conversation.steps,
        tried=tuple(
            _state(cell, trial, conversation, course.repeat(cell.name))
            for cell, trial in zip(cells, trials, strict=True)
        ),
        tool_version=course.tool_version,
    )


def _state(cell: Cell, trial: Trial, clean: Conversation, repeat: str) -> Tried:
    came: Came = judge_cell(cell, trial, clean)
    return Tried(
        cell=cell.name,
        step=cell.step.name,
        fault=cell.fault.name,
        title=cell.fault.title,
        colour=came.colour,
        reason=came.reason,
        trouble=came.trouble,
        charges=came.charges,
        requests=came.requests,
        findings=() if came.trouble else _find(trial),
        repeat=repeat,
    )


def _find(trial: Trial) -> tuple[Found, ...]:
    """Return what the rules that bind found, without what is secret."""
    record = without_tempo(trial.record)
    statement = state_verdict(judge_client(record), record)
    return tuple(
        Found(rule=outcome.rule, expected=one_line(finding.expected), seen=one_line(finding.seen))
        for outcome in statement.of(Grade.FAIL)
        for finding in outcome.findings
    )
