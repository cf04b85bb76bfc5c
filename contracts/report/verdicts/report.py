"""What the writers of a verdict are given."""

from typing import Any

import msgspec

from contracts.recording.exchange import Exchange
from contracts.verdict import Verdict


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """Findings of a rule that are accepted: the rule's id, why, and how many they are."""

    rule: str
    reason: str
    findings: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with its record. It serves whatever was judged: rules of servers and of clients alike.

    Args:
        title: What was done, such as "The server's contract". Reports of one title follow each other.
        target: Who was judged: a URL, or the name of a file.
        verdict: What came of it.
        exchanges: The exchanges of the record.
        callbacks: The callbacks of the record, if they were received by us.
        started_at: When it began, in seconds since the epoch, by the clock of the record.
        tool_version: The version of what judged.
        artifact: The file that findings point to, such as a HAR file or an OpenAPI document, as a path from the top of
            the repository; GitHub's code scanning shows no finding that points to none.
        docs: Where the rules' pages are, as a URL that ends with a slash; the page of rule L4 is L4.md there. Without
            it, findings name the command that shows a rule.
        allowances: Why findings are accepted.
        stale: What is out of date in the baseline, in sentences; anything here fails the run.
        shows_prompts: Whether everything but keys is shown as it was.
    """

    title: str
    target: str
    verdict: Verdict[Any]
    started_at: float
    tool_version: str
    exchanges: tuple[Exchange, ...] = ()
    callbacks: tuple[Exchange, ...] = ()
    artifact: str | None = None
    docs: str | None = None
    allowances: tuple[Allowance, ...] = ()
    stale: tuple[str, ...] = ()
    shows_prompts: bool = False

    @property
    def exit_code(self) -> int:
        """What a command exits with: that of the verdict, but never 0 with a baseline that is out of date."""
        return max(self.verdict.exit_code, int(bool(self.stale)))
