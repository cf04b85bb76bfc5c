"""python -m tests.clients: each rule, what the judge says of the client that breaks it, and of its control.

The clients that run are run, and what is shown is the verdict on each. Of records that are told by hand it is said in
how many tests they are, which see to it themselves. Exits with 1 if something is not as it should be.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from anyio.from_thread import BlockingPortal, start_blocking_portal

from contracts.recording import ClientRecord
from contracts.rules import ALL_RULES
from contracts.trace import Showing, find_showings
from contracts.verdict import Grade, Rule, judge
from tests.clients.judging import Case, Client, record_client

HERE: Final = Path(__file__).parent
_SIDES: Final = ("broken", "control")
_WIDTH: Final = 70


def load_cases() -> tuple[Case, ...]:
    """Return the cases of all modules of clients here."""
    names = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith(("_", "test_")))
    modules = [import_module(f"tests.clients.{name}") for name in names]
    return tuple(case for module in modules for case in getattr(module, "CASES", ()))


def rows(
    portal: BlockingPortal, rules: Iterable[Rule[ClientRecord]], showings: tuple[Showing, ...]
) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule: what came of its broken client and of its control, and whether that is right."""
    cases = {case.rule: case for case in reversed(load_cases())}
    for rule in rules:
        if rule.id in cases:
            case = cases[rule.id]
            grades = [_grade(portal, client, case, rule) for client in (case.broken, case.control)]
            shown = [f"{_name(showings, rule, side)}: {grade}" for side, grade in zip(_SIDES, grades, strict=True)]
            right = grades == [case.grade, Grade.PASS]
        else:
            counts = [_count(showings, rule, side) for side in _SIDES]
            shown, right = [f"{count} by hand" for count in counts], all(counts)
        yield rule.id, *shown, "" if right else "WRONG"


def _grade(portal: BlockingPortal, client: Client, case: Case, rule: Rule[ClientRecord]) -> Grade:
    return judge([rule], record_client(portal, client, **case.options)).outcomes[0].grade


def _count(showings: tuple[Showing, ...], rule: Rule[ClientRecord], side: str) -> int:
    return sum((each.rule, each.side) == (rule.id, side) for each in showings)


def _name(showings: tuple[Showing, ...], rule: Rule[ClientRecord], side: str) -> str:
    """Return what a client that runs is called in the source."""
    names = (
        each.test.partition(": ")[2] for each in showings if each.live and (each.rule, each.side) == (rule.id, side)
    )
    return next(names)[:_WIDTH]


def main() -> int:
    """Print the table, and return what the program exits with."""
    with start_blocking_portal("asyncio") as portal:
        found = list(rows(portal, ALL_RULES, find_showings(HERE.parent)))
    widths = [max(len(row[place]) for row in found) for place in range(3)]
    for row in found:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip())  # noqa: T201
    wrong = sum(bool(row[3]) for row in found)
    live = sum(": " in row[1] for row in found)
    print(f"\n{len(found)} rules, {live} of them by clients that run, {wrong} not as they should be")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
