"""What is kept of a trial: traffic that can be judged again, and a time line."""

import json
from pathlib import Path

from anyio.from_thread import BlockingPortal

from contracts.battery.in_process import InProcessDrive
from contracts.battery.keeping import REPORT, TIMELINE, TRAFFIC, keep_trial
from contracts.battery.scenario import load_scenarios
from contracts.battery.trial import Trial
from contracts.recording.files import load_recording
from tests.battery.careful import make_videos


def test_a_trial(portal: BlockingPortal, tmp_path: Path) -> None:
    """Its traffic is an archive that can be judged, and the time line has what happened."""
    trial = InProcessDrive(portal, make_videos).run(load_scenarios()["busy-once"])
    keep_trial(trial, tmp_path)
    folder = tmp_path / "busy-once"
    assert [exchange.status for exchange in load_recording(folder / TRAFFIC).asked][:2] == [503, 200]
    assert json.loads((folder / TRAFFIC).read_text())["log"]["version"] == "1.2"
    assert "503" in (folder / TIMELINE).read_text("utf-8")
    assert "<html" in (folder / REPORT).read_text("utf-8")


def test_nothing_happened(tmp_path: Path) -> None:
    """Of what was left out nothing is kept."""
    keep_trial(Trial(scenario=load_scenarios()["stuck"], ending="left out"), tmp_path)
    assert not any(tmp_path.iterdir())
