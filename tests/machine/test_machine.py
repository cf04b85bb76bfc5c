"""The machine in three ways of serving. Each rule that it can put to the test was."""

import re
from collections import Counter
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.fuzzing import FREE
from tests.machine.machine import Machine
from tests.machine.servers import Fault, InProcessServer, LiveServer, Server

pytestmark = pytest.mark.uncounted

SEEN = {f"L{number}" for number in range(1, 17) if number != 14} | {"M1", "M2", "M3", "M5", "M6", "M7", "M8"}
HEARD = {"K1", "K2", "K3", "K4", "K6", "K8", "K9", "K10", "K11", "K12", "P1", "P5"}
"""The rules on which a machine that takes many steps has something to say; others need real time, or a crowd."""


def run(server: Server, *, examples: int, restarts: int, at_once: bool = False) -> type[Machine]:
    """Run the machine on a server, and return it with what it counted; at night it takes ten times as many steps."""

    class Ours(Machine):
        pass

    Ours.server, Ours.restarts, Ours.at_once, Ours.steps, Ours.exposures = server, restarts, at_once, 0, Counter()
    chosen = settings(
        settings.get_profile("default" if FREE else settings.get_current_profile_name()),
        max_examples=examples * (10 if FREE else 1),
        stateful_step_count=60,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink] if FREE else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Ours, settings=chosen)
    return Ours


@pytest.mark.clauses("TASK-STATUS", "CRED-USER-REMAINING", "IDEM-REPLAY", "CB-RETRIES", "TASK-403")
@pytest.mark.slow
def test_ten_thousand_steps_in_process(tmp_path: Path) -> None:
    """Whatever is done in whatever order, the model holds, and so does every rule, the ones that do not bind too."""
    with InProcessServer(tmp_path) as server:
        ran = run(server, examples=225, restarts=2)
    assert ran.steps >= 10_000
    assert {rule for rule in SEEN | HEARD if not ran.exposures[rule]} == set()


@pytest.mark.parametrize("processes", [1, 2], ids=["one process", "two processes on one state file"])
@pytest.mark.slow
def test_live_with_several_at_once(tmp_path: Path, processes: int) -> None:
    """The same holds of programs, and the history of a task that several look at is linearizable (L14)."""
    with LiveServer(tmp_path, processes=processes) as server:
        ran = run(server, examples=8, restarts=1, at_once=True)
    assert ran.steps >= 200
    assert {rule for rule in ("L4", "L6", "L14", "M2") if not ran.exposures[rule]} == set()


def lose_credits(path: str, body: Any) -> None:
    """Take a credit whenever somebody looks."""
    if path == "/v1/credits":
        body["data"]["user"]["remaining_credits"] -= 1


def wake_up(path: str, body: Any) -> None:
    """Show an ended task as one that has begun again."""
    if path.startswith("/v1/tasks/") and body.get("status") == "cancelled":
        body["status"] = "processing"


def go_back(path: str, body: Any) -> None:
    """Let progress count down, where a task is looked at by itself; in a list it does not."""
    if path.startswith("/v1/tasks/") and body.get("status") == "processing":
        body["progress"] = 99 - body["progress"]


def forget_the_code(path: str, body: Any) -> None:
    """Leave out what an error is called."""
    if path.startswith("/v1/") and "error" in body:
        del body["error"]["code"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lose_credits, "149 credits are left of 150"),
        (wake_up, "went from|goes on after"),
        (go_back, "L6: |L13: "),
        (forget_the_code, "P1: "),
    ],
)
def test_faults_are_found(tmp_path: Path, fault: Fault, told: str) -> None:
    """A server with one fault fails the model, or the rule that is about it.

    Which callbacks have come is a matter of real time: what failed may pass when Hypothesis repeats it.
    """
    with InProcessServer(tmp_path, fault=fault) as server, pytest.raises((AssertionError, Flaky)) as found:
        run(server, examples=300, restarts=1)
    assert re.search(told, "".join(format_exception(found.value)))
