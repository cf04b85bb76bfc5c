"""What is said while the battery runs, and when it is over."""

from typing import Any

from contracts.battery.scenario import Scenario, choose, load_scenarios
from contracts.battery.summary import explain_false_start, write_progress, write_summary
from contracts.battery.trial import Ending, Trial
from contracts.battery.untested import explain_untested
from contracts.battery.verdicts import judge_trials
from contracts.drive.programs.running import Run
from contracts.recording import ClientRecord
from contracts.rules import ALL_RULES
from tests.rules.records import Traffic

DOG = "task-unified-1757169743-0000000d"

ASKING = Traffic().poll("pending").record


def trial(
    name: str = "good-weather",
    ending: Ending = "well",
    told: str = "",
    *,
    record: ClientRecord = ASKING,
    **facts: Any,
) -> Trial:
    """Return what came of a scenario."""
    return Trial(scenario=load_scenarios()[name], ending=ending, told=told, record=record, **facts)


def test_progress() -> None:
    """A line says how a trial ended, why, and how long it took."""
    assert write_progress(trial(seconds=6.94), 1, 45) == "[1/45] good-weather: ended well, 6.9 s"
    bad = trial("busy", "badly", "exit code 1", seconds=0.4)
    assert write_progress(bad, 2, 45) == "[2/45] busy: ended badly (exit code 1), 0.4 s"
    assert write_progress(trial("busy", "left out", "too\nlong"), 3, 45) == r"[3/45] busy: was left out (too\nlong)"
    troubled = trial("busy", "left out", trouble="OSError: full")
    assert write_progress(troubled, 4, 45) == "[4/45] busy: could not be tried: OSError: full"


def test_a_command_that_does_well() -> None:
    """There is nothing to say of one that ends well and asks something."""
    assert explain_false_start(trial()) == ""


def test_a_command_that_fails_where_nothing_goes_wrong() -> None:
    """Its end is told first, with the last of what it printed to standard error."""
    run = Run(
        ended="by itself", exit_code=2, output="hello\n", errors="\n".join(f"line {n}" for n in range(30)) + "\n\n"
    )
    told = explain_false_start(trial(ending="badly", told="exit code 2", run=run)).splitlines()
    assert told[:3] == [
        "In good-weather (Nothing goes wrong) the command ended badly: exit code 2.",
        "No other scenario was tried.",
        "The last of its errors:",
    ]
    assert told[3:] == [f"  line {n}" for n in range(20, 30)]


def test_a_command_that_cannot_be_run() -> None:
    """One sentence says why it could not be started, or that there is no time for it."""
    run = Run(ended="not started", errors="no-such-program cannot be started\n")
    assert explain_false_start(trial(ending="badly", told="it cannot be started: why", run=run)) == (
        "it cannot be started: why; nothing was tried"
    )
    assert explain_false_start(trial(ending="left out", told="it takes 10 s, and the limit is 5 s")) == (
        "good-weather was left out: it takes 10 s, and the limit is 5 s; --limit makes room for it"
    )


def test_a_command_that_fails_quietly() -> None:
    """What it printed is told where there are no errors, and nothing if there is nothing."""
    printed = Run(ended="by itself", exit_code=1, output="usage: \x1b[31m")
    told = explain_false_start(trial(ending="badly", told="exit code 1", run=printed))
    assert told.endswith("The last of its output:\n  usage: \\x1b[31m")
    silent = explain_false_start(
        trial(ending="by limit", told="it had not ended after 60 s", run=Run(ended="by limit"))
    )
    assert silent.endswith("was stopped: it had not ended after 60 s.\nNo other scenario was tried.")


def test_a_command_that_asks_nothing() -> None:
    """One that asks the API for nothing may not be led here."""
    assert "asked the API for nothing" in explain_false_start(trial(record=ClientRecord()))


def test_a_harness_that_fails() -> None:
    """What goes wrong in the harness is told as that."""
    told = explain_false_start(trial(trouble="OSError: full"))
    assert told.startswith("The scenario good-weather could not be tried: OSError: full.")


def test_a_summary() -> None:
    """It counts, says how to repeat what is red, what was untested and not tried, and whom the program also wanted."""
    twice = Traffic().create().poll("completed").create(task=DOG).record
    trials = [
        trial(),
        trial("busy", record=twice),
        trial("stuck", "left out", "it takes 3600 s of the client's time, and the limit is 60 s"),
        trial("queue", "by limit", "it had not ended after 60 s", strangers=("telemetry.example.com:443",)),
        trial("several", "left out", trouble="OSError: full"),
    ]
    rules = [rule for rule in ALL_RULES if rule.id in {"B1", "C8", "E1", "F8"}]
    verdict = judge_trials(rules, trials[:4]).verdict
    assert write_summary(trials, verdict, command=["node", "my client.mjs"], expects=["download"]).splitlines() == [
        "3 scenarios tried, 4 rules: 1 failed, 2 untested.",
        "Failed:",
        f"  B1: {rules[0].title} (busy)",
        "To repeat that, and keep what happened in ./red:",
        "  evolink-contracts client --scenario busy --keep red -- node 'my client.mjs'",
        "Untested, and why:",
        "  C8: stuck was left out: it takes 3600 s of the client's time, and the limit is 60 s",
        "  F8: no model here has several results; recorded traffic is judged by it",
        "Not tried (--limit or --speed make room):",
        "  stuck: it takes 3600 s of the client's time, and the limit is 60 s",
        "  several: OSError: full",
        "Stopped by the limit:",
        "  queue",
        "It also wanted to reach, and could not unless that was allowed:",
        "  telemetry.example.com:443",
    ]


def explain(rule: str, *trials: Trial) -> str:
    """Return why a rule was not put to the test of a client that downloads."""
    found = next(each for each in ALL_RULES if each.id == rule)
    return explain_untested(found, trials, ["download"])


def test_why_a_rule_was_not_put_to_the_test() -> None:
    """It was not asked for, needs more of the client, or the client did not come so far."""
    assert explain("G8", *map(trial, load_scenarios())) != ""
    plain = [trial(scenario.name) for scenario in choose()]
    assert explain("G8", *plain) == "--expects upload was not said"
    assert explain("G8", *plain[:2]) == explain("C8") == ""
    assert explain("C8", trial("stuck", "left out", trouble="OSError: full")) == "stuck was left out: OSError: full"
    assert explain("C6", trial("queue")) == (
        "queue did not come to this: a task was polled four times or more, and nothing said when to come back"
    )


def test_a_scenario_of_ones_own() -> None:
    """Findings may name what is no scenario that was tried, such as all of them together."""
    own = Scenario(name="own", title="Something.", exposes=())
    twice = Traffic().create().poll("completed").create(task=DOG).record
    verdict = judge_trials(ALL_RULES, [Trial(scenario=own, ending="well", record=twice)]).verdict
    assert "To repeat" not in write_summary([trial()], verdict, command=["x"], expects=[])
