"""What `evolink-contracts rules` does: it lists rules, tells of one, or traces them to clauses."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from contracts.commands.options import find_rule
from contracts.explanations import LANGUAGES, Explanation, load_explanations, place_of, show_fix
from contracts.probes import RULES as SERVER_RULES
from contracts.rules import ALL_RULES
from contracts.trace import TraceError, find_gaps, find_showings, load_reasons, write_trace
from contracts.verdict import Rule
from mock_server.commands.usage import refusing
from openapi.clauses import load_clauses

_SIDES: Final[Mapping[str, tuple[Rule[Any], ...]]] = {"clients": ALL_RULES, "servers": SERVER_RULES}
_WIDTH: Final = 6
_NAMES: Final = 10
_LINE: Final = 100


def show_trace(tests: Path | None) -> int:
    """Print which rules check each clause, and which tests show each rule; return what the command exits with.

    Raises:
        WrongUsageError: A test is not Python.
    """
    clauses, reasons = tuple(load_clauses().values()), load_reasons()
    with refusing(TraceError):
        showings = None if tests is None else find_showings(tests)
    click.echo(write_trace(clauses, ALL_RULES, reasons, showings))
    gaps = tuple(find_gaps(clauses, ALL_RULES, reasons, showings))
    for gap in gaps:
        click.echo(gap, err=True)
    return int(bool(gaps))


def choose_rule(name: str) -> Rule[Any]:
    """Return the rule of an id, for clients or for servers.

    Raises:
        WrongUsageError: There is none.
    """
    return find_rule(name, {rule.id: rule for rules in _SIDES.values() for rule in rules})


def list_rules() -> Iterator[str]:
    """Yield a line for each rule, for clients first."""
    for side, rules in _SIDES.items():
        yield f"Rules for {side}"
        for rule in rules:
            yield f"  {rule.id:<4} {rule.level:<{_WIDTH}} {rule.title}"


def describe_rule(rule: Rule[Any]) -> Iterator[str]:
    """Yield all that there is to say of a rule, with how to fix what it finds."""
    yield f"{rule.id}: {rule.title}"
    yield from (_wrapped(f"{name:<{_NAMES}}{text}") for name, text in _say(rule))
    told = load_explanations().get(rule.id, Explanation(why="", seen=""))
    for language in LANGUAGES:
        for fix in told.fixes:
            yield f"\n{language.name}, in contracts/rules/fixes/{place_of(fix, language)}:\n"
            yield textwrap.indent(show_fix(fix, language), "    ")


def _say(rule: Rule[Any]) -> Iterator[tuple[str, str]]:
    """Yield what there is to say of a rule, each with what it is; only rules for clients are explained."""
    yield from (("level", rule.level), ("ground", rule.ground))
    yield from (("clause", f"{name}: {load_clauses()[name].says}") for name in rule.clauses)
    told = load_explanations().get(rule.id)
    yield from () if told is None else (("why", told.why), ("seen", told.seen))
    yield from (("exposure", rule.exposure), ("advice", rule.advice))


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _LINE, subsequent_indent=" " * _NAMES, break_long_words=False, break_on_hyphens=False)
