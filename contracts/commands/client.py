"""The command `evolink-contracts client`: what does this program get wrong, in good times and bad?"""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from contracts.battery.capabilities import CAPABILITIES, Capability
from contracts.commands.options import JUDGING, complete_client_rules
from contracts.commands.wishes import LIMIT, Judging, Trials, Wish
from mock_server.commands.command import Command, gathering, option, section
from mock_server.commands.completion import complete, complete_file, complete_list
from mock_server.commands.options import PAGES
from mock_server.commands.usage import WrongUsageError


def _read_capabilities(_: click.Context, __: click.Parameter, text: str) -> tuple[Capability, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in CAPABILITIES:
            raise WrongUsageError(f"--expects takes {', '.join(CAPABILITIES)}, not {word[:60]!r}")
    return tuple(capability for capability in CAPABILITIES if capability in words)


def _read_receiver(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    """Return where the program listens; by HTTP, on this machine, as nothing else can be led to."""
    if url is None:
        return None
    with suppress(ValueError):  # a port that is none
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname == "127.0.0.1" and parts.port is not None:
            return url
    raise WrongUsageError(f"--receiver must be a URL such as http://127.0.0.1:9000/hooks, not {url[:80]!r}")


def _load_scenarios() -> Mapping[str, str]:
    from contracts.battery.scenario import load_scenarios  # noqa: PLC0415 - only who completes a word waits for it

    return {name: scenario.title for name, scenario in load_scenarios().items()}


_COMMAND: Final = click.argument("command", nargs=-1, type=click.UNPROCESSED, shell_complete=complete_file)
_TRIALS: Final = section(
    "What it is put through",
    option(
        "--expects",
        default="download",
        show_default=True,
        metavar="LIST",
        callback=_read_capabilities,
        shell_complete=complete_list(lambda: CAPABILITIES),
        help=f"Expect it to do this besides making a video, with commas: {', '.join(CAPABILITIES)}.",
    ),
    option(
        "--scenario",
        "names",
        multiple=True,
        metavar="NAME",
        shell_complete=complete(_load_scenarios),
        help="Run this scenario alone; can be repeated.  [default: all that fit]",
    ),
    option(
        "--rule",
        "rules",
        multiple=True,
        metavar="ID",
        shell_complete=complete_client_rules,
        help="Run the scenarios that put this rule to the test; can be repeated.",
    ),
    option("--list", "listed", is_flag=True, help="List the scenarios that would be run, and run none."),
    option("--prove", "proved", is_flag=True, help="Strike each of its steps by each fault, and kill it there."),
    option(
        "--cell",
        "cells",
        multiple=True,
        metavar="STEP/FAULT",
        help="Of the proof, run this cell alone; can be repeated.",
    ),
    option("--check", "checked", is_flag=True, help="Try which runtimes of this machine can be led, and run nothing."),
)
_RUNS: Final = section(
    "How it is run",
    option(
        "--jobs",
        type=click.IntRange(1, 64),
        metavar="N",
        default=24,
        show_default=True,
        help="Run it in so many scenarios at once.",
    ),
    option(
        "--limit",
        type=click.FloatRange(1),
        metavar="SECONDS",
        default=LIMIT,
        show_default=True,
        help="End each run after so many seconds.",
    ),
    option(
        "--speed",
        type=click.FloatRange(1, 100),
        metavar="RATE",
        default=1.0,
        show_default=True,
        help="Let its time go so many times as fast, if libfaketime works for it.",
    ),
    option(
        "--keep",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Keep what each run printed and sent, with a time line, here.  [default: nothing is kept]",
    ),
    option("--allow-host", "allowed", multiple=True, metavar="HOST", help="Let it reach this host; can be repeated."),
    option(
        "--receiver",
        metavar="URL",
        callback=_read_receiver,
        help="Send callbacks here, where it always listens.  [default: each run is told a URL]",
    ),
    PAGES,
)


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-contracts client -- python make_video.py
  evolink-contracts client --scenario lost-answer --keep kept -- node make-video.mjs
  evolink-contracts client --expects callback,download --format junit --output verdict.xml -- ./make-video
  evolink-contracts client --prove -- python make_video.py""",
)
@_COMMAND
@_TRIALS
@_RUNS
@JUDGING
@gathering(trials=Trials, wish=Wish, judging=Judging)
def client(*, trials: Trials, wish: Wish, judging: Judging) -> None:
    """Judge a program that makes a video, in good times and bad.

    COMMAND stands after two dashes, and is run as it is, once in each scenario. Exits with 1 when a rule found
    something, or a cell of the proof is red, and with 2 when that could not be found out.
    """
    from contracts.commands.client_trials import try_program  # noqa: PLC0415 - who asks for help needs none of it

    sys.exit(try_program(trials, wish, judging))
