"""What is shown of a proof: the matrix, a report, and what is told of cells that could not be tried."""

import re

import msgspec
import pytest

from contracts.battery.trial import Trial
from contracts.drive.programs.running import Run
from contracts.proof.cells import Cell, lay_out, scenario_of
from contracts.proof.conversation import Conversation, Step, read_conversation
from contracts.proof.faults import FAULTS
from contracts.proof.html import write_html
from contracts.proof.judging import judge_cell
from contracts.proof.proof import Found, Proof, Tried
from contracts.proof.text import write_text
from contracts.report.history import History
from mock_server.control.shapes import PlanShown
from mock_server.plans import read_words

STEPS = (
    *(Step(name=name, operation=name, nth=1) for name in ("upload", "create")),
    *(
        Step(name=name, operation="query", nth=nth, first=nth == 1)
        for nth, name in enumerate(["pending", "processing"], 1)
    ),
    Step(name="callback", operation="callback", nth=1),
    Step(name="completed", operation="query", nth=7, first=False),
    Step(name="download", operation="result", nth=1),
)
WHOLE = Conversation(steps=STEPS, charges=1, requests=9, sees_end=True, fetches=True)


def tried(cell: Cell, **changes: object) -> Tried:
    """Return a cell that is green, but for what is changed."""
    green = Tried(
        cell=cell.name,
        step=cell.step.name,
        fault=cell.fault.name,
        title=cell.fault.title,
        colour="green",
        reason="one charge and one result",
        trouble=False,
        charges=1,
        requests=9,
        findings=(),
        repeat=f"repeat {cell.name}",
    )
    return msgspec.structs.replace(green, **changes)


def proof(*cells: Tried) -> Proof:
    """Return a proof of these cells."""
    return Proof(target="<it>", steps=STEPS, tried=cells, tool_version="1")


ALL = [tried(cell) for cell in lay_out(WHOLE)]
FOUND = Found(rule="C9", expected="that it goes on", seen="that it gives up")


def test_the_matrix_is_narrow() -> None:
    """All steps and all faults fit into a hundred columns, and each fault has a place."""
    text = write_text(proof(*ALL))
    assert max(map(len, text.splitlines())) <= 100
    assert {each.fault for each in ALL} == {fault.name for fault in FAULTS}
    assert text.splitlines()[-1] == f"{len(ALL)} cells: 0 red, {len(ALL)} green, 0 grey"


def test_what_is_told() -> None:
    """Red cells with what happened and how to repeat it, grey ones with the reason, and what only the judge found."""
    red = msgspec.structs.replace(ALL[0], colour="red", reason="2 charges", findings=(FOUND,))
    grey = msgspec.structs.replace(ALL[1], colour="grey", reason="it did not strike")
    green = msgspec.structs.replace(ALL[2], findings=(FOUND, FOUND))
    lines = write_text(proof(red, grey, green)).splitlines()[-7:]
    assert lines == [
        f"RED {red.cell}: 2 charges",
        f"    what happened: {red.title}",
        "    C9: expected that it goes on; seen that it gives up",
        f"    to repeat: {red.repeat}",
        f"grey {grey.cell}: it did not strike",
        f"green {green.cell}, but not for the judge: C9 (evolink-contracts rules ID)",
        "3 cells: 1 red, 1 green, 1 grey",
    ]
    page = write_html(proof(red, grey, green))
    assert 'class="outcome failed"' in page
    assert "&lt;it&gt;" in page
    assert "<it>" not in page
    assert page.count("<details") == 3
    assert set(re.findall(r'href="#([^"]+)"', page)) == set(re.findall(r'<details id="([^"]+)"', page))
    assert 'class="outcome passed"' in write_html(proof(green))


def test_nothing_to_show() -> None:
    """A proof of no cells is not green."""
    empty = proof()
    assert (empty.exit_code, empty.is_green) == (2, False)
    assert write_text(empty).splitlines()[-1] == "0 cells: 0 red, 0 green, 0 grey"
    assert "0 cells" in write_html(empty)


@pytest.mark.parametrize("cell", lay_out(WHOLE), ids=lambda cell: cell.name)
def test_each_cell_is_a_plan(cell: Cell) -> None:
    """In words that can be read, with the name of its fault."""
    (plan,) = read_words(cell.plan)
    assert plan.name == cell.fault.name
    scenario = scenario_of(cell, needs=(), pace=())
    assert (scenario.kills == cell.fault.name) is cell.fault.kills


@pytest.mark.parametrize(("seconds", "colour"), [(60.0, "grey"), (200.0, "red")])
def test_a_program_that_still_waits(seconds: float, colour: str) -> None:
    """Nothing is known of a program that may have a longer time-out than its limit; two minutes must do."""
    cell = next(cell for cell in lay_out(WHOLE) if cell.name == "create/silence")
    plan = PlanShown(name="silence", plan={}, matched=1, struck=1)
    history = History(node="", universe="", outcome="passed", started_at=0, ended_at=0, plans=(plan,))
    run, scenario = Run(ended="by limit", seconds=seconds), scenario_of(cell, needs=(), pace=())
    trial = Trial(scenario=scenario, ending="by limit", told="it had not ended", history=history, run=run)
    came = judge_cell(cell, trial, WHOLE)
    assert (came.colour, "--limit 150" in came.reason) == (colour, colour == "grey")


@pytest.mark.parametrize(
    ("ending", "trouble", "told", "bad"),
    [
        ("left out", "OSError: full", "", True),
        ("badly", None, "no such program", True),
        ("left out", None, "late", False),
    ],
)
def test_what_could_not_be_tried(ending: str, trouble: str | None, told: str, bad: bool) -> None:  # noqa: FBT001
    """It is grey, and if the harness failed nothing was found out."""
    cell = lay_out(WHOLE)[0]
    given = {"ending": ending, "trouble": trouble, "told": told, "scenario": scenario_of(cell, needs=(), pace=())}
    trial = msgspec.convert(given, Trial)
    came = judge_cell(cell, trial, WHOLE)
    assert (came.colour, came.reason, came.trouble) == ("grey", f"it could not be tried: {trouble or told}", bad)
    assert proof(tried(cell, colour="grey", trouble=bad), ALL[1]).exit_code == (2 if bad else 0)
    assert read_conversation(trial).steps == ()
