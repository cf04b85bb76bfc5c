"""What a command says that was called wrongly."""

import click


class WrongUsageError(click.ClickException):
    """The command was called with something that cannot be used; said in one line."""

    exit_code = 2
