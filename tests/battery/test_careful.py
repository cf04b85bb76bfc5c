"""A careful client in all scenarios of the battery."""

import pytest
from anyio.from_thread import BlockingPortal

from contracts.battery.battery import run_battery
from contracts.battery.capabilities import CAPABILITIES
from contracts.battery.in_process import InProcessDrive
from contracts.battery.scenario import choose
from contracts.battery.untested import UNEXPOSED
from contracts.battery.verdicts import judge_trials
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, judge
from tests.battery.careful import make_videos
from tests.clients.judging import grades, tell

pytestmark = pytest.mark.uncounted

COMPARED = frozenset({"D1", "D8", "D9"})
"""Rules that compare what was said in several scenarios."""

ELSEWHERE = frozenset({"A14", "J3", "J4", "J5", "J9"})
"""Rules that need a program: with hosts that it talks to, output, and an end."""


def test_a_careful_client(portal: BlockingPortal) -> None:
    """It is put to the test of every rule, each scenario exposes what it says, and nothing binding is found."""
    trials = run_battery(InProcessDrive(portal, make_videos), choose(expects=CAPABILITIES), jobs=1, tell=lambda _: None)
    assert [(trial.scenario.name, trial.told) for trial in trials if trial.ending != "well"] == [
        (name, "it takes a program")
        for name in ("certificate-expired", "certificate-of-another-host", "certificate-of-nobody", "told-to-end")
    ]
    judged = judge_trials(ALL_RULES, trials)
    assert not grades(judged.verdict, Grade.FAIL, Grade.ERROR), tell(judged.verdict)
    untold = grades(judged.verdict, Grade.UNTESTED, Grade.NOT_APPLICABLE)
    assert untold == UNEXPOSED.keys() | ELSEWHERE
    for trial in trials:
        exposed = {outcome.rule.id for outcome in judge(ALL_RULES, trial.record).outcomes if outcome.exposures}
        assert set(trial.scenario.exposes) - exposed <= COMPARED | ELSEWHERE, trial.scenario.name
