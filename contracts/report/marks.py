"""The shapes of the drawing: what went well is round, what did not has corners, and what a fault struck has a ring."""

from collections.abc import Sequence
from typing import Final

from contracts.report.markup import Html, element
from contracts.report.timeline import Happening

_SIZE: Final = 5
_RING: Final = 8
_HIGH: Final = 40
"""How high the steps of money may go."""


def drawing(width: float, height: float, *drawn: Html, class_: str | None = None) -> Html:
    """Return a drawing of a size."""
    return element("svg", *drawn, width=width, height=height, viewBox=f"0 0 {width:g} {height:g}", class_=class_)


def dot(happening: Happening, x: float) -> Html:
    """Draw a request or an attempt, and lead to the request's place in the list."""
    told = element("title", " ".join((happening.what, happening.came, *happening.notes)))
    ring = element("circle", class_="ring", cx=x, cy=0, r=_RING) if happening.struck else None
    shape = element("g", told, ring, mark(x, bad=happening.bad), class_=f"of-{happening.came[:1]}")
    return shape if happening.exchange is None else element("a", shape, href=f"#exchange-{happening.exchange}")


def mark(x: float, *, bad: bool) -> Html:
    """Draw a point in time."""
    if bad:
        return element("path", class_="bad", d=f"M{x - 6:g} 0 L{x:g} -6 L{x + 6:g} 0 L{x:g} 6 Z")
    return element("circle", class_="good", cx=x, cy=0, r=_SIZE)


def bar(start: float, end: float, status: str) -> Html:
    """Draw a state that lasted."""
    return element("rect", class_=status, x=start, y=-5, width=max(2.0, end - start), height=10, rx=2)


def arrow(start: float, end: float) -> Html:
    """Draw a way that was gone."""
    end = max(end - 3, start + 7)
    return element("path", class_="arrow", d=f"M{start:g} 0 H{end - 5:g} M{end - 6:g} -4 L{end:g} 0 L{end - 6:g} 4 Z")


def steps(points: Sequence[tuple[float, float]], most: float, width: float, name: str) -> Html:
    """Draw an amount as it went up and down, to the end of the drawing."""
    places = [*points, (width, points[-1][1])]
    written = " ".join(f"{x:g},{_HIGH / 2 - amount / most * _HIGH:g}" for x, amount in places)
    return element("polyline", class_=name, points=written)
