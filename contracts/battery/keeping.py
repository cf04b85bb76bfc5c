"""What is kept of a trial, in a folder with the scenario's name: traffic, a time line, and what the program printed.

Neither has keys or prompts in it, but for what the program itself printed or wrote.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from contracts.battery.trial import Trial
from contracts.report.html import write_html
from contracts.report.lines import write_timeline
from mock_server.journal.har import archive

TRAFFIC: Final = "traffic.har"
"""The file that has the requests and answers, as browsers show them; `evolink-contracts traffic` judges it."""

TIMELINE: Final = "timeline.txt"
"""The file that has what happened, a line each."""

REPORT: Final = "timeline.html"
"""The file that has the same as a picture."""


def keep_trial(trial: Trial, directory: Path) -> None:
    """Write down what happened in a scenario, if anything did.

    Raises:
        OSError: A file cannot be written.
    """
    if trial.history is None:
        return
    folder = directory / trial.scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    har = archive(trial.history.entries, version=version("evolink-mock"))
    (folder / TRAFFIC).write_bytes(msgspec.json.format(msgspec.json.encode(har), indent=2))
    (folder / TIMELINE).write_text(write_timeline(trial.history), "utf-8")
    (folder / REPORT).write_text(write_html(trial.history), "utf-8")
