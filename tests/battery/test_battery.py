"""The battery: drives that fail, and functions that raise."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.battery.battery import run_battery
from contracts.battery.in_process import ONE_AT_A_TIME, InProcessDrive
from contracts.battery.scenario import GOOD_WEATHER, Scenario, choose, load_scenarios
from contracts.battery.trial import Trial
from contracts.drive.sleeping.threads import Threads
from contracts.recording import Reported
from tests.running import wait_until


class Drive:
    """Does what a function says in the place of a client."""

    def __init__(self, work: Callable[[Scenario], object]) -> None:
        self._work = work

    def run(self, scenario: Scenario) -> Trial:
        """Do it."""
        self._work(scenario)
        return Trial(scenario=scenario, ending="well")


def test_trouble_is_the_trials_own() -> None:
    """What goes wrong in the harness is told of its trial, and the others are run."""

    def fail(scenario: Scenario) -> None:
        if scenario.name == "busy":
            raise OSError("no more files")

    told: list[Trial] = []
    trials = run_battery(Drive(fail), choose(names=["busy", "queue"]), jobs=1, tell=told.append)
    assert [(trial.scenario.name, trial.ending, trial.trouble) for trial in trials] == [
        ("busy", "left out", "OSError: no more files"),
        ("queue", "well", None),
    ]
    assert {trial.scenario.name for trial in told} == {"busy", "queue"}


def test_several_at_once() -> None:
    """As many run side by side as there are jobs."""
    meeting = threading.Barrier(3, timeout=10)
    trials = run_battery(
        Drive(lambda _: meeting.wait()),
        choose(names=["busy", "queue", "stuck"]),
        jobs=3,
        tell=lambda _: None,
    )
    assert [trial.trouble for trial in trials] == [None, None, None]


def test_an_interruption_leaves_out_the_rest() -> None:
    """What is raised while trials are told of, such as Ctrl-C, ends the battery, and begins nothing more."""
    begun: list[str] = []

    def interrupt(_: Trial) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_battery(Drive(lambda scenario: begun.append(scenario.name)), choose(), jobs=1, tell=interrupt)
    assert len(begun) < len(choose())


def run_one(portal: BlockingPortal, client: Callable[[Evolink, Scenario], object]) -> Trial:
    """Return what came of a function in good weather."""
    return InProcessDrive(portal, client).run(load_scenarios()[GOOD_WEATHER])


def test_functions_take_turns(portal: BlockingPortal) -> None:
    """However many jobs there are, one function is on trial at a time: each would lead what the others send."""
    free = list[bool]()

    def look(_: Evolink, __: Scenario) -> None:
        with ThreadPoolExecutor(1) as another:
            free.append(another.submit(ONE_AT_A_TIME.acquire, blocking=False).result())

    drive = InProcessDrive(portal, look)
    trials = run_battery(drive, choose(names=["busy", "queue"]), jobs=2, tell=lambda _: None)
    assert ([trial.ending for trial in trials], free) == (["well"] * 2, [False] * 2)


def test_who_waits_for_its_turn_is_not_at_work() -> None:
    """Time passes for the function that is on trial, however long others wait for theirs."""

    def take_a_turn() -> None:
        with ONE_AT_A_TIME:
            pass

    threads = Threads()
    with ThreadPoolExecutor(1) as another, ONE_AT_A_TIME:
        turn = another.submit(take_a_turn)
        wait_until(lambda: not threads.at_work(), "the other thread waits for its turn")
    turn.result()


def test_what_takes_a_program(portal: BlockingPortal) -> None:
    """A scenario in which the client is told to end leaves functions out, and says why."""
    trial = InProcessDrive(portal, lambda _, __: None).run(load_scenarios()["told-to-end"])
    assert (trial.ending, trial.told) == ("left out", "it takes a program")


def test_a_function_that_raises(portal: BlockingPortal) -> None:
    """An exception is an end like another, and is told."""

    def fail(_: Evolink, __: Scenario) -> None:
        raise TimeoutError("too late")

    trial = run_one(portal, fail)
    assert (trial.ending, trial.told) == ("badly", "TimeoutError: too late")


def test_what_a_function_reports(portal: BlockingPortal) -> None:
    """What it returns counts as reported, beside what it reports itself; a history for a time line is there too."""

    def report(evolink: Evolink, _: Scenario) -> list[Reported]:
        evolink.report("error", error="first")
        return [Reported(outcome="error", error="second")]

    trial = run_one(portal, report)
    assert [reported.error for reported in trial.record.reported] == ["first", "second"]
    assert trial.history is not None
    assert trial.history.node == GOOD_WEATHER
