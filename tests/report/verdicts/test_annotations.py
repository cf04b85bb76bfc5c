"""A report as commands of GitHub's workflows: what the runner reads is what was meant, and nothing more."""

import re

from contracts.report.verdicts.annotations import write_annotations
from contracts.report.verdicts.report import Report
from tests.report.verdicts.reports import evil_report, finding, full_report, report, rule

COMMAND = re.compile(r"::([a-z]+) ([^:]*)::(.*)")
ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def unescape(text: str) -> str:
    """Return a text as the runner reads it."""
    return re.sub("|".join(ESCAPES), lambda found: ESCAPES[found[0]], text)


def commands(given: Report) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands of a report as the runner reads them: name, properties and message."""
    *lines, total, end = write_annotations(given).split("\n")
    assert not total.startswith("::")
    assert end == ""
    assert all(COMMAND.fullmatch(line) for line in lines)
    found = [parts for line in lines for parts in COMMAND.findall(line)]
    return [(name, properties(told), unescape(message)) for name, told, message in found]


def properties(told: str) -> dict[str, str]:
    """Return the properties of a command."""
    pairs = [pair.partition("=") for pair in told.split(",")]
    return {name: unescape(value) for name, _, value in pairs}


def test_failures_come_first() -> None:
    """One annotation for each rule, then the baseline, and all that was not put to the test in one notice."""
    found = commands(full_report())
    assert [(name, told["title"]) for name, told, _ in found] == [
        ("error", "L4: What L4 wants holds."),
        ("error", "L5: What L5 wants holds."),
        ("warning", "P2: What P2 wants holds."),
        ("notice", "L9: What L9 wants holds."),
        ("error", "The baseline is out of date"),
        ("notice", "Not put to the test"),
    ]
    assert "\nexpected progress of at least 40\nseen     30\n" in found[0][2]
    assert found[4][2] == "The baseline knows of P6, which passed."
    assert found[5][2] == "K7: What K7 wants holds. a listener at an internal address\nK8: What K8 wants holds."


def test_annotations_point_to_the_artifact() -> None:
    """Those of rules do, if there is one."""
    assert [told.get("file") for _, told, _ in commands(full_report())] == ["out/a b.har"] * 4 + [None] * 2
    assert commands(report(rule("L4", finding())))[0][1].keys() == {"title"}


def test_a_sound_run_is_its_sum() -> None:
    """There is nothing to annotate."""
    assert write_annotations(report(rule("L4", None))) == "1 passed\n"


def test_hostile_texts_are_no_commands() -> None:
    """Each line is a command of ours or the sum; a line break within one is escaped, and so is what ends a property."""
    found = commands(evil_report())
    assert [name for name, _, _ in found] == ["error", "error", "warning", "notice", "error"]
    assert all(told.keys() <= {"file", "line", "title"} for _, told, _ in found)
    assert "\\r\\n::error::x%0A" in found[0][2]
    assert found[0][1]["file"].startswith("</pre></style><script>alert('1')</script>\"><img src=x>&amp;]]>\\x1b[31m")
