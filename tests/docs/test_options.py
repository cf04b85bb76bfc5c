"""What the commands and the plugin take, and what documents say that they take, are the same."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import get_args

import click
import pytest

from contracts import plugin
from contracts.cli import main as contracts
from contracts.commands.options import FORMS
from contracts.coverage import Format as CoverageFormat
from contracts.drift.report import Format as DriftFormat
from contracts.evolink.options import Options
from contracts.report.verdicts import WRITERS
from mock_server.cli import main as mock
from mock_server.commands.command import heading_of
from mock_server.settings import ENVIRONMENT_PREFIX, Settings
from tests.docs.conftest import PAGES, ROOT
from tests.docs.conftest import name as path_name

pytestmark = pytest.mark.uncounted

PROGRAMS: Mapping[str, click.Group] = {"evolink-mock": mock, "evolink-contracts": contracts}
COMMANDS = {
    f"{program} {name}": command for program, group in PROGRAMS.items() for name, command in group.commands.items()
}
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = [
    *(page for page in PAGES if page.name not in {"CHANGELOG.md", "CONTRIBUTING.md"}),
    *(ROOT / "examples" / "ci").iterdir(),
]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
CODE = re.compile(r"`(--[^`\n]+)`")
CALL = re.compile(r"(evolink-(?:mock|contracts)) ([a-z]+)\b([^\n`]*)")
VARIABLE = re.compile(r"\bEVOLINK_[A-Z0-9_]*[A-Z0-9]\b")
OTHERS = {"--cacert", "--network", "--noproxy", "--publish"}
"""Options of other programs that texts name."""

OUR_OWN = {"EVOLINK_LEAD", "EVOLINK_PROGRAM_RUN"}
"""Variables by which our own processes find each other."""

TEXTS = {".js", ".md", ".mjs", ".py", ".sh", ".ts"}
"""What the files that may name variables end with."""

FEW = 5
"""So many options need no headings."""


def options(command: click.Command) -> list[click.Option]:
    """Return the options of a command, that for help left out."""
    return [option for option in command.params if isinstance(option, click.Option)]


def flags(command: click.Command) -> set[str]:
    """Return all names of a command's options."""
    return {flag for option in options(command) for flag in (*option.opts, *option.secondary_opts)}


def told(path: Path) -> str:
    """Return a document's text, with lines of shells that go on in the next in one."""
    return path.read_text("utf-8").replace("\\\n", " ")


class Parser:
    """Stands in for pytest's parser, and keeps the names of what is added."""

    def __init__(self) -> None:
        self.added: set[str] = set()

    def getgroup(self, *_: str) -> "Parser":
        """Return what takes options."""
        return self

    def addoption(self, option: str, **_: object) -> None:
        """Take an option of the command line."""
        self.added.add(option)

    def addini(self, setting: str, *_: object, **__: object) -> None:
        """Take a name of the configuration."""
        self.added.add(setting)


@pytest.fixture(scope="module")
def added() -> set[str]:
    """What the plugin adds to pytest's command line and configuration."""
    parser = Parser()
    plugin.pytest_addoption(parser)  # type: ignore[arg-type] # it asks for no more than this
    return parser.added


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_says_what_it_does(name: str) -> None:
    """In one sentence, and what holds if it is left out; under a heading where there are many."""
    found = options(COMMANDS[name])
    for option in found:
        said = option.help or ""
        assert re.fullmatch(r"[A-Z].*[.](  \[default: .+\])?", said), option.opts
        assert option.show_default or "[default: " in said or option.multiple or option.is_flag, option.opts
        assert len(found) <= FEW or heading_of(option) != "Options", option.opts


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_is_documented(name: str) -> None:
    """In the reference of its command, or of settings; and no other is."""
    section = rf"### `{name}`\n(.*?)(?=\n##|\Z)"
    found = re.search(section, (REFERENCE / "commands.md").read_text("utf-8"), re.DOTALL)
    assert found
    text = found[1] if name != "evolink-mock serve" else (REFERENCE / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| (`-[^|]*)\|", text, re.MULTILINE)
    assert set(FLAG.findall("".join(rows))) == flags(COMMANDS[name])


@pytest.mark.parametrize("path", DOCUMENTS, ids=path_name)
def test_each_option_that_a_document_names_exists(path: Path, added: set[str]) -> None:
    """In the call of a command it is one of that command; elsewhere, one of any."""
    anywhere = set().union(*map(flags, COMMANDS.values()), added, OTHERS, {"--version", "--help"})
    assert {flag for code in CODE.findall(told(path)) for flag in FLAG.findall(code)} <= anywhere
    for program, name, rest in CALL.findall(told(path)):
        if command := PROGRAMS[program].commands.get(name):
            assert set(FLAG.findall(rest.partition(" -- ")[0])) <= flags(command) | {"--help"}, (program, name)


def test_what_the_plugin_adds_is_documented(added: set[str]) -> None:
    """Its options, its names in the configuration, and the keywords of its mark; and no others are."""
    text = (REFERENCE / "pytest.md").read_text("utf-8")
    assert (
        set(re.findall(r"^\| `(--evolink-[a-z]+|evolink_[a-z]+)(?==|` in the configuration)", text, re.MULTILINE))
        == added
    )
    table = text.partition("## The mark")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == set(Options.__struct_fields__)
    marker = plugin._MARKER.partition("(")[2].partition(")")[0]
    assert marker.split(", ") == ["*", *Options.__struct_fields__]


def test_variables() -> None:
    """Each that the code knows is in a document, and each that a document names is known to the code or an example."""
    code = set(_variables(*((ROOT / room).rglob("*.py") for room in ("mock_server", "contracts")))) - OUR_OWN
    settings = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in (*Settings.__struct_fields__, "config")}
    examples = set(_variables((ROOT / "examples").rglob("*.*"), (ROOT / "benchmarks").glob("*.py")))
    written = set(_variables(DOCUMENTS))
    assert code | settings <= written | OUR_OWN
    assert written <= code | settings | examples | OUR_OWN


def _variables(*places: Iterable[Path]) -> Iterator[str]:
    for path in chain(*places):
        if path.is_file() and path.suffix in TEXTS:
            yield from VARIABLE.findall(path.read_text("utf-8"))


def test_what_is_written_twice() -> None:
    """The choices that help shows, without what is behind them, are those that there are."""
    assert tuple(WRITERS) == FORMS
    assert choices("drift") == get_args(DriftFormat)
    assert choices("clauses") == get_args(CoverageFormat)


def choices(command: str) -> tuple[str, ...]:
    """Return the forms that a command can write in."""
    (option,) = (option for option in contracts.commands[command].params if option.name == "form")
    assert isinstance(option.type, click.Choice)
    return tuple(option.type.choices)
