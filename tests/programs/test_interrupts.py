"""What ends this process ends the programs that it runs."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.cli import main
from contracts.commands import client_battery
from contracts.drive.programs.interrupts import ROSTER, interruptible
from contracts.drive.programs.program import Program
from tests.running import PATIENCE

Shell = Callable[..., Program]


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    """Whatever a test does to the roster is over with it."""
    yield
    ROSTER.open()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_programs(shell: Shell, started: Path, number: signal.Signals) -> None:
    """A signal kills what runs on other threads, and interrupts the main thread; everything is as before then."""
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(shell("echo ready > started; cat started").run)
        started.read_text()
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(number)
        assert future.result(PATIENCE).ended == "killed"
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == handlers
    assert shell("echo again").run().output == "again\n"


def test_no_program_starts_after_a_signal(shell: Shell) -> None:
    """While the others are ended, nobody takes their place."""
    ROSTER.close()
    run = shell("echo").run()
    assert (run.ended, run.errors) == ("not started", "sh cannot be started: sh: all programs are told to end")


def test_another_thread_gets_no_signals(shell: Shell) -> None:
    """On a thread that gets no signals, programs run as usual."""

    def run() -> str:
        with interruptible():
            return shell("echo").run().ended

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run).result(PATIENCE) == "by itself"


def test_a_battery_that_is_interrupted_judges_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C makes the command exit with 2: it could not be found out."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(client_battery, "run_battery", interrupt)
    result = CliRunner().invoke(main, ["client", "--", "true"])
    assert (result.exit_code, result.output) == (2, "interrupted: the program was ended, and is not judged\n")
