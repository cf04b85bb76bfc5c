"""The command `evolink-contracts`."""

import sys
from pathlib import Path
from typing import Final, get_args

import click

from contracts.commands.client import client
from contracts.commands.drift import drift
from contracts.commands.rules import rules
from contracts.commands.server import server
from contracts.commands.traffic import traffic
from contracts.commands.usage import WrongUsageError
from contracts.coverage import Format, MarkError, cover, find_mentions, find_problems, write_coverage
from openapi.clauses import load_clauses

_DEFAULT_TESTS: Final = Path("tests")


@click.group()
def main() -> None:
    """Judge clients and servers by the contract of the EvoLink video API."""


@main.command()
@click.option(
    "--tests",
    type=click.Path(path_type=Path),
    help="Where the tests are that name clauses.  [default: tests, if it exists]",
)
@click.option("--format", "form", type=click.Choice(get_args(Format)), default="text", show_default=True)
def clauses(*, tests: Path | None, form: Format) -> None:
    """Show every clause of the contract, and which tests cover it.

    Exits with 1 when a clause has neither a test nor a reason for having none, or when a test names a clause that
    does not exist.
    """
    directory = tests or _DEFAULT_TESTS
    if tests is not None and not directory.is_dir():
        raise WrongUsageError(f"--tests must be a directory; there is none at {directory}")
    try:
        mentions = find_mentions(directory) if directory.is_dir() else None
    except MarkError as error:
        raise click.ClickException(str(error)) from error
    coverage = cover(load_clauses(), mentions)
    click.echo(write_coverage(coverage, form))
    problems = find_problems(coverage, mentions or ())
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)


main.add_command(client)
main.add_command(drift)
main.add_command(rules)
main.add_command(server)
main.add_command(traffic)
