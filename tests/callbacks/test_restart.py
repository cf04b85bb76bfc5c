"""Callbacks over the death of their process: none is lost, and one comes twice only if its answer was lost.

Twenty kills take a few seconds. All two hundred: `EVOLINK_KILLS=200 pytest -rP tests/callbacks/test_restart.py`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx2
import pytest

from contracts.drive.receiver import Hang, Receiver
from tests.callbacks.scripted_receiver import HOST, Life, Script
from tests.running import COMMAND, clean, started, wait_until
from tests.serving import CREATE, example

pytestmark = pytest.mark.uncounted

STATE_FILES: Final = 4
"""How many state files are worn out, each in a test of its own."""

KILLS: Final = int(os.environ.get("EVOLINK_KILLS", "20")) // STATE_FILES

SETTINGS: Final = ("--speed", "1000", "--credits", "1000000")
"""A task takes a tenth of a second, the longest pause before a retry four milliseconds."""

TASKS: Final = 12
"""How many tasks each life creates, if it lives so long."""

FAILURES: Final = (0, 0, 1, 2, 3, 9)
"""How often a receiver may fail before it succeeds; nine times is more often than anybody tries."""

SECOND: Final = 1_000_000


class StateFile:
    """A state file, and the processes that live on it, one after the other.

    Args:
        folder: Where the state file is.
        seed: What its chance is made from.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.script = Script(seed)
        self.tasks: list[str] = []
        self._state = ("--state", str(folder / "state.db"))
        self._dice = Random(seed)  # noqa: S311 - a seeded sequence, no secret

    def live_and_die(self) -> None:
        """Run the program, and kill it at some instant: while it starts, or amid its work."""
        with self.script.receiving() as (life, route):
            options = (*SETTINGS, *self._state, "--callback-route", route)
            if self._dice.random() < 0.2:
                self._die_early(options)
                return
            with started(*options) as program:
                deaths = self._dice.randrange(TASKS + 1)
                with program.client() as client:
                    self._create(client, life, deaths)
                assert life.wait_for(deaths, seconds=30)
                time.sleep(self._dice.uniform(0, 0.02))
                program.process.kill()
                program.process.wait()

    def live_on(self) -> list[dict[str, Any]]:
        """Run the program until nothing is due any more, and return its ledger."""
        with (
            self.script.receiving() as (_, route),
            started(*SETTINGS, *self._state, "--callback-route", route) as program,
            program.client() as client,
        ):
            wait_until(lambda: not _ledger(client, "due"), "nothing is due any more")
            return _ledger(client)

    def _create(self, client: httpx2.Client, life: Life, deaths: int) -> None:
        """Create tasks, until there are enough or it is time to die."""
        for number in range(TASKS):
            if deaths and life.wait_for(deaths, seconds=0):
                return
            url = f"https://{HOST}/{self._dice.choice(FAILURES)}/{life.number}-{number}"
            answer = client.post(CREATE, json=example(callback_url=url))
            assert answer.status_code == 200, answer.text
            self.tasks.append(answer.json()["id"])

    def _die_early(self, options: Sequence[str]) -> None:
        process = subprocess.Popen([COMMAND, "serve", "--port", "0", *options], env=clean(), stdout=subprocess.DEVNULL)
        time.sleep(self._dice.uniform(0, 0.5))
        process.kill()
        process.wait()


def _ledger(client: httpx2.Client, *states: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_mock/callbacks", params=[("state", state) for state in states]).json()[
        "callbacks"
    ]
    return found


def follows_the_rule(attempts: Sequence[dict[str, Any]], state: str) -> bool:
    """Tell whether attempts end where they must, and each was due when the one before it says."""
    *failed, last = [attempt["status"] for attempt in attempts]
    delays = [round((later["due_at"] - earlier["ended_at"]) * SECOND) / SECOND for earlier, later in pairwise(attempts)]
    return (
        all(status == 500 for status in failed)
        and (state, last) in ({("delivered", 200), ("given up", 500)} if len(failed) == 3 else {("delivered", 200)})
        and delays == [1, 2, 4][: len(delays)]
        and all(attempt["started_at"] >= attempt["due_at"] for attempt in attempts)
    )


