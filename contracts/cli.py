"""The command `evolink-contracts`."""

import click

from contracts.commands.clauses import clauses
from contracts.commands.client import client
from contracts.commands.drift import drift
from contracts.commands.rules import rules
from contracts.commands.server import server
from contracts.commands.traffic import traffic
from mock_server.commands.command import SETTINGS, Program
from mock_server.commands.completion import completion_of


@click.group("evolink-contracts", cls=Program, context_settings=SETTINGS)
@click.version_option(package_name="evolink-mock", message="%(version)s")
def main() -> None:
    """Judge clients and servers by the contract of the EvoLink video API."""


main.add_command(client)
main.add_command(traffic)
main.add_command(server)
main.add_command(rules)
main.add_command(clauses)
main.add_command(drift)
main.add_command(completion_of(main))
