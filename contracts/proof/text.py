"""A proof for a terminal: the matrix, within a hundred columns, and below it what there is to do about it."""

from collections.abc import Iterator
from typing import Final

from contracts.proof.faults import FAULTS
from contracts.proof.proof import Proof, Tried
from contracts.report.verdicts.words import count, one_line

WORDS: Final = {"green": "green", "red": "RED", "grey": "grey"}
"""How the colours are written in the matrix."""

_NOTHING: Final = "."
_GAP: Final = "  "


def write_text(proof: Proof) -> str:
    """Write a proof as text; no line begins with what came from outside."""
    parts = [f"The fault-point proof of {one_line(proof.target)}", "", *_write_matrix(proof), ""]
    parts += [line for tried in proof.red for line in _tell_red(tried)]
    parts += [f"grey {tried.cell}: {tried.reason}" for tried in proof.of("grey")]
    parts += _tell_findings(proof)
    return "\n".join([*parts, write_sum(proof)]) + "\n"


def _write_matrix(proof: Proof) -> Iterator[str]:
    """Yield the lines of the matrix: a column for each step, a row for each fault."""
    cells = {(tried.fault, tried.step): WORDS[tried.colour] for tried in proof.tried}
    steps = [step.name for step in proof.steps]
    faults = rows_of(proof)
    widths = [max(len(step), len("green")) for step in steps]
    first = max(map(len, faults), default=0)
    for name, row in [
        ("", steps),
        *((fault, [cells.get((fault, step), _NOTHING) for step in steps]) for fault in faults),
    ]:
        yield _GAP.join([name.ljust(first), *map(str.ljust, row, widths)]).rstrip()


def rows_of(proof: Proof) -> list[str]:
    """Return the faults that were tried, in their order."""
    tried = {each.fault for each in proof.tried}
    return [fault.name for fault in FAULTS if fault.name in tried]


def write_sum(proof: Proof) -> str:
    """Return how many cells have each colour, in one line."""
    told = [f"{len(proof.of('red'))} red, {len(proof.of('green'))} green, {len(proof.of('grey'))} grey"]
    return f"{count(len(proof.tried), 'cell')}: {told[0]}"


def _tell_red(tried: Tried) -> Iterator[str]:
    yield f"RED {tried.cell}: {tried.reason}"
    yield f"    what happened: {tried.title}"
    for found in tried.findings:
        yield f"    {found.rule}: expected {found.expected}; seen {found.seen}"
    yield f"    to repeat: {one_line(tried.repeat)}"


def _tell_findings(proof: Proof) -> Iterator[str]:
    """Yield what rules found in cells that are not red."""
    for tried in proof.tried:
        if tried.findings and tried.colour != "red":
            rules = ", ".join(dict.fromkeys(found.rule for found in tried.findings))
            yield f"{tried.colour} {tried.cell}, but not for the judge: {rules} (evolink-contracts rules ID)"
