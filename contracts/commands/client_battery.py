"""What `evolink-contracts client` does with a program: it runs it in all scenarios, and tells of each."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from contracts.battery.battery import run_battery
from contracts.battery.keeping import keep_trial
from contracts.battery.program import ProgramDrive
from contracts.battery.scenario import GOOD_WEATHER, Scenario
from contracts.battery.service import REAL
from contracts.battery.sharing import explain_sharing, list_files
from contracts.battery.summary import explain_false_start, write_progress
from contracts.battery.trial import Drive, Trial
from contracts.commands.wishes import LIMIT, Wish
from contracts.drive.live import HOSTS
from contracts.drive.programs.faketime import find_faketime, try_faketime
from contracts.drive.programs.interrupts import interruptible
from mock_server.commands.usage import WrongUsageError, refusing
from mock_server.entrance.authority import Authority, MissingExtraError


def options_of(wish: Wish) -> list[str]:
    """Return the options by which another command runs the program as this one does."""
    said = [] if wish.receiver is None else ["--receiver", wish.receiver]
    said += [word for page in wish.pages for word in ("--page", page)]
    said += [word for host in wish.allowed for word in ("--allow-host", host)]
    said += [] if wish.limit == LIMIT else ["--limit", f"{wish.limit:g}"]
    return said + ([] if wish.speed == REAL else ["--speed", f"{wish.speed:g}"])


def run_scenarios(scenarios: Sequence[Scenario], wish: Wish) -> tuple[Trial, ...]:
    """Run the program in all scenarios, first where nothing goes wrong; exit with 2 if it gets nowhere even there.

    Raises:
        WrongUsageError: What is to be kept cannot be written, or an extra is missing.
    """
    tell = teller(len(scenarios), wish.keep)
    first = [scenario for scenario in scenarios if scenario.name == GOOD_WEATHER]
    alone = [scenario for scenario in scenarios if wish.receiver and "callback" in scenario.needs]
    others = [scenario for scenario in scenarios if scenario not in first + alone]
    with open_drive(wish) as drive:
        before = list_files(Path.cwd())
        trials = run_battery(drive, first, jobs=1, tell=tell)
        stop_at(trials)
        _warn(explain_sharing(before, list_files(Path.cwd())))
        trials += run_battery(drive, others, jobs=wish.jobs, tell=tell)
        trials += run_battery(drive, alone, jobs=1, tell=tell)
    stop_at([trial for trial in trials if trial.run is not None and trial.run.ended == "not started"])
    return trials


def _warn(text: str) -> None:
    if text:
        click.echo(text, err=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let whatever interrupts this end the program, too, and exit with 2: nothing is known of it then."""
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        click.echo("interrupted: the program was ended, and is not judged", err=True)
        sys.exit(2)


@contextmanager
def open_drive(wish: Wish) -> Iterator[Drive]:
    """Open what runs the program.

    Raises:
        WrongUsageError: trustme is not installed.
    """
    with _interruptible(), TemporaryDirectory(prefix="evolink-") as folder:
        environment, speed = _hurry(wish)
        with refusing(MissingExtraError):
            authority = _make_authority(Path(folder))
        yield ProgramDrive(
            wish.command,
            environment=environment,
            directory=Path.cwd(),
            keep=(wish.keep or Path(folder, "kept")).absolute(),
            authority=authority,
            limit_seconds=wish.limit,
            allowed=wish.allowed,
            receiver=wish.receiver,
            speed=speed,
            pages=wish.pages,
        )


def _make_authority(folder: Path) -> Authority:
    """Return who vouches for simulators, with all its files, which programs read side by side.

    Raises:
        MissingExtraError: trustme is not installed.
    """
    made = Authority(folder / "ca.pem", *HOSTS)
    _ = made.trust
    return made


def _hurry(wish: Wish) -> tuple[dict[str, str], float]:
    """Return the program's variables, and its speed: the one that was wished for, if it can be had."""
    inherited = dict(os.environ)
    if wish.speed == REAL:
        return inherited, REAL
    faketime = find_faketime()
    fitness = try_faketime(faketime, wish.command, environment=inherited, directory=Path.cwd())
    if fitness.told:
        click.echo(f"--speed: {fitness.told}", err=True)
    if faketime is None or not fitness.usable:
        click.echo("--speed is left out: what takes longer than the limit is not put to the test", err=True)
        return inherited, REAL
    return {**inherited, **faketime.environment(wish.speed, inherited)}, wish.speed


def stop_at(trials: Sequence[Trial]) -> None:
    """Exit if one of some trials shows that the command is wrong."""
    for reason in filter(None, map(explain_false_start, trials)):
        click.echo(reason, err=True)
        sys.exit(2)


def teller(number: int, keep: Path | None) -> Callable[[Trial], None]:
    """Return what tells of each trial, and keeps it if the user says where."""
    told = count(1)

    def tell(trial: Trial) -> None:
        click.echo(write_progress(trial, next(told), number), err=True)
        if keep is not None:
            try:
                keep_trial(trial, keep)
            except OSError as error:
                raise WrongUsageError(f"--keep {keep}: {error.filename} cannot be written: {error.strerror}") from error

    return tell
