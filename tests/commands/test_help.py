"""What commands say of themselves."""

import re
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from contracts.cli import main as contracts
from mock_server.cli import main as mock

PROGRAMS = {"evolink-mock": mock, "evolink-contracts": contracts}
COMMANDS = [(program, name) for program, group in PROGRAMS.items() for name in group.commands]
HEADING = re.compile(r"^(?! )([A-Z][\w /,]+):$", re.MULTILINE)


def help_of(program: str, *words: str) -> str:
    """Return what `--help` shows, as wide as it may be."""
    result = CliRunner().invoke(PROGRAMS[program], [*words, "--help"], prog_name=program, terminal_width=100)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program(program: str) -> None:
    """It names its version, and its commands in the order in which they are of use, each in one short line."""
    text = help_of(program)
    listed = re.findall(r"^  (\w+)  +(.+)$", text.partition("Commands:\n")[2], re.MULTILINE)
    assert [name for name, _ in listed] == list(PROGRAMS[program].commands)
    assert all(told.endswith(".") and not told.endswith("...") for _, told in listed)
    assert CliRunner().invoke(PROGRAMS[program], ["--version"]).stdout == f"{version('evolink-mock')}\n"


@pytest.mark.parametrize(("program", "name"), COMMANDS)
def test_a_command(program: str, name: str) -> None:
    """It has all of its options, in one column; `-h` is `--help`, and examples are calls of the command itself."""
    command = PROGRAMS[program].commands[name]
    text = help_of(program, name)
    for option in command.params:
        assert not isinstance(option, click.Option) or re.search(rf"^  {option.opts[0]}\b", text, re.MULTILINE)
    short = CliRunner().invoke(PROGRAMS[program], [name, "-h"], prog_name=program, terminal_width=100)
    assert short.stdout == text
    rows = re.findall(r"^  -.*?  +(?=[A-Z])", text, re.MULTILINE)
    assert len(set(map(len, rows))) == 1
    examples = (command.epilog or "").partition("Examples:\n")[2].splitlines()
    assert all(f"{program} {name}" in line for line in examples)


@pytest.mark.parametrize(
    ("program", "name", "headings"),
    [
        ("evolink-mock", "env", ["Options"]),
        ("evolink-contracts", "client", ["What it is put through", "How it is run", "How it is judged and reported"]),
        ("evolink-contracts", "server", ["What is judged", "What it is asked", "How it is judged and reported"]),
        ("evolink-contracts", "traffic", ["What was recorded", "How it is judged and reported"]),
    ],
)
def test_headings(program: str, name: str, headings: list[str]) -> None:
    """Options that belong together stand together, what all commands have comes last."""
    found = HEADING.findall(help_of(program, name))
    assert found == [*headings, *([] if "Options" in headings else ["Options"])]
