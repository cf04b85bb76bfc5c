"""A report as commands of GitHub's workflows: an annotation for each rule with something to look into."""

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import StatedOutcome, Statement, state
from contracts.report.verdicts.text import finding_lines, write_sum
from contracts.report.verdicts.words import one_line
from contracts.verdict import Grade

_COMMANDS: Final[Mapping[Grade, str]] = {
    Grade.FAIL: "error",
    Grade.ERROR: "error",
    Grade.WARN: "warning",
    Grade.ALLOWED: "notice",
}


def write_annotations(report: Report) -> str:
    """Write a report as annotations, and the sum as a last line.

    A rule has one annotation, since no more than ten of a kind are shown for a step. Failures come first.
    """
    statement = state(report)
    return "\n".join([*_lines(statement), write_sum(statement), ""])


def _lines(statement: Statement) -> Iterator[str]:
    for outcome in statement.of(*_COMMANDS):
        told = "\n".join(finding_lines(statement, outcome))
        yield _command(_COMMANDS[outcome.grade], statement.artifact, _title(outcome), told)
    for sentence in statement.stale:
        yield _command("error", None, "The baseline is out of date", one_line(sentence))
    untested = statement.of(Grade.UNTESTED)
    if untested:
        told = "\n".join(f"{_title(outcome)} {one_line(outcome.exposure)}".rstrip() for outcome in untested)
        yield _command("notice", None, "Not put to the test", told)


def _title(outcome: StatedOutcome) -> str:
    return f"{outcome.rule}: {one_line(outcome.title)}"


def _command(name: str, file: str | None, title: str, message: str) -> str:
    place = "" if file is None else f"file={_property(one_line(file))},line=1,"
    return f"::{name} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
