"""The command `evolink-contracts drift`: what changed between two versions of a page?"""

import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from mock_server.commands.command import Command, option
from mock_server.commands.completion import complete_file
from mock_server.commands.usage import refusing

if TYPE_CHECKING:
    from contracts.drift.report import Format


def _complete_version(context: click.Context, argument: click.Parameter, begun: str) -> list[CompletionItem[str]]:
    """Complete the name of a page that is known here, or else that of a file."""
    from openapi.pages import load_pages  # noqa: PLC0415 - only who completes a word waits for it

    pages = [CompletionItem(name) for name in sorted(load_pages("published")) if begun and name.startswith(begun)]
    return pages or complete_file(context, argument, begun)


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-contracts drift get-task-detail.md
  evolink-contracts drift old.json new.json --format json""",
)
@click.argument("old", shell_complete=_complete_version)
@click.argument("new", required=False, shell_complete=_complete_version)
@option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Write in this form.",
)
def drift(*, old: str, new: str | None, form: "Format") -> None:
    """Show what changed from OLD to NEW, and whom it breaks.

    Each is a file (OpenAPI as JSON or YAML, or a Markdown page with such a block) or the name of a page that is known
    here, such as get-task-detail. A file alone is held against the known version of the same page; as that one has
    prose of its own, descriptions are left out then.

    Exits with 1 when a change breaks clients or servers, with 2 when the two cannot be compared.
    """
    from contracts.drift.documents import DriftError, find_page, load_document  # noqa: PLC0415 - help needs none of it
    from contracts.drift.operations import compare  # noqa: PLC0415 - the same
    from contracts.drift.report import write_changes  # noqa: PLC0415 - the same

    with refusing(DriftError):
        document = load_document(old)
        if new is None:
            changes = compare(find_page(document, old), document, prose=False)
        else:
            changes = compare(document, load_document(new))
    click.echo(write_changes(changes, form))
    sys.exit(any(change.breaks for change in changes))
