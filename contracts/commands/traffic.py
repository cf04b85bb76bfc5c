"""The command `evolink-contracts traffic`: what did this client get wrong?"""

import sys
from pathlib import Path

import click

from contracts.commands.options import JUDGING, Url
from contracts.commands.wishes import Judging, Recorded
from mock_server.commands.command import Command, gathering, option, section
from mock_server.commands.options import PAGES


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-contracts traffic session.har
  evolink-contracts traffic cassette.yaml --api https://gateway.example.com --level should""",
)
@click.argument("file", type=click.Path(path_type=Path))
@section(
    "What was recorded",
    option(
        "--api",
        "apis",
        multiple=True,
        type=Url(),
        metavar="URL",
        help="Find the API here; can be repeated.  [default: as the traffic shows]",
    ),
    option(
        "--outcomes",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Read from here what the client printed, outcomes among it.  [default: none]",
    ),
    PAGES,
)
@JUDGING
@section(
    "How it is judged and reported",
    option(
        "--docs",
        type=Url(),
        metavar="URL",
        help="Link findings to the rules' pages here.  [default: findings name the command for it]",
    ),
)
@gathering(recorded=Recorded, judging=Judging)
def traffic(*, recorded: Recorded, judging: Judging, docs: str | None) -> None:
    """Judge a client by its recorded traffic.

    FILE is an HTTP Archive (HAR) of the simulator, a browser or a proxy, the simulator's journal, a cassette of vcrpy,
    or a dump of mitmproxy. Exits with 1 when a rule found something, and with 2 when that could not be found out.
    """
    from contracts.commands.traffic_record import judge_recording  # noqa: PLC0415 - who asks for help needs none of it

    sys.exit(judge_recording(recorded, judging, docs))
