"""A proof as HTML: complete in one file that opens without a network, and without a script."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from contracts.proof.proof import Proof, Tried
from contracts.proof.text import WORDS, rows_of, write_sum
from contracts.report.frame import write_frame
from contracts.report.markup import Html, element
from contracts.report.verdicts.html import read_style


def write_html(proof: Proof) -> str:
    """Write a proof as HTML; whatever came from outside is escaped."""
    outcome = "failed" if proof.exit_code else "passed"
    body = element(
        "body",
        element("span", outcome, class_=f"outcome {outcome}"),
        element("h1", "The fault-point proof"),
        element("p", f"{proof.target}: {write_sum(proof)}", class_="soft"),
        element("div", _matrix(proof), class_="scrolled"),
        *_section("Red", proof.red, opened=True),
        *_section("Grey: nothing is known", proof.of("grey"), opened=False),
        *_section("Green", proof.of("green"), opened=False),
        element("footer", f"Written by evolink-mock {proof.tool_version}."),
    )
    return write_frame(f"The fault-point proof: {proof.target}", body, style=read_style() + _read_style())


@cache
def _read_style() -> str:
    return files("contracts.proof").joinpath("style.css").read_text("utf-8")


def _matrix(proof: Proof) -> Html:
    cells = {(tried.fault, tried.step): tried for tried in proof.tried}
    head = element("tr", element("th", ""), *(element("th", step.name, scope="col") for step in proof.steps))
    rows = (
        element(
            "tr",
            element("th", fault, scope="row"),
            *(_cell(cells.get((fault, step.name))) for step in proof.steps),
        )
        for fault in rows_of(proof)
    )
    return element("table", head, *rows, class_="matrix")


def _cell(tried: Tried | None) -> Html:
    if tried is None:
        return element("td", "")
    return element(
        "td", element("a", WORDS[tried.colour], href=f"#{tried.cell}", title=tried.reason), class_=tried.colour
    )


def _section(title: str, cells: tuple[Tried, ...], *, opened: bool) -> Iterator[Html]:
    if cells:
        yield element("h2", f"{title} ({len(cells)})")
        yield element("div", *(_tried(tried, opened=opened) for tried in cells), class_="rows")


def _tried(tried: Tried, *, opened: bool) -> Html:
    came = {"red": "came ill", "green": "came well", "grey": "came"}[tried.colour]
    line = element(
        "summary",
        element("span", tried.step, class_="at"),
        element("span", WORDS[tried.colour], class_="lane"),
        element("span", tried.reason, class_="title"),
        element("span", tried.fault, class_=came),
    )
    inside = element(
        "div",
        element("p", tried.title),
        *(
            element("p", element("code", found.rule), f" expected {found.expected}; seen {found.seen}")
            for found in tried.findings
        ),
        element("h3", "Run it again"),
        element("pre", tried.repeat),
        class_="inside",
    )
    return element("details", line, inside, id=tried.cell, open="" if opened else None)
