"""The command `evolink-contracts drift`: what changed between two versions of a page?"""

import sys

import click

from contracts.commands.usage import WrongUsageError
from contracts.drift.changes import Change
from contracts.drift.documents import DriftError, find_page, load_document
from contracts.drift.operations import compare
from contracts.drift.report import FORMATS, Format, write_changes


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def drift(*, old: str, new: str | None, form: Format) -> None:
    """Show what changed from OLD to NEW, whom it breaks, and which clauses and rules it touches.

    Each is a file (OpenAPI as JSON or YAML, or a Markdown page with such a block) or the name of a page that is known
    here, such as get-task-detail. A file alone is held against the known version of the same page; as that one has
    prose of its own, descriptions are left out then.

    Exits with 1 when a change breaks clients or servers, with 2 when the two cannot be compared.
    """
    try:
        changes = _compare(old, new)
    except DriftError as error:
        raise WrongUsageError(str(error)) from error
    click.echo(write_changes(changes, form))
    sys.exit(any(change.breaks for change in changes))


def _compare(old: str, new: str | None) -> tuple[Change, ...]:
    if new is not None:
        return compare(load_document(old), load_document(new))
    document = load_document(old)
    return compare(find_page(document, old), document, prose=False)
