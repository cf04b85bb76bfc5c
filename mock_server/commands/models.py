"""The command `evolink-mock models`."""

import click

from mock_server.commands.command import Command
from mock_server.commands.options import CONFIG, PAGES
from mock_server.commands.serve import read_settings
from mock_server.commands.usage import refusing
from mock_server.settings import SettingsError


@click.command(cls=Command)
@PAGES
@CONFIG
def models(pages: tuple[str, ...], config: str | None) -> None:
    """List the models that `serve` serves with these options.

    Each with where what is known of it comes from; and the pages that are not served, with the reason.
    """
    from mock_server.assembly import load_catalogue  # noqa: PLC0415 - who asks for help needs none of it
    from mock_server.models.served import write_models  # noqa: PLC0415 - the same

    with refusing(SettingsError):
        click.echo(write_models(load_catalogue(read_settings(config, {"pages": pages}))), nl=False)
