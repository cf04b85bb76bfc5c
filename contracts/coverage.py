"""Which test covers which clause of the contract, and which clause nothing covers.

Tests name clauses with `@pytest.mark.clauses("PROMPT-MAX")` on a function or a class, in `pytestmark`, or on one row
of a table (`pytest.param(..., marks=pytest.mark.clauses("PROMPT-MAX"))`). The marks are read from the source; no test
is imported or run.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from openapi.clauses import Clause

Format: TypeAlias = Literal["text", "json", "markdown"]
_SHOWN_TESTS: Final = 3
_Function: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class MarkError(ValueError):
    """A mark that cannot be read; the message says where it stands."""


class Mention(msgspec.Struct, frozen=True):
    """A test that names a clause. `test` is its id as pytest writes it, or the file alone for the row of a table."""

    clause: str
    test: str


class Coverage(msgspec.Struct, frozen=True):
    """A clause and the tests that name it; `tests` is None when no tests were looked at."""

    clause: Clause
    tests: tuple[str, ...] | None

    @property
    def gap(self) -> bool:
        """Whether the clause has neither a test nor a reason for having none."""
        return self.tests == () and self.clause.unobservable is None


def find_mentions(directory: Path) -> tuple[Mention, ...]:
    """Return every clause that the tests below `directory` name, by file and line.

    Raises:
        MarkError: a file is not Python, or a mark's clauses are not written out as strings.
    """
    files = sorted(path for pattern in ("test_*.py", "*_test.py") for path in directory.rglob(pattern))
    return tuple(mention for path in files for mention in _read_file(path, path.relative_to(directory.parent)))


def cover(clauses: Mapping[str, Clause], mentions: Iterable[Mention] | None) -> tuple[Coverage, ...]:
    """Return each clause with the tests that name it; None for `mentions` means that no tests were looked at."""
    if mentions is None:
        return tuple(Coverage(clause, None) for clause in clauses.values())
    tests: dict[str, dict[str, None]] = {}
    for mention in mentions:
        tests.setdefault(mention.clause, {})[mention.test] = None
    return tuple(Coverage(clause, tuple(tests.get(clause.id, ()))) for clause in clauses.values())


def find_problems(coverage: Iterable[Coverage], mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return what is wrong, a sentence each: clauses that nothing covers, and tests that name what is no clause."""
    rows = tuple(coverage)
    known = {row.clause.id for row in rows}
    gaps = [row.clause.id for row in rows if row.gap]
    return (
        *([f"neither a test nor a reason: {', '.join(gaps)}"] if gaps else []),
        *(
            f"no such clause: {mention.clause}, named by {mention.test}"
            for mention in mentions
            if mention.clause not in known
        ),
    )


def write_coverage(coverage: tuple[Coverage, ...], form: Format) -> str:
    """Write the table for a terminal, a program or a document."""
    writers: dict[Format, Callable[[tuple[Coverage, ...]], str]] = {
        "text": _write_text,
        "json": _write_json,
        "markdown": _write_markdown,
    }
    return writers[form](coverage)


def _read_file(path: Path, shown: Path) -> Iterator[Mention]:
    try:
        module = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise MarkError(f"{shown.as_posix()} is not Python that can be read: {error}") from error
    marks = _Marks(shown.as_posix())
    yield from marks.read_body(module.body, marks.file, ())
    yield from (Mention(clause, marks.file) for clause in marks.read_rest(module))


class _Marks:
    """Reads the marks of one file, and remembers which ones it has seen on a test."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._seen: set[ast.Call] = set()

    def read_body(self, body: list[ast.stmt], prefix: str, inherited: tuple[str, ...]) -> Iterator[Mention]:
        """Yield the mentions of the tests in a module or a class."""
        values = [node.value for node in body if isinstance(node, ast.Assign) and _assigns_marks(node)]
        marks = (*inherited, *self._read(values))
        for node in body:
            if isinstance(node, ast.ClassDef):
                own = (*marks, *self._read(node.decorator_list))
                yield from self.read_body(node.body, f"{prefix}::{node.name}", own)
            elif isinstance(node, _Function) and node.name.startswith("test"):
                for clause in (*marks, *self._read(node.decorator_list)):
                    yield Mention(clause, f"{prefix}::{node.name}")

    def read_rest(self, module: ast.Module) -> Iterator[str]:
        """Yield the clauses of marks that stand on no test, such as those in a table of cases."""
        for call in _find_marks(module):
            if call not in self._seen:
                yield from self._clauses(call)

    def _read(self, nodes: Iterable[ast.AST]) -> list[str]:
        calls = [call for node in nodes for call in _find_marks(node)]
        self._seen.update(calls)
        return [clause for call in calls for clause in self._clauses(call)]

    def _clauses(self, call: ast.Call) -> Iterator[str]:
        for argument in call.args:
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                raise MarkError(
                    f"{self.file}:{call.lineno}: write the clauses out, as in pytest.mark.clauses('PROMPT-MAX')"
                )
            yield argument.value


def _assigns_marks(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _find_marks(node: ast.AST) -> Iterator[ast.Call]:
    for found in ast.walk(node):
        if isinstance(found, ast.Call) and ast.unparse(found.func) in ("pytest.mark.clauses", "mark.clauses"):
            yield found


def _write_text(coverage: tuple[Coverage, ...]) -> str:
    lines: list[str] = []
    group = None
    for row in coverage:
        if row.clause.group != group:
            group = row.clause.group
            lines += ["", group.replace("_", " ").upper()]
        lines.append(f"  {row.clause.id}  {row.clause.says}")
        tests = "none, and no reason why" if row.gap else _name_tests(row)
        details = {"where": ", ".join(row.clause.where), "tests": tests, "reason": row.clause.unobservable}
        lines += [f"      {name:<7}{text}" for name, text in details.items() if text]
    return "\n".join([*lines[1:], "", _summarise(coverage)])


def _write_markdown(coverage: tuple[Coverage, ...]) -> str:
    tests = bool(coverage) and coverage[0].tests is not None
    head = ["clause", "says", "where", *(["tests"] if tests else []), "reason"]
    rows = [
        [
            row.clause.id,
            row.clause.says,
            ", ".join(row.clause.where),
            *([_name_tests(row)] if tests else []),
            row.clause.unobservable or "",
        ]
        for row in coverage
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _write_json(coverage: tuple[Coverage, ...]) -> str:
    rows = [
        {**msgspec.to_builtins(row.clause), **({} if row.tests is None else {"tests": row.tests})} for row in coverage
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()


def _name_tests(row: Coverage) -> str:
    tests = row.tests or ()
    more = ["…"] * (len(tests) > _SHOWN_TESTS)
    return f"{len(tests)}: {', '.join([*tests[:_SHOWN_TESTS], *more])}" if tests else ""


def _summarise(coverage: tuple[Coverage, ...]) -> str:
    if all(row.tests is None for row in coverage):
        return f"{len(coverage)} clauses."
    tested = sum(bool(row.tests) for row in coverage)
    gaps = sum(row.gap for row in coverage)
    excused = len(coverage) - tested - gaps
    return f"{len(coverage)} clauses: {tested} with tests, {excused} with a reason instead, {gaps} with neither."
