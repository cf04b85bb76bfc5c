"""The good clients of examples/clients, each run as a program in a simulator of its own, and what the judge says."""

import io
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.battery.capabilities import Capability
from contracts.battery.in_process import InProcessDrive
from contracts.battery.scenario import Scenario, load_scenarios
from contracts.recording import ClientRecord, Reported
from contracts.recording.outcomes import read_outcomes
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, judge
from tests.clients.judging import grades, tell

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "clients"
HOOK: Final = "https://hooks.example.com/evolink"
PROMPT, VIDEO = "character1 dances on a roof at dusk", "https://example.com/dancer.mp4"
UNDONE: Final = {
    **dict.fromkeys(("A8", "A9", "A10", "A11"), "they leave out what the API has a default for"),
    **dict.fromkeys(("D1", "D8", "D9"), "what is said of errors is compared over several scenarios"),
    "D13": "they follow no redirects of the API",
    "E14": "their receiver answers without a body",
    **dict.fromkeys(("E3", "E12"), "they have ended when the last callback comes"),
    "F7": "they ask for no parts",
    **dict.fromkeys(("H1", "H2"), "they have no budget, and announce no prices"),
    **dict.fromkeys(("J3", "J4", "J9"), "the record does not show what is printed, and all hosts"),
}
"""The rules that these clients are not put to the test of, each with the reason."""

WISH: Final = ("--prompt", PROMPT, "--video", VIDEO)


def load(folder: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the client of a folder, loaded anew with what lies beside it, as when it is started."""
    for file in (EXAMPLES / folder).glob("*.py"):
        monkeypatch.delitem(sys.modules, file.stem, raising=False)
    monkeypatch.syspath_prepend(str(EXAMPLES / folder))
    monkeypatch.setenv("EVOLINK_API_KEY", "sk-good-client")
    random.seed(1)
    return import_module("client")


def scenarios_for(*does: Capability) -> tuple[Scenario, ...]:
    """Return the scenarios for a client that does so much, but for those that take a program."""
    return tuple(each for each in load_scenarios().values() if each.needs <= frozenset(does) and not each.for_programs)


def run_main(main: Callable[[list[str]], int], arguments: Sequence[str]) -> list[Reported]:
    """Run a program to its end, and return what it said came of it."""
    with redirect_stdout(io.StringIO()) as output:
        code = main(list(arguments))
    reported = list(read_outcomes(output.getvalue()))
    assert (code == 0) is all(each.outcome == "completed" for each in reported)
    return reported


def check_client(
    portal: BlockingPortal, client: Callable[[Evolink], list[Reported]], scenario: Scenario
) -> ClientRecord:
    """Have the judge find nothing at all in what a client does in a scenario, and return the record of that."""
    trial = InProcessDrive(portal, lambda evolink, _: client(evolink)).run(scenario)
    assert trial.ending == "well", trial.told
    assert len(trial.record.reported) == scenario.asks
    check_nothing(trial.record, scenario)
    return trial.record


def check_nothing(record: ClientRecord, scenario: Scenario) -> None:
    """Make sure that no rule of any level found anything, that all could be judged, and that the scenario's were."""
    verdict = judge(ALL_RULES, record)
    assert not verdict.of(Grade.FAIL, Grade.WARN, Grade.ERROR), tell(verdict)
    untested = set(scenario.exposes) - grades(verdict, Grade.PASS) - UNDONE.keys()
    assert not untested, f"not put to the test: {', '.join(sorted(untested))}"
