"""Draw the reference of both commands from click, and of the settings from `Settings`."""

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from contracts.cli import main as contracts
from docs.tables import WIDTH, escaped, table
from mock_server.cli import main as mock
from mock_server.commands.command import SETTINGS
from mock_server.settings import ENVIRONMENT_PREFIX, Settings

_DEFAULT: Final = re.compile(r"\s*\[default: (.*)\]$")
"""How help says what holds if an option is left out."""

_COMMANDS: Final = """\
# Commands

Every command with its options, as `--help` has them.

"""


PROGRAMS: Final[Mapping[str, click.Group]] = {"evolink-mock": mock, "evolink-contracts": contracts}
"""The commands of the package, by their names."""


def draw_commands(programs: Mapping[str, click.Group] = PROGRAMS) -> str:
    """Draw the page of commands: what each does, how it is called, its options."""
    return _COMMANDS + "\n".join("\n".join(_program(name, group)) for name, group in programs.items())


def draw_settings() -> str:
    """Draw the table of what `evolink-mock serve` can be told: by flag, by variable, and in a file."""
    options = {option.name: option for option in mock.commands["serve"].params if isinstance(option, click.Option)}
    rows = [_setting(name, options.pop(name, None)) for name in Settings.__struct_fields__]
    rows += [_setting(None, option) for option in options.values()]
    return table(("flag, and variable", "if left out", "what it sets"), rows)


def _program(name: str, group: click.Group) -> Iterator[str]:
    yield f"## `{name}`\n\n{_text(group)}\n"
    for path, command in _leaves(name, group):
        context = click.Context(command, **SETTINGS)  # click keeps the help option it is first asked for
        usage = " ".join([path, *command.collect_usage_pieces(context)])
        yield f"### `{path}`\n\n```text\n{usage}\n```\n\n{_text(command)}\n"
        if command is mock.commands["serve"]:
            yield "Its options are the [settings](settings.md).\n"
        elif rows := [_option(option) for option in command.params if isinstance(option, click.Option)]:
            yield table(("option", "takes", "if left out", "what it does"), rows)
        if command.epilog:
            yield f"```text\n{inspect.cleandoc(command.epilog).removeprefix(chr(8)).strip()}\n```\n"


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, child in sorted(command.commands.items()):
        if not child.hidden:
            yield from _leaves(f"{path} {name}", child)


def _text(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\b\n", "").partition("\f")[0].split("\n\n")
    return "\n\n".join(_wrapped(escaped(" ".join(each.split()))) for each in paragraphs)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _option(option: click.Option) -> tuple[str, ...]:
    return _flags(option), _takes(option), _default(option), _says(option)


def _setting(name: str | None, option: click.Option | None) -> tuple[str, ...]:
    """Return the row of a setting; one without a name is the file of settings itself."""
    variable = f"`{ENVIRONMENT_PREFIX}{(name or 'config').upper()}`"
    default = f"`{_shown(getattr(Settings(), name))}`" if name else ""
    if default in {"`None`", "``"}:
        default = _default(option) if option else ""
    return (
        "<br>".join([_flags(option), variable] if option else [variable]),
        default,
        _says(option) if option else "Read so many bytes of a request's body.",
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _flags(option: click.Option) -> str:
    return ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))


def _takes(option: click.Option) -> str:
    if option.is_flag:
        return ""
    kind = option.type
    choices = " ".join(f"`{each}`" for each in kind.choices) if isinstance(kind, click.Choice) else ""
    return choices or f"`{option.metavar or kind.name.upper()}`"


def _default(option: click.Option) -> str:
    told = _DEFAULT.search(option.help or "")
    if told:
        return escaped(told[1])
    shown = option.show_default and option.default is not None
    return f"`{_shown(option.default)}`" if shown else ""


def _says(option: click.Option) -> str:
    return escaped(_DEFAULT.sub("", option.help or ""))
