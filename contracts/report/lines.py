"""The time line as text, for assertion messages and terminals: aligned, bounded, and without secrets."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from contracts.report.history import History
from contracts.report.timeline import Happening, happenings, written_seconds
from mock_server.journal.masking import without_keys

MOST_LINES: Final = 40
"""How many lines a time line has at most, unless told otherwise."""

_WIDEST: Final = 64
_LONGEST_NOTES: Final = 160
_FEWEST: Final = 3
_LONGEST_PERIOD: Final = 4

_Row: TypeAlias = tuple[str, str, str, str, str]


class Run(msgspec.Struct, frozen=True):
    """A happening that came so many times, alike but for the time, the last of them at `until`."""

    happening: Happening
    times: int
    until: float


def write_timeline(history: History, *, most: int = MOST_LINES) -> str:
    """Write the time line of a test, with times from its first happening on, in at most so many lines (3 or more).

    What repeats itself, such as polls, is written once with its number; of what is still too long, the middle is left
    out.
    """
    found = happenings(history)
    if not found:
        return "  nothing happened: no request reached the simulator"
    rows = _elided([*_rows(fold(found), found[0].at)], most)
    widths = [max((len(row[place]) for row in rows if row[2]), default=0) for place in range(4)]
    return "\n".join(_line(row, widths) for row in rows)


def fold(found: Sequence[Happening]) -> tuple[Run, ...]:
    """Return what happened with each repetition as one: of one thing, or of up to four that come in turn."""
    keys = [(each.lane, each.what, each.came, each.notes) for each in found]
    runs: list[Run] = []
    place = 0
    while place < len(found):
        period, times = _repetition(keys, place)
        last = place + period * (times - 1)
        runs += [Run(found[place + step], times, found[last + step].at) for step in range(period)]
        place += period * times
    return tuple(runs)


def _repetition(keys: Sequence[object], start: int) -> tuple[int, int]:
    """Return how many things repeat themselves from here on, and how often; one thing once if none does."""
    for period in range(1, _LONGEST_PERIOD + 1):
        block, times = keys[start : start + period], 1
        while keys[start + period * times : start + period * (times + 1)] == block:
            times += 1
        if times >= _FEWEST:
            return period, times
    return 1, 1


def _rows(runs: Sequence[Run], first: float) -> list[_Row]:
    rows, before = list[_Row](), ""
    for run in runs:
        happening = run.happening
        at = f"+{written_seconds(max(0.0, happening.at - first))}"
        repeated = f"{run.times} times, until +{written_seconds(run.until - first)}"
        notes = ", ".join((*((repeated,) if run.times > 1 else ()), *happening.notes))
        rows.append(
            (
                "" if at == before else at,
                happening.lane,
                _shortened(_plain(happening.what), _WIDEST),
                happening.came,
                _shortened(_plain(notes), _LONGEST_NOTES),
            )
        )
        before = at
    return rows


def _elided(rows: list[_Row], most: int) -> list[_Row]:
    """Leave out the middle of what is too long, and say how much it is."""
    if len(rows) <= most:
        return rows
    head = most // 2
    tail = most - head - 1
    left_out = rows[head : len(rows) - tail]
    counts = {lane: sum(row[1] == lane for row in left_out) for lane in dict.fromkeys(row[1] for row in left_out)}
    told = ", ".join(f"{lane} {count}" for lane, count in counts.items())
    return [*rows[:head], ("", f"... {len(left_out)} more ({told})", "", "", ""), *rows[len(rows) - tail :]]


def _line(row: _Row, widths: Sequence[int]) -> str:
    at, *cells, notes = row
    padded = [cell.ljust(width) for cell, width in zip(cells, widths[1:], strict=True)]
    return "  ".join(("", at.rjust(widths[0]), *padded, notes)).rstrip()


def _plain(text: str) -> str:
    """Return a text without keys, and without what would move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in without_keys(text))


def _shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; if it is longer, its middle is left out."""
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"
