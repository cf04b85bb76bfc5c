"""What pytest's summary says of the tests that used a simulator: a line each, and the sum."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from contracts.report.history import History, add_credits, written_credits

_MOST_TESTS: Final = 50


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One test in a few numbers, as it travels from a worker; `report` is where more is to be read, if anywhere."""

    node: str
    failed: bool
    requests: int
    tasks: int
    credits: float
    broken: tuple[str, ...]
    unused: tuple[str, ...]
    report: str | None = None


def summarise(history: History, *, report: str | None = None) -> Summary:
    """Return a test in a few numbers."""
    return Summary(
        node=history.node,
        failed=history.failed,
        requests=len(history.entries),
        tasks=len(history.tasks),
        credits=history.credits_spent,
        broken=tuple(violation.clause for violation in history.violations),
        unused=history.unused_plans,
        report=report,
    )


def write_summary(summaries: Sequence[Summary]) -> tuple[str, ...]:
    """Return the lines of the summary: tests with something to look into first, and of the others not too many."""
    telling = [summary for summary in summaries if _is_telling(summary)]
    quiet = [summary for summary in summaries if not _is_telling(summary)]
    shown = quiet[: max(0, _MOST_TESTS - len(telling))]
    lines = [line for summary in (*telling, *shown) for line in _lines(summary)]
    if len(quiet) > len(shown):
        lines.append(f"... {_count(len(quiet) - len(shown), 'more test')} with nothing to look into")
    return (*lines, _total(summaries))


def _is_telling(summary: Summary) -> bool:
    return summary.failed or bool(summary.broken or summary.unused)


def _lines(summary: Summary) -> Iterable[str]:
    yield f"{summary.node}: {_amounts([summary])}"
    if summary.broken:
        counted = Counter(summary.broken).items()
        yield f"  broke {', '.join(f'{clause} ({times} times)' if times > 1 else clause for clause, times in counted)}"
    if summary.unused:
        yield f"  never used: {', '.join(summary.unused)}"
    if summary.report is not None:
        yield f"  {summary.report}"


def _total(summaries: Sequence[Summary]) -> str:
    broken = len({clause for summary in summaries for clause in summary.broken})
    tests = len({summary.node for summary in summaries})
    unused = sum(len(summary.unused) for summary in summaries)
    more = [
        *([f"{_count(broken, 'clause')} broken"] if broken else []),
        *([f"{_count(unused, 'plan')} never used"] if unused else []),
    ]
    return ", ".join((f"{_count(tests, 'test')}: {_amounts(summaries)}", *more))


def _amounts(summaries: Sequence[Summary]) -> str:
    requests = sum(summary.requests for summary in summaries)
    tasks = sum(summary.tasks for summary in summaries)
    spent = written_credits(add_credits(summary.credits for summary in summaries))
    return f"{_count(requests, 'request')}, {_count(tasks, 'task')}, {spent}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
