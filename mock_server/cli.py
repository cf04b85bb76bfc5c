"""The command `evolink-mock`."""

import click

from mock_server.commands.command import SETTINGS, Program
from mock_server.commands.completion import completion_of
from mock_server.commands.env import env
from mock_server.commands.models import models
from mock_server.commands.scenarios import scenarios
from mock_server.commands.serve import serve


@click.group("evolink-mock", cls=Program, context_settings=SETTINGS)
@click.version_option(package_name="evolink-mock", message="%(version)s")
def main() -> None:
    """Serve the EvoLink video API on this machine: offline, free, and able to fail on cue."""


main.add_command(serve)
main.add_command(scenarios)
main.add_command(models)
main.add_command(env)
main.add_command(completion_of(main))


if __name__ == "__main__":
    main()
