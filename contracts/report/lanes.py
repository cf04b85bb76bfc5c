"""The time line as a drawing: lanes for the clock, requests, each task, callbacks and money, one below the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.report.history import History, add_credits, written_credits
from contracts.report.marks import arrow, bar, dot, drawing, mark, steps
from contracts.report.markup import Html, element
from contracts.report.scale import STEP, make_scale
from contracts.report.timeline import Happening, Lane, happenings, written_seconds

MOST_TASKS: Final = 24
"""How many tasks have a lane; the rest are in the list below the drawing."""

_AXIS: Final = 26
_LANE: Final = 34
_BAR: Final = 22
_MONEY: Final = 62
_GUTTER: Final = 96
_LETTER: Final = 7.5
_SHORT: Final = 8
_KINDS: Final = {"reserve": (1, 0), "charge": (-1, 1), "release": (-1, 0)}
"""By how much a line of the ledger changes what is reserved, and what has been charged."""


class Lanes:
    """Draws a history lane by lane, from above.

    Args:
        history: The test, in which something happened.
    """

    def __init__(self, history: History) -> None:
        self._record = history
        self._found = happenings(history)
        self._scale = make_scale(self._found)
        self._labels: list[Html] = []
        self._drawn: list[Html] = []
        self._height = float(_AXIS)

    def draw(self) -> Html:
        """Return the drawing: the names of the lanes, and beside them the lanes, which can be scrolled."""
        self._draw_clock()
        self._draw_dots("client", "requests")
        self._draw_tasks()
        self._draw_dots("callback", "callbacks")
        self._draw_money()
        places = self._scale.places.values()
        grid = [element("line", class_="grid", x1=x, x2=x, y1=_AXIS, y2=self._height) for x in places]
        lanes = drawing(self._scale.width, self._height, *grid, *self._axis(), *self._drawn)
        names = drawing(_GUTTER, self._height, *self._labels)
        return element("div", names, element("div", lanes, class_="scrolled"), class_="lanes")

    def _axis(self) -> Iterator[Html]:
        """Yield times where there is room for them."""
        places = self._scale.places
        free, first = 0.0, min(places)
        for at, x in places.items():
            text = f"+{written_seconds(at - first)}"
            if x >= free:
                yield element("text", text, x=x - 5, y=16, class_="time")
                free = x + _LETTER * (len(text) + 2)

    def _add(self, name: str, drawn: Sequence[Html], *, height: float = _LANE) -> None:
        """Add a lane of what is drawn around its own middle line."""
        top, middle = self._height, self._height + height / 2
        self._height += height
        self._labels.append(element("text", name, x=0, y=middle + 4))
        self._drawn.append(element("line", class_="edge", x1=0, x2=self._scale.width, y1=top, y2=top))
        self._drawn.append(element("g", *drawn, transform=f"translate(0 {middle:g})"))

    def _draw_clock(self) -> None:
        places, drawn = self._scale.places, list[Html]()
        for move in self._record.moves:
            start = max((x for at, x in places.items() if at <= move.at), default=0.0)
            told = element("title", f"{move.by}: +{written_seconds(move.to - move.at)}")
            drawn.append(element("g", told, arrow(start, places[move.to])))
        if drawn:
            self._add("clock", drawn, height=_BAR)

    def _draw_dots(self, lane: Lane, name: str) -> None:
        seen, drawn = Counter[float](), list[Html]()
        for happening in self._found:
            if happening.lane == lane:
                drawn.append(dot(happening, self._scale.places[happening.at] + STEP * seen[happening.at]))
                seen[happening.at] += 1
        if drawn:
            self._add(name, drawn)

    def _draw_tasks(self) -> None:
        for task in self._record.tasks[:MOST_TASKS]:
            moves = [each for each in self._found if each.lane == "task" and each.task == task.id]
            self._add(f"…{task.id[-_SHORT:]}", list(self._states(moves)), height=_BAR)
        left_out = len(self._record.tasks) - MOST_TASKS
        if left_out > 0:
            self._add(f"{left_out} more", (), height=_BAR)

    def _states(self, moves: Sequence[Happening]) -> Iterator[Html]:
        """Yield the states of a task as bars, and its end as a mark."""
        places = self._scale.places
        ends = [*(places[move.at] for move in moves[1:]), self._scale.width]
        for move, end in zip(moves, ends, strict=True):
            told = element("title", " ".join((move.what, move.came, *move.notes)))
            lasting = move.came in {"pending", "processing"}
            start = places[move.at]
            yield element("g", told, bar(start, end, move.came) if lasting else mark(start, bad=move.bad))

    def _draw_money(self) -> None:
        """Draw what is reserved and what has been charged, as steps."""
        ledger = sorted((line for task in self._record.tasks for line in task.ledger), key=lambda line: line.at)
        levels, points = [0.0, 0.0], ([(0.0, 0.0)], [(0.0, 0.0)])
        for line in ledger:
            x = self._scale.places[line.at]
            for which, sign in enumerate(_KINDS[line.kind]):
                points[which].append((x, levels[which]))
                levels[which] = add_credits((levels[which], sign * line.credits))
                points[which].append((x, levels[which]))
        if ledger:
            most = max(level for each in points for _, level in each) or 1.0
            drawn = [
                steps(each, most, self._scale.width, name)
                for name, each in zip(("reserved", "charged"), points, strict=True)
            ]
            told = element("title", f"reserved {written_credits(levels[0])}, charged {written_credits(levels[1])}")
            self._add("money", [element("g", told, *drawn)], height=_MONEY)
