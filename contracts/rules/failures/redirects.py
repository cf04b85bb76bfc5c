"""How a client follows redirects: what it asks there, and how often it goes on (D13)."""

from bisect import bisect_left
from collections import defaultdict
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import CREATE_TASK, operation_at, operation_of
from contracts.recording.origins import redirect_of
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_KEEPING: Final = frozenset({307, 308})
"""The statuses that leave the method as it is (RFC 9110, 15.4.8 and 15.4.9)."""

_MOVED: Final = frozenset({301, 302})
_LONGEST: Final = 50
"""How many redirects in a row even a patient client follows."""

_SOON: Final = 60.0


def check_redirects(record: ClientRecord) -> Examination:
    """D13: yield for each redirect of the API that was followed."""
    later: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in record.asked:
        later[exchange.url].append(exchange)
    lengths: dict[int, int] = {}
    for exchange in record.asked:
        target = redirect_of(exchange)
        after = None if target is None else _find_next(exchange, later[target.partition("#")[0]])
        if target is not None and after is not None:
            lengths[after.number] = lengths.get(exchange.number, 0) + 1
            yield _check_step(exchange, after) or _check_length(exchange, after, lengths[after.number])


def _find_next(exchange: Exchange, candidates: list[Exchange]) -> Exchange | None:
    """Find the request that follows a redirect: the first to its target, soon after it."""
    first = bisect_left(candidates, exchange.ended_at, key=lambda each: each.started_at)
    after = next((each for each in candidates[first:] if each.number > exchange.number), None)
    return after if after is not None and after.started_at < exchange.ended_at + _SOON else None


def _check_step(exchange: Exchange, after: Exchange) -> Finding | None:
    """Check that what is asked there is still what was wanted."""
    if exchange.method == after.method or operation_of(exchange) == "":
        return None
    lost = exchange.status in _KEEPING or (exchange.status in _MOVED and _is_create(exchange, after))
    if not lost:
        return None
    expected = f"{exchange.method} again after {exchange.status}, or none"
    return breach(exchange.place, expected, after.place, exchange, after)


def _is_create(exchange: Exchange, after: Exchange) -> bool:
    """Tell whether a create was sent on to a place where tasks are created, and not to something to be read."""
    return operation_of(exchange) == CREATE_TASK and operation_at("POST", after.path) == CREATE_TASK


def _check_length(exchange: Exchange, after: Exchange, length: int) -> Finding | None:
    if length != _LONGEST + 1:
        return None
    return breach(exchange.place, f"at most {_LONGEST} redirects in a row", f"{length}", exchange, after)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="D13",
        title="A redirect leaves a create what it is, and is not followed without end.",
        check=check_redirects,
        ground=Ground.RFC,
        exposure="The API answered with a redirect that was followed.",
        advice="Do not follow redirects of POST requests, or only 307 and 308, with method and body as they were.",
    ),
)
"""The rule on redirects."""
