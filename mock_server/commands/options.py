"""Options that several commands have."""

from typing import Final

import click

from mock_server.commands.command import option
from mock_server.settings import ENVIRONMENT_PREFIX

FILE: Final = click.Path(dir_okay=False)
"""The name of a file, which need not be there."""

CONFIG: Final = option(
    "--config",
    type=FILE,
    metavar="FILE",
    envvar=f"{ENVIRONMENT_PREFIX}CONFIG",
    help="Read settings from this YAML file: names and values, such as `speed: 1`.  [default: none]",
)
"""The file of settings; its name may stand in EVOLINK_MOCK_CONFIG."""

PAGES: Final = option(
    "--page",
    "pages",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="Add the model of this page, or of each page of a folder, to those that come along; can be repeated.",
)
"""Pages of models besides those of the package."""
