"""The command `evolink-contracts rules`: what is judged, and why."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

import click

from contracts.commands.usage import WrongUsageError
from contracts.invariants import RULES as SERVER_RULES
from contracts.rules import ALL_RULES
from contracts.verdict import Rule
from openapi.clauses import load_clauses

_SIDES: Final[Mapping[str, tuple[Rule[Any], ...]]] = {"clients": ALL_RULES, "servers": SERVER_RULES}
_WIDTH: Final = 6


@click.command()
@click.argument("rule", required=False, metavar="[ID]")
def rules(*, rule: str | None) -> None:
    """Show the rules that clients and servers are judged by, or all about one.

    A rule that is a must fails a run; others warn, unless --level says that they fail too.
    """
    lines = _list() if rule is None else _describe(_find(rule))
    click.echo("\n".join(lines))


def _find(name: str) -> Rule[Any]:
    known = {rule.id: rule for rules in _SIDES.values() for rule in rules}
    if name.upper() in known:
        return known[name.upper()]
    near = get_close_matches(name.upper(), known, 1)
    raise WrongUsageError(f"there is no rule {name[:40]!r}" + (f"; did you mean {near[0]}?" if near else ""))


def _list() -> Iterator[str]:
    for side, rules in _SIDES.items():
        yield f"Rules for {side}"
        for rule in rules:
            yield f"  {rule.id:<4} {rule.level:<{_WIDTH}} {rule.title}"


def _describe(rule: Rule[Any]) -> Iterator[str]:
    clauses = load_clauses()
    yield f"{rule.id}: {rule.title}"
    yield f"level     {rule.level}"
    yield f"ground    {rule.ground}"
    for name in rule.clauses:
        yield f"clause    {name}: {clauses[name].says}"
    yield f"exposure  {rule.exposure}"
    yield f"advice    {rule.advice}"
