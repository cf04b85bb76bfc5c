"""Pages of models besides those that come with the package, as the commands take them."""

from collections.abc import Sequence
from typing import Final

import click

from mock_server.commands.usage import WrongUsageError
from mock_server.models.pages import MissingPageError, open_catalogue
from openapi.operations import Operations

_SHOWN: Final = 8


def read_pages(pages: Sequence[str]) -> Operations:
    """Return the operations of all pages, and tell of those of the user's that cannot be read.

    Raises:
        WrongUsageError: There is no such file or folder, or no page in any of them.
    """
    try:
        catalogue = open_catalogue(pages)
    except MissingPageError as error:
        raise WrongUsageError(f"--page: {error}") from error
    for page in catalogue.refused:
        click.echo(f"--page: {page.file} is left out: {page.reason}", err=True)
    named = [name for name, model in catalogue.models.items() if model.page in catalogue.files]
    if pages and not named:
        raise WrongUsageError("--page: there is no page of a model in what it names")
    if pages:
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        click.echo(f"--page: {', '.join(named[:_SHOWN])}{more}", err=True)
    return catalogue.operations
