"""What the commands have in common that judge: what is known already, and where reports go."""

from collections.abc import Collection, Sequence
from itertools import zip_longest
from pathlib import Path

import click

from contracts.commands.wishes import Judging
from contracts.report.verdicts import WRITERS, Report
from contracts.report.verdicts.baseline import Baseline, BaselineError, read_baseline
from mock_server.commands.usage import WrongUsageError


def read_places(judging: Judging) -> list[tuple[str, Path | None]]:
    """Return where each form of a report goes; None is the terminal.

    Raises:
        WrongUsageError: There are more places than forms, or two forms would go to the terminal.
    """
    forms, outputs = judging.forms or ("text",), judging.outputs
    if len(outputs) > len(forms):
        raise WrongUsageError(f"there are {len(outputs)} --output for {len(forms)} --format: give a format for each")
    if len(forms) - len(outputs) > 1:
        raise WrongUsageError("only one --format can go to the terminal: give an --output for each of the others")
    return list(zip_longest(forms, outputs))


def read_known(judging: Judging, rules: Collection[str]) -> Baseline:
    """Read the baseline; an empty one if there is none.

    Raises:
        WrongUsageError: It cannot be read, or names a rule that does not exist.
    """
    place = judging.baseline
    if place is None:
        return Baseline()
    try:
        return read_baseline(place.read_bytes(), rules)
    except OSError as error:
        raise WrongUsageError(f"--baseline {place} cannot be read: {error.strerror}") from error
    except BaselineError as error:
        raise WrongUsageError(f"--baseline {place}: {error}") from error


def write_report(report: Report, places: Sequence[tuple[str, Path | None]]) -> None:
    """Write a report in each of its forms to its place.

    Raises:
        WrongUsageError: A file cannot be written.
    """
    for form, place in places:
        put_text(WRITERS[form](report), place)


def put_text(text: str, place: Path | None) -> None:
    """Put a text into a file, or onto the terminal if none is given.

    Raises:
        WrongUsageError: The file cannot be written.
    """
    if place is None:
        click.echo(text, nl=False)
        return
    try:
        place.write_text(text, "utf-8")
    except OSError as error:
        raise WrongUsageError(f"--output {place} cannot be written: {error.strerror}") from error
