"""Why a rule was not put to the test: said in a sentence, so that somebody can do something about it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from contracts.battery.capabilities import Capability
from contracts.battery.scenario import load_scenarios
from contracts.battery.trial import Trial
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

UNEXPOSED: Final[Mapping[str, str]] = {
    "B8": "nothing here kills a program; --prove does",
    "C11": "nothing here sets a program's clock; recorded traffic is judged by it",
    "F5": "the videos here are small; recorded traffic is judged by it",
    "F8": "no model here has several results; recorded traffic is judged by it",
    "G3": "of uploads the journal keeps no bodies; recorded traffic is judged by it",
    "G4": "of uploads the journal keeps no bodies; recorded traffic is judged by it",
    "G6": "files expire after three days, and the program makes one video in a run",
    "G7": "of uploads the journal keeps no bodies; recorded traffic is judged by it",
}
"""The rules that no scenario puts anybody to the test of, each with the reason."""


def explain_untested(rule: Rule[ClientRecord], trials: Sequence[Trial], expects: Collection[Capability]) -> str:
    """Say why a rule was not put to the test; nothing if the user chose scenarios that are about other rules.

    Args:
        rule: The rule.
        trials: What was tried, and what was left out.
        expects: What the user says the program does.
    """
    if rule.id in UNEXPOSED:
        return UNEXPOSED[rule.id]
    exposing = {name for name, scenario in load_scenarios().items() if rule.id in scenario.exposes}
    mine = [trial for trial in trials if trial.scenario.name in exposing]
    if not mine:
        needs = {need for name in exposing for need in load_scenarios()[name].needs}
        missing = sorted(needs - set(expects))
        return f"--expects {','.join(missing)} was not said" if missing and _is_whole(trials) else ""
    left_out = [trial for trial in mine if trial.ending == "left out"]
    if len(left_out) == len(mine):
        return f"{left_out[0].scenario.name} was left out: {left_out[0].trouble or left_out[0].told}"
    names = ", ".join(trial.scenario.name for trial in mine if trial not in left_out)
    exposure = f"{rule.exposure[0].lower()}{rule.exposure[1:].rstrip('.')}"
    return f"{names} did not come to this: {exposure}"


def _is_whole(trials: Sequence[Trial]) -> bool:
    """Tell whether all was tried that any client can be put into."""
    tried = {trial.scenario.name for trial in trials}
    return all(name in tried for name, scenario in load_scenarios().items() if not scenario.needs)
