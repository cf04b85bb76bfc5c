"""What `evolink-contracts client` does: it chooses what a program is put through, runs it, and reports."""

import shlex
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click

from contracts.battery.scenario import Scenario, ScenarioError, choose
from contracts.battery.service import REAL
from contracts.battery.summary import write_summary
from contracts.battery.verdicts import Judged, judge_trials
from contracts.commands.client_battery import options_of, run_scenarios
from contracts.commands.client_check import show_check
from contracts.commands.client_prove import show_proof
from contracts.commands.options import find_rule
from contracts.commands.pages import read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.wishes import Judging, Trials, Wish
from contracts.report.verdicts import Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS
from mock_server.commands.usage import WrongUsageError, refuse_beside, refusing

_TITLE: Final = "The client's contract"


def try_program(trials: Trials, wish: Wish, judging: Judging) -> int:
    """Do with a program what the user said, tell what came of it, and return what to exit with.

    Raises:
        WrongUsageError: Something of what the user said cannot be, or not together.
    """
    if trials.checked:
        return show_check(wish.command, judging)
    if trials.cells and not trials.proved:
        raise WrongUsageError("--cell is a part of the proof: say --prove as well")
    if trials.proved:
        said = {
            "--scenario": trials.names,
            "--rule": trials.rules,
            "--list": trials.listed,
            "--speed": wish.speed != REAL,
        }
        refuse_beside("--prove", {**said, "--baseline": judging.baseline, "--level": judging.level != "must"})
    places, known = read_places(judging), read_known(judging, [rule.id for rule in ALL_RULES])
    read_pages(wish.pages)
    scenarios = _choose(trials)
    if trials.listed:
        click.echo("\n".join(f"{scenario.name:18} {scenario.title}" for scenario in scenarios))
        return 0
    if not wish.command:
        raise WrongUsageError("say what to run after two dashes: evolink-contracts client -- python client.py")
    if trials.proved:
        return show_proof(wish, judging, cells=trials.cells, expects=trials.expects)
    ran = run_scenarios(scenarios, wish)
    judged = judge_trials(ALL_RULES, ran, binding=LEVELS[judging.level])
    report = _report(wish.command, judged, known)
    write_report(report, places)
    summary = write_summary(ran, report.verdict, command=wish.command, expects=trials.expects, options=options_of(wish))
    click.echo(f"\n{summary}", err=True)
    return report.exit_code


def _choose(trials: Trials) -> tuple[Scenario, ...]:
    known = {rule.id: rule for rule in ALL_RULES}
    rules = [find_rule(name, known).id for name in trials.rules]
    with refusing(ScenarioError):
        return choose(names=trials.names, rules=rules, expects=trials.expects)


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
