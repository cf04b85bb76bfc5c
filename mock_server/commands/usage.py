"""What a command says that was called with something that cannot be used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click


class WrongUsageError(click.ClickException):
    """The command was called with something that cannot be used; said in one line, with the exit code 2."""

    exit_code = 2


@contextmanager
def refusing(*mistakes: type[Exception]) -> Iterator[None]:
    """Let errors that are a user's mistakes end the command with their messages.

    Raises:
        WrongUsageError: One of them came up.
    """
    try:
        yield
    except mistakes as error:
        raise WrongUsageError(str(error)) from error


def refuse_beside(option: str, others: Mapping[str, object]) -> None:
    """Make sure that nothing is said that has no part in what an option asks for.

    Args:
        option: Its name.
        others: The names of other options, each with its value; what is false was not said.

    Raises:
        WrongUsageError: One of them was said.
    """
    for other, value in others.items():
        if value:
            raise WrongUsageError(f"{option} goes without {other}")
