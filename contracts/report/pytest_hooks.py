"""What pytest does with the histories of tests: files as they end, and a summary at the end.

It is a plugin of pytest that the plugin `evolink` registers when a report is wanted, and not sooner: it imports all
that a report is made of. Whoever has a history of a test hands it to `Reports.keep` before the test's teardown is over.
"""

from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import pytest

from contracts.report.history import History, Outcome
from contracts.report.html import write_html
from contracts.report.places import file_name, write_whole
from contracts.report.properties import properties
from contracts.report.terminal import Summary, summarise, write_summary
from contracts.report.verdicts.statement import Statement
from mock_server.journal.har import archive

_SENT: Final = "evolink_summaries"
"""The name by which a worker's report brings the summaries of a test."""

_histories = pytest.StashKey[list[tuple[History, Statement | None]]]()
_ended = pytest.StashKey[tuple[Outcome, str]]()


class Reports:
    """Writes the reports of a test run.

    Args:
        reports: Where the reports of failed tests go, and then a summary is shown; None if they are not wanted.
        archives: Where the archives (HAR) of all tests go; None if they are not wanted.

    Raises:
        pytest.UsageError: There is no such folder, and it cannot be made.
    """

    def __init__(self, *, reports: Path | None, archives: Path | None) -> None:
        self._reports = _made(reports, "--evolink-report")
        self._archives = _made(archives, "--evolink-record")
        self._summaries: list[Summary] = []

    @property
    def judges(self) -> bool:
        """Whether the judge's verdicts are shown."""
        return self._reports is not None

    def keep(self, item: pytest.Item, history: History, judged: Statement | None = None) -> None:
        """Keep what happened in one universe of a test that is about to end; how it ended is added by itself.

        `judged` is what the judge says of the client, if it was asked.
        """
        item.stash.setdefault(_histories, []).append((history, judged))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how each phase of a test ended, and write its files when the last one has."""
        report = yield
        if call.when == "setup":
            item.stash[_ended] = ("passed", "")
        item.stash[_ended] = _worse(item.stash[_ended], report)
        if call.when == "teardown":
            self._write(report, item.stash.get(_histories, []), item.stash[_ended])
            item.stash[_histories] = []
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the summaries, those of workers too."""
        self._summaries += msgspec.convert(getattr(report, _SENT, []), list[Summary])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the summary."""
        if self._reports is not None and self._summaries:
            terminalreporter.section("evolink")
            for line in write_summary(self._summaries):
                terminalreporter.line(line)

    def _write(
        self, report: pytest.TestReport, kept: list[tuple[History, Statement | None]], ended: tuple[Outcome, str]
    ) -> None:
        outcome, failure = ended
        known = [(msgspec.structs.replace(each, outcome=outcome, failure=failure), judged) for each, judged in kept]
        if self._archives is not None:
            for history, _ in known:
                _put(self._archives, history, ".har", _archived(history))
        if self._reports is not None and known:
            judged = [statement for _, statement in known if statement is not None]
            report.user_properties += properties([history for history, _ in known], judged)
            sent = [summarise(history, report=self._report(history, statement)) for history, statement in known]
            report.__dict__[_SENT] = msgspec.to_builtins(sent)

    def _report(self, history: History, judged: Statement | None) -> str | None:
        """Write the report of a failed test, and say where it is."""
        if self._reports is None or not history.failed:
            return None
        return _put(self._reports, history, ".html", write_html(history, judged).encode("utf-8", "xmlcharrefreplace"))


def _made(folder: Path | None, option: str) -> Path | None:
    """Make a folder, and return where it is, wherever tests go meanwhile."""
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"{option}: the folder {folder} cannot be made: {error.strerror}") from error
    return folder.absolute()


def _worse(before: tuple[Outcome, str], report: pytest.TestReport) -> tuple[Outcome, str]:
    """Return how a test has ended so far; the first failure is the one that counts."""
    if before[0] in {"failed", "error"} or report.passed:
        return before
    if report.skipped:
        return "skipped", ""
    return "failed" if report.when == "call" else "error", report.longreprtext


def _put(folder: Path, history: History, suffix: str, data: bytes) -> str:
    """Write a file of a test, and say where it is, or why it is not."""
    path = folder / file_name(history.node, history.universe, suffix)
    try:
        write_whole(path, data)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return str(path)


def _archived(history: History) -> bytes:
    return msgspec.json.format(msgspec.json.encode(archive(history.entries, version=version("evolink-mock"))), indent=1)
