"""Whether a client keeps answers that are not to be kept (C17)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.rules.polling.following import followings
from contracts.verdict import Examination, Ground, Rule, breach

_CONDITIONS: Final = ("if-none-match", "if-modified-since")
"""What a cache asks with that has kept an answer (RFC 9111, 4.3.1)."""


def check_kept_answers(record: ClientRecord) -> Examination:
    """C17: yield for each task that was polled again after an answer that is not to be stored."""
    for following in followings(record):
        pairs = [pair for pair in pairwise(following.task.polls) if _is_not_to_be_stored(pair[0])]
        kept = next((pair for pair in pairs if any(_conditions(pair[1]))), None)
        if kept is not None:
            expected = "a poll without a condition, as the last answer is not to be stored (Cache-Control: no-store)"
            yield breach(following.task.id, expected, ", ".join(_conditions(kept[1])), *kept)
        elif pairs:
            yield None


def _is_not_to_be_stored(poll: Exchange) -> bool:
    directives = (poll.response_header("cache-control") or "").lower().split(",")
    return any(directive.strip() == "no-store" for directive in directives)


def _conditions(poll: Exchange) -> Iterator[str]:
    return (f"{name}: {value}" for name in _CONDITIONS if (value := poll.header(name)) is not None)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C17",
        title="An answer that is not to be stored is not stored: no cache stands between a client and its task.",
        check=check_kept_answers,
        ground=Ground.RFC,
        exposure="A poll was answered with Cache-Control: no-store, and the task was polled again.",
        advice="Ask for tasks without a cache: no CacheControl adapter, no stale-while-revalidate, cache: 'no-store' "
        "in fetch.",
    ),
)
"""The rule on caches."""
