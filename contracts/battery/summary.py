"""What is said of a run of the battery while it goes on, and when it is over."""

import shlex
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from contracts.battery.capabilities import Capability
from contracts.battery.trial import Ending, Trial
from contracts.battery.untested import explain_untested
from contracts.recording.client import ClientRecord
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade, Outcome, Verdict

_ENDINGS: Final[dict[Ending, str]] = {
    "well": "ended well",
    "badly": "ended badly",
    "by limit": "was stopped",
    "left out": "was left out",
}
_LAST_LINES: Final = 10
_LONGEST_LINE: Final = 300


def write_progress(trial: Trial, place: int, number: int) -> str:
    """Say how a trial ended, the so many-th of a number, in one line."""
    if trial.trouble is not None:
        said = f"could not be tried: {trial.trouble}"
    else:
        told = f" ({trial.told})" if trial.told else ""
        said = f"{_ENDINGS[trial.ending]}{told}"
    seconds = f", {trial.seconds:.1f} s" if trial.seconds else ""
    return one_line(f"[{place}/{number}] {trial.scenario.name}: {said}{seconds}")


def explain_false_start(trial: Trial) -> str:
    """Say what is wrong with a command that gets nowhere though nothing goes wrong; nothing if it does well."""
    if trial.run is not None and trial.run.ended == "not started":
        return f"{trial.told}; nothing was tried"
    if trial.ending == "left out":
        return f"{trial.scenario.name} was left out: {trial.told}; --limit makes room for it"
    if trial.trouble is not None:
        said = f"The scenario {trial.scenario.name} could not be tried: {trial.trouble}."
    elif trial.ending != "well":
        where = f"{trial.scenario.name} ({trial.scenario.title.rstrip('.')})"
        said = f"In {where} the command {_ENDINGS[trial.ending]}: {trial.told}."
    elif not trial.record.api:
        said = (
            f"In {trial.scenario.name} the command asked the API for nothing. If it should have, it was not led here: "
            "`evolink-contracts client --check` tells what can be."
        )
    else:
        return ""
    return "\n".join([said, "No other scenario was tried.", *_last_words(trial)])


def _last_words(trial: Trial) -> Iterator[str]:
    """Yield what a program printed last."""
    for name, text in () if trial.run is None else (("errors", trial.run.errors), ("output", trial.run.output)):
        lines = [line for line in text.splitlines() if line.strip()][-_LAST_LINES:]
        if lines:
            yield f"The last of its {name}:"
            yield from (f"  {one_line(line)[:_LONGEST_LINE]}" for line in lines)
            return


def write_summary(
    trials: Sequence[Trial],
    verdict: Verdict[ClientRecord],
    *,
    command: Sequence[str],
    expects: Collection[Capability],
    options: Sequence[str] = (),
) -> str:
    """Say what came of all, for a terminal or an issue: how much was tried, what is red, and how to repeat it.

    Args:
        trials: What was tried, and what was left out.
        verdict: What came of it.
        command: The program and its arguments.
        expects: What the user says the program does.
        options: What else is to be said for it to be run likewise.
    """
    tried = [trial for trial in trials if trial.ending != "left out"]
    parts = [f"{count(len(tried), 'scenario')} tried, {_write_grades(verdict)}."]
    names = [trial.scenario.name for trial in trials]
    parts += _listed("Failed:", [_write_red(outcome, names) for outcome in verdict.of(Grade.FAIL)])
    red = [name for name in names if any(name in _scenarios(outcome, names) for outcome in verdict.of(Grade.FAIL))]
    parts += _listed(
        "To repeat that, and keep what happened in ./red:", [_repeat(red, options, command)] if red else []
    )
    untested = {each.rule.id: explain_untested(each.rule, trials, expects) for each in verdict.of(Grade.UNTESTED)}
    parts += _listed("Untested, and why:", [f"{rule}: {reason}" for rule, reason in untested.items() if reason])
    left = [trial for trial in trials if trial not in tried]
    parts += _listed(
        "Not tried (--limit or --speed make room):", [f"{each.scenario.name}: {_reason(each)}" for each in left]
    )
    stopped = [trial.scenario.name for trial in trials if trial.ending == "by limit"]
    parts += _listed("Stopped by the limit:", [", ".join(stopped)] if stopped else [])
    strangers = dict.fromkeys(host for trial in trials for host in trial.strangers)
    parts += _listed("It also wanted to reach, and could not unless that was allowed:", [*strangers])
    return "\n".join(parts)


def _write_grades(verdict: Verdict[ClientRecord]) -> str:
    said = {Grade.FAIL: "failed", Grade.WARN: "warned", Grade.PASS: "passed", Grade.UNTESTED: "untested"}
    numbers = [f"{len(verdict.of(grade))} {word}" for grade, word in said.items() if verdict.of(grade)]
    return f"{count(len(verdict.outcomes), 'rule')}: {', '.join(numbers)}"


def _write_red(outcome: Outcome[ClientRecord], known: Sequence[str]) -> str:
    """Name a rule that failed, and the scenarios in which it did."""
    where = ", ".join(_scenarios(outcome, known))
    return f"{outcome.rule.id}: {outcome.rule.title}{where and f' ({where})'}"


def _scenarios(outcome: Outcome[ClientRecord], known: Sequence[str]) -> list[str]:
    """Return the scenarios in which something was found, in order."""
    found = {finding.subject.partition(":")[0] for finding in outcome.findings}
    return [name for name in known if name in found]


def _repeat(scenarios: Sequence[str], options: Sequence[str], command: Sequence[str]) -> str:
    chosen = [word for name in scenarios for word in ("--scenario", name)]
    return shlex.join(["evolink-contracts", "client", *chosen, *options, "--keep", "red", "--", *command])


def _reason(trial: Trial) -> str:
    return trial.told if trial.trouble is None else trial.trouble


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"  {one_line(line)}" for line in lines)] if lines else []
