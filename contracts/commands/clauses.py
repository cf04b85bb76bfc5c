"""The command `evolink-contracts clauses`: what is the contract, and what covers it?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contracts.commands.options import tests_option
from mock_server.commands.command import Command, option
from mock_server.commands.usage import refusing

if TYPE_CHECKING:
    from contracts.coverage import Format


@click.command(cls=Command)
@tests_option("Look for tests that name clauses in this directory.")
@option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="Write in this form.",
)
def clauses(*, tests: Path | None, form: "Format") -> None:
    """List the clauses of the contract, and which tests cover each.

    Exits with 1 when a clause has neither a test nor a reason for having none, or when a test names a clause that
    does not exist.
    """
    from contracts import coverage  # noqa: PLC0415 - who asks for help needs none of it
    from openapi.clauses import load_clauses  # noqa: PLC0415 - the same

    with refusing(coverage.MarkError):
        mentions = None if tests is None else coverage.find_mentions(tests)
    covered = coverage.cover(load_clauses(), mentions)
    click.echo(coverage.write_coverage(covered, form))
    problems = coverage.find_problems(covered, mentions or ())
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)
