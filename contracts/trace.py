"""From each clause of the contract to the rules that hold clients to it, and on to the clients that break these.

A clause that no rule checks has a reason in `contracts/rules/unjudged.yaml`. Which client shows a rule is read from the
source of tests; none is imported or run:

    check_broken("A1", traffic, ...)             a record that breaks it; check_good("A1", traffic) is a control
    check_broken(rule, ...)                      the ids of rules stand in the test's table, or in one that it names
    test_broken = by_table(check_broken, TABLE)  the ids of rules stand in the table
    Case(rule="A1", broken=..., control=...)     two clients that run in a simulator; or _case("A1", ...)
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec
import yaml

from contracts.recording.client import ClientRecord
from contracts.verdict import Rule
from openapi.clauses import Clause

Side: TypeAlias = Literal["broken", "control"]

_CHECKS: Final[Mapping[str, Side]] = {"check_broken": "broken", "check_error": "broken", "check_good": "control"}
_ID: Final = re.compile(r"[A-Z][0-9]{1,2}")
_TELLING: Final = re.compile(rb"check_(?:broken|error|good)\b|broken=|_case\(")
"""What every file has in it that shows a rule."""

_SHOWN: Final = 2
"""How many tests of a kind are named."""


class Showing(msgspec.Struct, frozen=True):
    """A client that shows a rule.

    Args:
        rule: The rule's id.
        side: Whether it breaks the rule, or is the control that does not.
        test: Where it is: a file, and a function of a test or the name of a client that runs.
        live: Whether it runs, rather than being told by hand.
    """

    rule: str
    side: Side
    test: str
    live: bool = False


class TraceError(ValueError):
    """A test that cannot be read; the message says which."""


def find_showings(directory: Path) -> tuple[Showing, ...]:
    """Return all clients below a folder that show a rule, each once.

    Raises:
        TraceError: A file is not Python.
    """
    files = ((path, path.relative_to(directory.parent).as_posix()) for path in sorted(directory.rglob("*.py")))
    return tuple(dict.fromkeys(showing for path, shown in files for showing in _read(path, shown)))


def _read(path: Path, shown: str) -> Iterator[Showing]:
    text = path.read_bytes()
    if not _TELLING.search(text):
        return
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise TraceError(f"{shown} is not Python that can be read: {error}") from error
    tables = dict(named for node in module.body for named in _assigned(node))
    for name, value in tables.items():
        yield from _read_table(value, tables, f"{shown}::{name}")
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            yield from _read_test(node, tables, f"{shown}::{node.name}")
        elif isinstance(node, ast.Call):
            yield from _read_case(node, shown)


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Find what a statement of a module names, with its value."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


def _read_test(function: ast.FunctionDef, tables: Mapping[str, ast.expr], shown: str) -> Iterator[Showing]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CHECKS and node.args:
            rule = node.args[0]
            written = isinstance(rule, ast.Constant)
            for name in _ids(rule) if written else _tabled(function, tables):
                yield Showing(name, _CHECKS[node.func.id], shown)


def _read_table(value: ast.expr, tables: Mapping[str, ast.expr], shown: str) -> Iterator[Showing]:
    """Read a test that is made of a check and a table."""
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Name):
        side = _CHECKS.get(value.args[0].id)
        named = [table.id for table in value.args[1:] if isinstance(table, ast.Name) and table.id in tables]
        yield from (Showing(rule, side, shown) for name in named if side for rule in _ids(tables[name]))


def _ids(node: ast.AST) -> Iterator[str]:
    """Find the ids of rules that are written out."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _ID.fullmatch(each.value):
            yield each.value


def _tabled(function: ast.FunctionDef, tables: Mapping[str, ast.expr]) -> Iterator[str]:
    """Find the ids in the table of a test, and in the tables of its module that it names."""
    for decorator in function.decorator_list:
        yield from _ids(decorator)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in tables:
            yield from _ids(tables[node.id])


