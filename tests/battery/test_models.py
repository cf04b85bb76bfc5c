"""Clients of other models in scenarios, of the package and of pages of a user's own."""

from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.battery.battery import run_battery
from contracts.battery.in_process import InProcessDrive
from contracts.battery.scenario import choose
from contracts.battery.verdicts import Judged, judge_trials
from contracts.rules import ALL_RULES
from contracts.verdict import Grade
from tests.battery.careful import make_videos
from tests.clients.judging import grades, tell
from tests.pages.writing import page, write

pytestmark = pytest.mark.uncounted

SCENARIOS = ("good-weather", "busy", "lost-answer", "callback", "slow-task", "broken-download", "several")
FIELDS: dict[str, Any] = {
    "prompt": {"type": "string", "maxLength": 60},
    "seconds": {"type": "integer", "minimum": 2, "maximum": 9},
    "callback_url": {"type": "string", "format": "uri"},
}


@pytest.fixture
def pages(tmp_path: Path) -> tuple[str, ...]:
    """A page of a model that the package does not know."""
    return (str(write(tmp_path, page("sketch-1", fields=FIELDS), "sketch.json")),)


def judge_client(portal: BlockingPortal, pages: tuple[str, ...], work: dict[str, Any], *names: str) -> Judged:
    """Judge the careful client in scenarios, when this is what it asks for."""

    def make(evolink: Evolink, scenario: Any) -> None:
        make_videos(evolink, scenario, work=work)

    drive = InProcessDrive(portal, make, pages=pages)
    trials = run_battery(drive, choose(names=names), jobs=1, tell=lambda _: None)
    assert [trial.scenario.name for trial in trials if trial.ending != "well"] == []
    return judge_trials(ALL_RULES, trials)


@pytest.mark.parametrize(
    "work",
    [
        {"model": "wan2.6-text-to-video", "duration": 5, "quality": "720p", "aspect_ratio": "16:9"},
        {"model": "sketch-1", "seconds": 3},
    ],
    ids=lambda work: work["model"],
)
def test_a_careful_client(portal: BlockingPortal, pages: tuple[str, ...], work: dict[str, Any]) -> None:
    """Nothing binding is found, whatever the model: scenarios and rules are about tasks."""
    judged = judge_client(portal, pages, work, *SCENARIOS)
    assert not grades(judged.verdict, Grade.FAIL, Grade.ERROR), tell(judged.verdict)
    assert {exchange.sent["model"] for exchange in judged.exchanges if exchange.path.endswith("/generations")} == {
        work["model"]
    }
    assert grades(judged.verdict, Grade.PASS) >= {"A5", "A6", "A9", "A12", "B3", "C1", "E1"}


def test_a_client_that_breaks_its_page(portal: BlockingPortal, pages: tuple[str, ...]) -> None:
    """It is judged by the page of its model, and not by ours."""
    judged = judge_client(portal, pages, {"model": "sketch-1", "seconds": 10}, "good-weather")
    assert grades(judged.verdict, Grade.WARN) == {"A9"}
    (found,) = judged.verdict.of(Grade.WARN)
    assert [finding.expected for finding in found.findings] == ["seconds must be at most 9"]