def explains(lives: Sequence[Sequence[int]], recorded: Sequence[int]) -> bool:
    """Tell whether what is recorded is what was answered, but for the last answer of a life that was cut short.

    The last life was not.
    """
    *killed, last = lives
    if not killed:
        return list(last) == list(recorded)
    first, rest = killed[0], lives[1:]
    return any(
        list(first[:heard]) == list(recorded[:heard]) and explains(rest, recorded[heard:])
        for heard in {len(first), max(0, len(first) - 1)}
    )


@pytest.mark.clauses("CB-RETRIES", "CB-SUCCESS")
@pytest.mark.parametrize("seed", range(STATE_FILES))
def test_callbacks_survive_kills(tmp_path: Path, seed: int) -> None:
    """Killed again and again, the program ends every delivery by the rule, and repeats only what was not heard."""
    began, state_file = time.monotonic(), StateFile(tmp_path, seed)
    for _ in range(KILLS):
        state_file.live_and_die()
    ledger = state_file.live_on()
    lives = state_file.script.lives
    assert {delivery["task"] for delivery in ledger} == set(state_file.tasks)
    assert len(ledger) == len(state_file.tasks)
    for delivery in ledger:
        attempts = delivery["attempts"]
        answers = [[status for task, status in life.answers if task == delivery["task"]] for life in lives]
        assert follows_the_rule(attempts, delivery["state"]), delivery
        assert explains(answers, [attempt["status"] for attempt in attempts]), (delivery, answers)
    came, heard = sum(len(life.answers) for life in lives), sum(len(delivery["attempts"]) for delivery in ledger)
    sys.stdout.write(
        f"{KILLS} kills, {len(ledger)} tasks, {heard} attempts recorded, {came - heard} more whose answer was lost,"
        f" {time.monotonic() - began:.1f} s\n"
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers nothing the first time, and then 200."""
    with Receiver(Hang(), tls=False) as running:
        yield running


def create(client: httpx2.Client, receiver: Receiver) -> str:
    """Create a task whose callback goes to the receiver."""
    task: str = client.post(CREATE, json=example(callback_url=f"{receiver.url}/x")).json()["id"]
    return task


def test_what_was_under_way_is_made_again_at_once(tmp_path: Path, receiver: Receiver) -> None:
    """A restart does not wait for the lease of a process that is no more."""
    options = (*SETTINGS, "--state", str(tmp_path / "state.db"), "--callback-route", receiver.route)
    with started(*options) as program:
        with program.client() as client:
            create(client, receiver)
        receiver.wait_for(1)
        program.process.kill()
        program.process.wait()
    with started(*options) as program, program.client() as client:
        first, second = receiver.wait_for(2, seconds=10)
        wait_until(lambda: bool(_ledger(client, "delivered")), "the answer is recorded")
        (delivery,) = _ledger(client)
    assert first.body == second.body
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200]


def test_another_worker_leaves_alone_what_is_under_way(tmp_path: Path, receiver: Receiver) -> None:
    """Of two servers on one file, the second makes the attempts that are free, and not those that the first one has."""
    options = (*SETTINGS, "--state", str(tmp_path / "state.db"), "--callback-route", receiver.route)
    with started(*options) as first, first.client() as one:
        tasks = [create(one, receiver)]
        receiver.wait_for(1)
        with started(*options) as second, second.client() as other:
            tasks.append(create(other, receiver))
            wait_until(lambda: bool(_ledger(other, "delivered")), "the second task's callback is delivered")
            assert [each.json()["id"] for each in receiver.received] == tasks
            assert [delivery["state"] for delivery in _ledger(other)] == ["due", "delivered"]
        first.process.kill()
        first.process.wait()
