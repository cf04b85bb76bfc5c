"""What the process of a client shows besides its traffic: what it leaves behind, and how it ends when it is told to."""

from typing import Literal, TypeAlias

import msgspec

Secret: TypeAlias = Literal["key", "prompt"]
"""What should be found nowhere: the key; what was asked for."""

Place: TypeAlias = Literal["output", "errors", "file", "name"]
"""Where it was found: in what the client printed; in what it printed to standard error; in a file; in a file's name."""


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """A place with a secret, without the secret.

    Args:
        what: What was found.
        place: Where.
        form: How it is written there: `plain`, or the encoding.
        path: The file, from the client's directory; the secret in its name is masked.
        line: The line, from 1.
    """

    what: Secret
    place: Place
    form: str = "plain"
    path: str = ""
    line: int | None = None


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One time that the client was told to end.

    Args:
        at: When, on the clock of the record.
        seconds: How long it went on, in real seconds; None if it had to be killed.
        printed: What it printed from its start to its end, on both ways.
    """

    at: float
    seconds: float | None = None
    printed: str = ""
