"""The command `evolink-contracts rules`: what is judged, and why."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from contracts.commands.options import tests_option
from mock_server.commands.command import Command, option
from mock_server.commands.completion import complete


def _load_rules() -> Mapping[str, str]:
    from contracts.probes import RULES as SERVER_RULES  # noqa: PLC0415 - only who completes a word waits for it
    from contracts.rules import ALL_RULES  # noqa: PLC0415 - the same

    return {rule.id: rule.title for rule in ALL_RULES} | {rule.id: rule.title for rule in SERVER_RULES}


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-contracts rules
  evolink-contracts rules B3""",
)
@click.argument("rule", required=False, metavar="[ID]", shell_complete=complete(_load_rules))
@option("--trace", is_flag=True, help="Show which rules check each clause, and which tests show each rule.")
@tests_option("With --trace, look for tests in this directory.")
def rules(*, rule: str | None, trace: bool, tests: Path | None) -> None:
    """List the rules for clients and servers, or tell all about one.

    A rule that is a must fails a run; others warn, unless --level says that they fail too. With --trace it exits with 1
    when a clause has neither a rule nor a reason for having none, or a rule no test with a broken client and one with a
    client that keeps it.
    """
    from contracts.commands import rules_told  # noqa: PLC0415 - who asks for help needs none of it

    if trace:
        sys.exit(rules_told.show_trace(tests))
    lines = rules_told.list_rules() if rule is None else rules_told.describe_rule(rules_told.choose_rule(rule))
    click.echo("\n".join(lines))
