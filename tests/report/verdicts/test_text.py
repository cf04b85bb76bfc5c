"""A report in a terminal: what failed first, what shows it, what to do, and the sum at the end."""

import re

import click

from contracts.report.verdicts import Allowance
from contracts.report.verdicts.text import MOST_FINDINGS, write_text
from tests.report.verdicts.reports import (
    TASK,
    creation,
    evil_report,
    exchange,
    finding,
    full_report,
    report,
    rule,
)


def test_what_failed_comes_first() -> None:
    """Then what could not be judged, warnings, the baseline, and what needs no look; the sum is the last line."""
    lines = write_text(full_report()).splitlines()
    heads = [line.split(":")[0] for line in lines if re.match(r"[A-Z]{4}|allowed|not put", line)]
    assert heads == [
        "FAIL L4",
        "ERROR L5",
        "WARN P2",
        "STALE The baseline knows of P6, which passed.",
        "allowed L9",
        "not put to the test K7",
        "not put to the test K8",
    ]
    assert lines[-1] == (
        "1 failed, 1 could not be judged, 1 warned, 1 allowed, 2 not put to the test, 1 passed, "
        "1 of the baseline out of date"
    )


def test_a_failure_says_all_that_helps() -> None:
    """The clause in words, expected and seen, the exchanges as they can be made again, and what to do."""
    text = write_text(full_report())
    for part in (
        'AUTH-BEARER: Every API call carries "Authorization: Bearer <key>".',
        "  NO-SUCH-CLAUSE\n",
        f"  about    {TASK}\n  expected progress of at least 40\n  seen     30\n",
        "    #1 +1.000 s 200: curl https://api.evolink.ai/v1/videos/generations -H ",
        '-H "Authorization: Bearer $EVOLINK_API_KEY" -H ',
        "    #2 +2.000 s 404: curl https://api.evolink.ai/v1/tasks/",
        '-H "Authorization: Bearer $EVOLINK_API_KEY_2"\n',
        "    #3 callback +3.000 s no answer (the sender gave up): curl https://hooks.example.com/evolink",
        "    not recorded: exchange 9\n",
        "  what to do: Keep the highest progress that was told.\n",
        "  see https://example.com/rules/L4.md\n",
        "  the rule itself failed: LookupError: ",
        "allowed L9: known until May\n",
        "not put to the test K7: a listener at an internal address\n",
        "not put to the test K8: What K8 wants holds.\n",
    ):
        assert part in text, part


def test_a_sound_run_is_two_lines() -> None:
    """What was judged, and how many rules passed."""
    assert write_text(report(rule("L4", None))).splitlines() == [
        "The server's contract of https://api.evolink.ai, 2025-09-06T14:42:23Z, evolink-mock 1.2.3",
        "1 passed",
    ]


def test_nothing_asked_is_said() -> None:
    """A report without a rule does not look like a success."""
    assert write_text(report()).endswith("no rule was asked\n")


def test_many_findings_are_cut() -> None:
    """The first few are written out, and the number of the others."""
    found = [finding(seen=str(number)) for number in range(MOST_FINDINGS + 2)]
    text = write_text(report(rule("L4", *found)))
    assert text.count("expected ") == MOST_FINDINGS
    assert "  ... and 2 more findings\n" in text


def test_many_exchanges_are_cut() -> None:
    """The first two and the last ones are shown."""
    exchanges = (creation(1), *(exchange(number) for number in range(2, 11)))
    text = write_text(report(rule("L4", finding(*range(1, 11))), exchanges=exchanges))
    shown = re.findall(r"^    (#\d+|\.\.\. .*?)(?: |$)", text, re.MULTILINE)
    assert shown == ["#1", "#2", "... 4", "#7", "#8", "#9", "#10"]
    assert "... 4 more exchanges\n" in text


def test_known_findings_of_a_rule_that_fails_are_counted() -> None:
    """They are not listed, and their reason is told."""
    text = write_text(report(rule("L4", finding()), allowances=(Allowance(rule="L4", reason="old", findings=2),)))
    assert "  2 findings allowed: old\n" in text


def test_an_allowance_without_a_reason_is_listed_by_its_title() -> None:
    """Such as one that was given as an id alone."""
    assert "allowed L4: What L4 wants holds.\n" in write_text(report(rule("L4", finding()), allowed=("L4",)))


def test_colours_come_only_if_asked_for() -> None:
    """And say nothing that the text does not."""
    plain = write_text(full_report())
    painted = write_text(full_report(), colours=True)
    assert "\x1b" not in plain
    assert painted.count("\x1b[31m") == 3
    assert click.unstyle(painted) == plain
    assert "\x1b[32m" in write_text(report(rule("L4", None)), colours=True)


def test_a_terminal_acts_on_nothing() -> None:
    """What is not printable is written as an escape, and no line from outside looks like a command of a CI."""
    lines = write_text(evil_report()).split("\n")
    assert all(line.isprintable() for line in lines)
    assert not [line for line in lines if line.lstrip().startswith("::")]
    assert any("\\x1b[31m\\x00\\r\\n::error::x%0A\\u202e?" in line for line in lines)
