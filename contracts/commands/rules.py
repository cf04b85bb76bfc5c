"""The command `evolink-contracts rules`: what is judged, and why."""

import sys
import textwrap
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click

from contracts.commands.usage import WrongUsageError
from contracts.explanations import LANGUAGES, Explanation, load_explanations, place_of, show_fix
from contracts.invariants import RULES as SERVER_RULES
from contracts.rules import ALL_RULES
from contracts.trace import TraceError, find_gaps, find_showings, load_reasons, write_trace
from contracts.verdict import Rule
from openapi.clauses import load_clauses

_SIDES: Final[Mapping[str, tuple[Rule[Any], ...]]] = {"clients": ALL_RULES, "servers": SERVER_RULES}
_WIDTH: Final = 6
_NAMES: Final = 10
_LINE: Final = 100
_DEFAULT_TESTS: Final = Path("tests")


@click.command()
@click.argument("rule", required=False, metavar="[ID]")
@click.option(
    "--trace", is_flag=True, help="Show which rules check each clause, and which clients of tests break them."
)
@click.option("--tests", type=click.Path(path_type=Path), help="Where those tests are.  [default: tests, if it exists]")
def rules(*, rule: str | None, trace: bool, tests: Path | None) -> None:
    """Show the rules that clients and servers are judged by, or all about one, with how to fix what it finds.

    A rule that is a must fails a run; others warn, unless --level says that they fail too. With --trace it exits with 1
    when a clause has neither a rule nor a reason, or a rule no broken client or no control.
    """
    if trace:
        sys.exit(_trace(tests))
    lines = _list() if rule is None else _describe(_find(rule))
    click.echo("\n".join(lines))


def _trace(tests: Path | None) -> int:
    """Print the trace, and return what the command exits with."""
    directory = tests or _DEFAULT_TESTS
    if tests is not None and not directory.is_dir():
        raise WrongUsageError(f"--tests must be a directory; there is none at {directory}")
    clauses, reasons = tuple(load_clauses().values()), load_reasons()
    try:
        showings = find_showings(directory) if directory.is_dir() else None
    except TraceError as error:
        raise click.ClickException(str(error)) from error
    click.echo(write_trace(clauses, ALL_RULES, reasons, showings))
    gaps = tuple(find_gaps(clauses, ALL_RULES, reasons, showings))
    for gap in gaps:
        click.echo(gap, err=True)
    return int(bool(gaps))


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
