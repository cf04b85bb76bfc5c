"""The command `evolink-contracts server`: is this server the API?"""

import sys
from collections.abc import Mapping
from typing import Final

import click

from contracts.commands.options import JUDGING
from contracts.commands.wishes import Judging, Probing, Served
from mock_server.commands.command import Command, gathering, option, section
from mock_server.commands.completion import complete
from mock_server.commands.options import PAGES


def _load_names() -> Mapping[str, str]:
    from contracts.probes import PROBES, RULES  # noqa: PLC0415 - only who completes a word waits for it

    return {probe.id: probe.title for probe in PROBES} | {rule.id: rule.title for rule in RULES}


_SERVER: Final = section(
    "What is judged",
    option("--simulator", is_flag=True, help="Judge a simulator that is started for it, instead of URL."),
    option(
        "--control", metavar="URL", help="Reach a simulator's control API here.  [default: URL, if on this machine]"
    ),
    option("--no-control", is_flag=True, help="Take URL for no simulator, wherever it is."),
    option("--files", metavar="URL", help="Reach the file service here.  [default: a simulator's; else not asked]"),
    option("--shared", is_flag=True, help="Judge no balances, as others use the account meanwhile."),
    PAGES,
)
_PROBES: Final = section(
    "What it is asked",
    option(
        "--budget", type=click.FloatRange(min=0), metavar="CREDITS", help="Spend so many credits at most.  [default: 0]"
    ),
    option("--dry-run", is_flag=True, help="Say what would be done and what it would cost, and do nothing."),
    option(
        "--only",
        multiple=True,
        metavar="ID",
        shell_complete=complete(_load_names),
        help="Run this probe, or those for this rule; can be repeated.  [default: all]",
    ),
    option(
        "--skip",
        multiple=True,
        metavar="ID",
        shell_complete=complete(_load_names),
        help="Leave out this probe, or this rule; can be repeated.",
    ),
    option("--video", "videos", multiple=True, metavar="URL", help="Give it this reference video; can be repeated."),
    option(
        "--callback-url",
        metavar="ORIGIN",
        help="Begin callback URLs with this https origin, which leads to --listen.  [default: none]",
    ),
    option("--listen", metavar="HOST:PORT", help="Listen here for callbacks, by HTTP.  [default: nowhere]"),
)


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-contracts server http://127.0.0.1:8765
  evolink-contracts server --simulator --format junit --output verdict.xml
  EVOLINK_API_KEY=sk-... evolink-contracts server https://api.example.com --budget 50 --dry-run""",
)
@click.argument("url", required=False)
@_SERVER
@_PROBES
@JUDGING
@gathering(wish=Served, probing=Probing, judging=Judging)
def server(*, wish: Served, probing: Probing, judging: Judging) -> None:
    """Judge whether the server at URL is the API.

    The key is read from EVOLINK_API_KEY, that of a second account from EVOLINK_API_KEY_2. A simulator needs none, and
    spends nothing. Exits with 1 when something is not as it must be, and with 2 when that could not be found out.
    """
    from contracts.commands.server_probes import probe_server  # noqa: PLC0415 - who asks for help needs none of it

    sys.exit(probe_server(wish, probing, judging))