def _read_case(call: ast.Call, shown: str) -> Iterator[Showing]:
    """Read what makes a case: `Case` or what is made of it, by keywords, or a `_case` of a file's own."""
    given = {str(keyword.arg): keyword.value for keyword in call.keywords}
    if ast.unparse(call.func) == "_case":
        given |= dict(zip(("rule", "broken", "control"), call.args, strict=False))
    rule, broken, control = (given.get(name) for name in ("rule", "broken", "control"))
    if isinstance(rule, ast.Constant) and broken is not None and control is not None:
        name = ast.unparse(broken)
        other = f"the control of {name}" if isinstance(control, ast.Constant) else ast.unparse(control)
        yield Showing(str(rule.value), "broken", f"{shown}: {name}", live=True)
        yield Showing(str(rule.value), "control", f"{shown}: {other}", live=True)


def load_reasons() -> Mapping[str, str]:
    """Return why no rule checks a clause, by the clauses' ids."""
    groups = yaml.safe_load(resources.files("contracts.rules").joinpath("unjudged.yaml").read_text("utf-8"))
    return {clause: group["reason"] for group in groups for clause in group["clauses"]}


def write_trace(
    clauses: Iterable[Clause],
    rules: Sequence[Rule[ClientRecord]],
    reasons: Mapping[str, str],
    showings: Sequence[Showing] | None,
) -> str:
    """Write which rules check each clause, and which clients show them; None for these if no tests were looked at."""
    lines: list[str] = []
    for clause in clauses:
        checking = [rule for rule in rules if clause.id in rule.clauses]
        lines.append(f"{clause.id}  {clause.says}")
        lines += [f"  {line}" for rule in checking for line in _describe(rule, showings)]
        lines += [] if checking else [f"  no rule: {reasons.get(clause.id, 'and no reason why')}"]
    lines += ["", "Rules that stand on no clause"]
    lines += [f"  {line}" for rule in rules if not rule.clauses for line in _describe(rule, showings)]
    return "\n".join(lines)


def _describe(rule: Rule[ClientRecord], showings: Sequence[Showing] | None) -> Iterator[str]:
    yield f"{rule.id:<4} {rule.level:<6} {rule.title}"
    sides: tuple[tuple[Side, str], ...] = (("broken", "broken by"), ("control", "kept by"))
    for side, words in sides if showings is not None else ():
        tests = shown_by(showings or (), rule.id, side)
        more = f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else ""
        yield f"     {words:<9} {', '.join(tests[:_SHOWN]) or 'nobody'}{more}"


def shown_by(showings: Iterable[Showing], rule: str, side: Side) -> tuple[str, ...]:
    """Return where a rule is broken, or kept: first by those that run."""
    found = sorted(
        (each for each in showings if (each.rule, each.side) == (rule, side)), key=lambda each: not each.live
    )
    return tuple(each.test for each in found)


def find_gaps(
    clauses: Iterable[Clause],
    rules: Sequence[Rule[ClientRecord]],
    reasons: Mapping[str, str],
    showings: Sequence[Showing] | None,
) -> Iterator[str]:
    """Yield what is wrong, a sentence each: what has no rule, no reason, no broken client or no control."""
    known, checked = {clause.id for clause in clauses}, {name for rule in rules for name in rule.clauses}
    wrong = {
        "neither a rule nor a reason": known - checked - reasons.keys(),
        "a reason, and a rule as well": reasons.keys() & checked,
        "a reason, and no such clause": reasons.keys() - known,
    }
    for side in ("broken", "control") if showings is not None else ():
        shown = {showing.rule for showing in showings or () if showing.side == side}
        wrong[f"no {'broken client' if side == 'broken' else 'control'}"] = {rule.id for rule in rules} - shown
    yield from (f"{told}: {', '.join(sorted(names))}" for told, names in wrong.items() if names)
