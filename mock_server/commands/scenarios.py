"""The command `evolink-mock scenarios`."""

import click

from mock_server.commands.command import Command


@click.command(cls=Command)
def scenarios() -> None:
    """List the ready scenarios for `serve --scenario`."""
    from mock_server.scenarios.bundled import load_scenarios  # noqa: PLC0415 - who asks for help needs none of them

    found = load_scenarios()
    width = max(map(len, found))
    for name, scenario in found.items():
        click.echo(f"{name:{width}}  {scenario.description}")
