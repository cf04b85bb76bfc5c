"""The command `evolink-mock env`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.commands.command import Command, option
from mock_server.commands.completion import complete
from mock_server.commands.usage import refusing

if TYPE_CHECKING:
    from mock_server.entrance.exports import Shell


def _complete_urls() -> list[str]:
    from mock_server.entrance.ready import running_servers  # noqa: PLC0415 - only who completes a word waits for it

    return [ready.url for ready in running_servers()]


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  eval "$(evolink-mock env)"; python make_video.py
  evolink-mock env --shell fish | source""",
)
@option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the server that wrote this file.  [default: the one that runs here with --tls or --proxy]",
)
@option(
    "--url",
    metavar="URL",
    shell_complete=complete(_complete_urls),
    help="Take the server that runs here at this URL.  [default: the only one]",
)
@option(
    "--shell",
    type=click.Choice(["sh", "fish", "powershell"]),
    default="sh",
    show_default=True,
    help="Write for this shell; sh is also for bash and zsh.",
)
def env(ready_file: Path | None, url: str | None, shell: "Shell") -> None:
    """Print the variables that lead a client to a running server.

    A client that has https://api.evolink.ai written into it is led by a server with --proxy; any other reads
    EVOLINK_BASE_URL and EVOLINK_API_KEY.
    """
    from mock_server.entrance import exports  # noqa: PLC0415 - who asks for help needs none of it
    from mock_server.entrance.ready import ReadyError  # noqa: PLC0415 - the same
    from mock_server.http.listening import ServerError  # noqa: PLC0415 - the same

    with refusing(exports.ExportError, ReadyError, ServerError):
        ready = exports.find_server(ready_file, url)
        click.echo(exports.write_exports(exports.variables_of(ready, os.environ), shell), nl=False)
