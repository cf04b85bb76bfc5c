"""A report as Markdown: the summary of a job of GitHub's workflows, or a text to paste into an issue.

What came from outside stands in blocks of code, or with all that Markdown acts on escaped: there it is no markup, no
link to an issue, and calls nobody.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final
from urllib.parse import quote

from contracts.report.markup import element
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import BROKEN, StatedOutcome, Statement, state
from contracts.report.verdicts.text import finding_lines, write_moment, write_sum
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade

MOST_CHARACTERS: Final = 60_000
"""How long what is found may make a report; an issue takes 65,536 characters."""

_ACTIVE: Final = re.compile(r"[\\`*_\[\]<>&|~#@$]")
_IN_URLS: Final = ":/?#&=%~+,;-._"


def write_markdown(report: Report) -> str:
    """Write a report as Markdown: the sum, a table of what there is to look into, and each of that folded up.

    The worst comes first. What would make it too long for an issue is left out, and that is said.
    """
    statement = state(report)
    head = [*_head(statement), *_stale(statement)]
    tail = [*_brief(statement)]
    room = MOST_CHARACTERS - sum(map(len, [*head, *tail]))
    return "\n\n".join([*head, *_found(statement, room), *tail]) + "\n"


def _head(statement: Statement) -> Iterator[str]:
    yield f"## {_plain(statement.title)}: {'failed' if statement.exit_code else 'passed'}"
    yield f"**{write_sum(statement)}**"
    yield f"{_code(statement.target)}, {write_moment(statement)}, evolink-mock {_plain(statement.tool_version)}"
    worst = statement.of(*BROKEN)
    if worst:
        yield "\n".join(["| | rule | what it asks for | findings |", "|---|---|---|---|", *map(_row, worst)])


def _row(outcome: StatedOutcome) -> str:
    cells = (outcome.grade.upper(), _linked(outcome), _plain(outcome.title), str(len(outcome.findings)))
    return f"| {' | '.join(cells)} |"


def _linked(outcome: StatedOutcome) -> str:
    """Return the id of a rule, with a link to its page if it has one."""
    if outcome.docs is None or not outcome.docs.startswith(("https://", "http://")):
        return _plain(outcome.rule)
    return f"[{_plain(outcome.rule)}]({quote(outcome.docs, safe=_IN_URLS)})"


def _stale(statement: Statement) -> Iterator[str]:
    if statement.stale:
        yield "### The baseline is out of date"
        yield "\n".join(f"- {_plain(sentence)}" for sentence in statement.stale)


def _found(statement: Statement, room: int) -> Iterator[str]:
    """Yield what was found, as much of it as there is room for, in characters."""
    texts = [_folded(_title(each), finding_lines(statement, each)) for each in statement.of(*BROKEN)]
    shown = sum(length <= room for length in accumulate(map(len, texts)))
    yield from texts[:shown]
    if shown < len(texts):
        yield f"What was found by {count(len(texts) - shown, 'more rule')} is left out here, to fit into an issue."


def _brief(statement: Statement) -> Iterator[str]:
    """Yield what needs no look, folded up."""
    allowed, untested = statement.of(Grade.ALLOWED), statement.of(Grade.UNTESTED)
    if allowed:
        yield _folded("Allowed", (f"{each.rule}: {one_line(each.reasons or each.title)}" for each in allowed))
    if untested:
        yield _folded(
            "Not put to the test", (f"{each.rule}: {one_line(each.exposure or each.title)}" for each in untested)
        )


def _title(outcome: StatedOutcome) -> str:
    return f"{outcome.grade.upper()} {outcome.rule}: {one_line(outcome.title)}"


def _folded(title: str, lines: Iterator[str]) -> str:
    """Return lines as they are, below a title that opens them."""
    told = [*lines]
    fence = "`" * (1 + max(2, _longest_ticks(told)))
    return "\n".join([f"<details>{element('summary', title)}", "", f"{fence}text", *told, fence, "", "</details>"])


def _longest_ticks(texts: Sequence[str]) -> int:
    return max((len(ticks) for text in texts for ticks in re.findall("`+", text)), default=0)


def _code(text: str) -> str:
    """Return a text as code within a line."""
    line = one_line(text)
    ticks = "`" * (1 + _longest_ticks([line]))
    return f"{ticks} {line} {ticks}" if "`" in line else f"`{line}`"


def _plain(text: str) -> str:
    """Return a text on one line of which nothing is markup."""
    return _ACTIVE.sub(r"\\\g<0>", one_line(text))
