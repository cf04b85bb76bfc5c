"""The command `evolink-contracts client`: what does this program get wrong, in good times and bad?"""

import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from contracts.battery.scenario import CAPABILITIES, Capability, Scenario, ScenarioError, choose
from contracts.battery.service import REAL
from contracts.battery.summary import write_summary
from contracts.battery.verdicts import Judged, judge_trials
from contracts.commands.client_battery import LIMIT, Wish, run_scenarios
from contracts.commands.client_check import show_check
from contracts.commands.client_prove import show_proof
from contracts.commands.pages import PAGE, read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.usage import WrongUsageError
from contracts.report.verdicts import WRITERS, Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS, Strictness

_TITLE: Final = "The client's contract"


@click.command()
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--expects",
    default="download",
    show_default=True,
    metavar="LIST",
    help=f"What the program does besides making a video, with commas: {', '.join(CAPABILITIES)}.",
)
@click.option("--scenario", "names", multiple=True, metavar="NAME", help="Run this scenario alone; in any number.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Run what puts this rule to the test; likewise.")
@click.option("--prove", "proved", is_flag=True, help="Strike each of its steps by each fault, and kill it there.")
@click.option("--cell", "cells", multiple=True, metavar="STEP/FAULT", help="Of the proof, run this alone; likewise.")
@click.option("--check", "checked", is_flag=True, help="Try which runtimes can be led here, and stop there.")
@click.option("--list", "listed", is_flag=True, help="Show the scenarios that would be run, and stop there.")
@click.option("--level", type=click.Choice(tuple(LEVELS)), default="must", show_default=True, help="What fails a run.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=24, show_default=True, help="In how many scenarios it runs at once."
)
@click.option(
    "--limit", type=click.FloatRange(1), default=LIMIT, show_default=True, help="The seconds that each run may take."
)
@click.option(
    "--speed",
    type=click.FloatRange(1, 100),
    default=1.0,
    show_default=True,
    help="How many times as fast the program's time is to go, by libfaketime, if that works for it.",
)
@click.option(
    "--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep output, traffic and time lines here."
)
@click.option("--allow-host", "allowed", multiple=True, metavar="HOST", help="Let the program reach this host as well.")
@click.option(
    "--receiver", metavar="URL", help="Where the program listens for callbacks.  [default: it is told a port each time]"
)
@PAGE
@click.option("--baseline", metavar="FILE", help="Findings that are known, as YAML; what is no longer found fails.")
@click.option(
    "--format", "forms", multiple=True, type=click.Choice(tuple(WRITERS)), help="How to report; in any number."
)
@click.option("--output", "outputs", multiple=True, metavar="FILE", help="Where each format goes, in order; else here.")
def client(  # noqa: PLR0913 - one for each option
    *,
    command: tuple[str, ...],
    expects: str,
    names: tuple[str, ...],
    rules: tuple[str, ...],
    proved: bool,
    cells: tuple[str, ...],
    checked: bool,
    listed: bool,
    level: Strictness,
    jobs: int,
    limit: float,
    speed: float,
    keep: Path | None,
    allowed: tuple[str, ...],
    receiver: str | None,
    pages: tuple[str, ...],
    baseline: str | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> None:
    """Judge a program that makes a video, in good times and bad.

    COMMAND stands after two dashes, and is run as it is, once in each scenario. Exits with 1 when a rule found
    something, or a cell of the proof is red, and with 2 when that could not be found out.
    """
    if checked:
        sys.exit(show_check(command, forms, outputs))
    capabilities = _read_capabilities(expects)
    if cells and not proved:
        raise WrongUsageError("--cell is a part of the proof: say --prove as well")
    if proved:
        said = {"--scenario": names, "--rule": rules, "--list": listed, "--baseline": baseline}
        _check_proof({**said, "--speed": speed != REAL, "--level": level != "must"})
    places, known = read_places(forms, outputs), read_known(baseline, [rule.id for rule in ALL_RULES])
    read_pages(pages)
    scenarios = _choose(names, rules, capabilities)
    if listed:
        click.echo("\n".join(f"{scenario.name:18} {scenario.title}" for scenario in scenarios))
        return
    if not command:
        raise WrongUsageError("say what to run after two dashes: evolink-contracts client -- python client.py")
    wish = Wish(
        command=command,
        jobs=jobs,
        limit=limit,
        speed=speed,
        keep=keep,
        allowed=allowed,
        receiver=_read_receiver(receiver),
        pages=pages,
    )
    if proved:
        sys.exit(show_proof(wish, cells=cells, expects=capabilities, forms=forms, outputs=outputs))
    trials = run_scenarios(scenarios, wish)
    judged = judge_trials(ALL_RULES, trials, binding=LEVELS[level])
    report = _report(command, judged, known)
    write_report(report, places)
    summary = write_summary(trials, report.verdict, command=command, expects=capabilities, options=wish.options())
    click.echo(f"\n{summary}", err=True)
    sys.exit(report.exit_code)


def _check_proof(said: Mapping[str, object]) -> None:
    """Make sure that nothing is said that has no part in the proof, by the names of options."""
    for option, value in said.items():
        if value:
            raise WrongUsageError(f"--prove goes without {option}")


def _choose(names: Sequence[str], rules: Sequence[str], expects: Sequence[Capability]) -> tuple[Scenario, ...]:
    for rule in rules:
        if rule not in {known.id for known in ALL_RULES}:
            raise WrongUsageError(f"--rule: there is no rule {rule[:60]!r}; `evolink-contracts rules` lists them")
    try:
        return choose(names=names, rules=rules, expects=expects)
    except ScenarioError as error:
        raise WrongUsageError(str(error)) from error


def _read_capabilities(text: str) -> list[Capability]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in CAPABILITIES:
            raise WrongUsageError(f"--expects takes {', '.join(CAPABILITIES)}, not {word[:60]!r}")
    return [capability for capability in CAPABILITIES if capability in words]


def _read_receiver(url: str | None) -> str | None:
    """Return where the program listens; by HTTP, on this machine, as nothing else can be led to."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.port is None:
        raise WrongUsageError(f"--receiver must be a URL such as http://127.0.0.1:9000/hooks, not {url[:80]!r}")
    return url


def _report(command: Sequence[str], judged: Judged, known: Baseline) -> Report:
    settled = apply_baseline(judged.verdict, known)
    return Report(
        title=_TITLE,
        target=shlex.join(command),
        verdict=settled.verdict,
        exchanges=judged.exchanges,
        callbacks=judged.callbacks,
        started_at=min((exchange.started_at for exchange in judged.exchanges), default=time.time()),
        tool_version=version("evolink-mock"),
        artifact=_find_program(command),
        allowances=settled.allowances,
        stale=settled.stale,
    )


def _find_program(command: Sequence[str]) -> str | None:
    """Return the file that findings point to: the first word of the command that is one, at or below this directory."""
    paths = [Path(word) for word in command]
    below = (path for path in paths if not path.is_absolute() and ".." not in path.parts)
    return next((path.as_posix() for path in below if path.is_file()), None)
