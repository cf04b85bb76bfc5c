"""Programs that are killed at a step, and started again: a good one, and stand-ins for what is hard to meet."""

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contracts import Evolink
from contracts.battery import killing
from contracts.battery.battery import run_battery
from contracts.battery.killing import run_killed
from contracts.battery.program import ProgramDrive
from contracts.drive.programs.program import Program
from contracts.drive.programs.running import Run
from contracts.proof.cells import Cell, scenario_of
from contracts.proof.conversation import Conversation, Step
from contracts.proof.faults import FAULTS
from contracts.proof.judging import judge_cell
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, judge
from mock_server.entrance.authority import Authority
from tests.clients.judging import grades
from tests.good_clients.running import EXAMPLES, WISH

KILLS = ("killed-waiting", "killed-after")
CREATE = Step(name="create", operation="create", nth=1)
WHOLE = Conversation(steps=(CREATE,), charges=1, requests=3, sees_end=True, fetches=True)


@pytest.mark.slow
def test_the_example_as_a_program(tmp_path: Path, authority: Authority) -> None:
    """A client to copy goes on with its task when it is started again."""
    command = [sys.executable, str(EXAMPLES / "python_sync" / "client.py"), "{directory}/clip.mp4", *WISH]
    drive = ProgramDrive(
        command,
        environment={},
        directory=tmp_path,
        keep=tmp_path / "kept",
        authority=authority,
        limit_seconds=40,
    )
    cells = [Cell(step=CREATE, fault=fault) for fault in FAULTS if fault.name in KILLS]
    scenarios = [scenario_of(cell, needs=["download"], pace=()) for cell in cells]
    trials = run_battery(drive, scenarios, jobs=len(cells), tell=lambda _: None)
    came = [judge_cell(cell, trial, WHOLE) for cell, trial in zip(cells, trials, strict=True)]
    assert [(each.colour, each.reason) for each in came] == [("green", "one charge and one result")] * 2
    assert [len(trial.record.creates) for trial in trials] == [1, 1]
    assert [len(trial.record.creates[0].attempts) for trial in trials] == [2, 1]
    assert "B8" in grades(judge(ALL_RULES, trials[1].record), Grade.PASS)


class StandIn:
    """A program that ends when it is killed, or at once; and again when it is run again."""

    def __init__(self, *, ends: bool) -> None:
        self.runs = 0
        self._ended = Event()
        if ends:
            self._ended.set()
        self.ends = ends

    def run(self) -> Run:
        """Run until it is killed, the first time."""
        self.runs += 1
        assert self._ended.wait(10)
        killed = self.runs == 1 and not self.ends
        return Run(ended="killed" if killed else "by itself", exit_code=0)

    def kill(self) -> None:
        """End it."""
        self._ended.set()


def planned(struck: Callable[[], int]) -> Evolink:
    """Return a simulator with plans, of which one counts."""

    class Planned:
        @property
        def plans(self) -> list[Any]:
            return [SimpleNamespace(name="other", struck=1), SimpleNamespace(name="the kill", struck=struck())]

    return cast("Evolink", Planned())


def test_it_is_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its plan has struck it is killed, and run again."""
    monkeypatch.setattr(killing, "GRACE_SECONDS", 0)
    monkeypatch.setattr(killing, "_PAUSE_SECONDS", 0.001)
    program, looks = StandIn(ends=False), iter([0, 0, 1])
    run, (event,) = run_killed(cast("Program", program), planned(lambda: next(looks)), "the kill")
    assert (run.ended, program.runs, event.kind) == ("by itself", 2, "kill")
    assert event.at <= event.to


def test_it_ends_by_itself() -> None:
    """What has ended before cannot be killed, whether or not the plan struck."""
    program = StandIn(ends=True)
    assert run_killed(cast("Program", program), planned(lambda: 0), "the kill")[1] == ()
    assert program.runs == 1


def test_it_ends_within_its_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends as soon as the plan has struck is not killed either."""
    monkeypatch.setattr(killing, "_PAUSE_SECONDS", 0)
    program = StandIn(ends=False)

    def strike() -> int:
        program.kill()
        return 1

    program.ends = True
    assert run_killed(cast("Program", program), planned(strike), "the kill")[1] == ()
    assert program.runs == 1
