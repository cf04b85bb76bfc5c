"""Completion in shells: the command that sets it up, and the values that it knows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from mock_server.commands.command import Command

SHELLS: Final[Mapping[str, type[ShellComplete]]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
"""The shells in which words are completed, each with what writes its script."""

Completion: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]
"""What completes a value, as click asks for it."""

_SET_UP: Final = """\
\b
Once, for each shell that you use:
  bash   echo 'eval "$({0} completion bash)"' >> ~/.bashrc
  zsh    echo 'eval "$({0} completion zsh)"' >> ~/.zshrc    (after compinit)
  fish   {0} completion fish > ~/.config/fish/completions/{0}.fish
"""


def completion_of(program: click.Group) -> click.Command:
    """Return the command that prints what a shell takes to complete the words of a program."""
    name = str(program.name)

    def completion(shell: str) -> None:
        variable = f"_{name}_COMPLETE".replace("-", "_").upper()
        click.echo(SHELLS[shell](program, {}, name, variable).source())

    return Command(
        "completion",
        callback=completion,
        params=[click.Argument(["shell"], type=click.Choice(tuple(SHELLS)))],
        help=f"Print the script by which a shell completes {name}.\n\nIt completes commands, options and values.",
        epilog=_SET_UP.format(name),
    )


def complete(load: Callable[[], Iterable[str] | Mapping[str, str]]) -> Completion:
    """Complete a value to names that are loaded when somebody asks; a mapping says what each stands for."""

    def find(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem[str]]:
        names = load()
        told = names if isinstance(names, Mapping) else {}
        return [CompletionItem(name, help=told.get(name)) for name in names if name.startswith(begun)]

    return find


def complete_list(load: Callable[[], Iterable[str]]) -> Completion:
    """Complete the last name of a list with commas, to one that is not in it yet."""

    def find(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem[str]]:
        before, comma, last = begun.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{name}")
            for name in load()
            if name.startswith(last) and name not in before.split(",")
        ]

    return find


def complete_file(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem[str]]:
    """Leave it to the shell to complete the name of a file."""
    return [CompletionItem(begun, type="file")]
