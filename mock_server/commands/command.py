"""Commands as all programs of the package have them: options under headings, and several of them as one value."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

import click

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]
"""What is put above a command, such as an option."""

SETTINGS: Final[Mapping[str, Any]] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""What is the same for all: how help is asked for, and how wide it may be."""

_REST: Final = "Options"
_WIDEST: Final = 30


class Command(click.Command):
    """A command whose help shows its options under the headings that `section` put them under."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those without a heading last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None and isinstance(parameter, click.Option):
                sections.setdefault(heading_of(parameter), []).append(row)
        names = [name for rows in sections.values() for name, _ in rows]
        width = min(_WIDEST, max(map(len, names)))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), told) for name, told in rows])


class Program(click.Group):
    """A program: its commands are shown in the order in which they were added, and each is a `Command`."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names of the commands."""
        return list(self.commands)


class _Option(click.Option):
    """An option under a heading."""

    heading = _REST


def option(*names: str, **given: Any) -> Decorator:
    """Return an option for a section."""
    return click.option(*names, cls=_Option, **given)


def section(heading: str, *options: Decorator) -> Decorator:
    """Put options under a heading, in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(options):
            command = each(command)
            _parameters(command)[-1].heading = heading
        return command

    return decorate


def heading_of(parameter: click.Option) -> str:
    """Return the heading that an option is under."""
    return parameter.heading if isinstance(parameter, _Option) else _REST


def gathering(**shapes: type[Any]) -> Decorator:
    """Hand options on together: each shape, a struct, takes those that its fields are named after, in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def gathered(**given: Any) -> Any:
            parts = {
                name: shape(**{field: given.pop(field) for field in shape.__struct_fields__})
                for name, shape in shapes.items()
            }
            return command(**given, **parts)

        return gathered

    return decorate


def _parameters(command: Any) -> list[Any]:
    """Return the options that a function has been given so far; click keeps them there until it is a command."""
    found: list[Any] = command.__click_params__
    return found
