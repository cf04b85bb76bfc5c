"""What the client of a test says came of what it was asked to do, for the rules of the judge that go by that."""

from collections.abc import Callable, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from contracts.recording.client import Reported, Said

_TELLING: Final = ("code", "status")
"""What errors often have that tells one from another: it becomes a fact."""


class Reporting:
    """Takes in what the client says.

    Args:
        now: Tells the time by the clock that the client lives by, in seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now: Final = now
        self._reported: Final[list[Reported]] = []

    def report(
        self,
        outcome: "Said",
        *,
        task: str | None = None,
        error: str | BaseException | None = None,
        message: str | None = None,
        path: str | PathLike[str] | None = None,
        sha256: str | None = None,
        wanted: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] = {},
    ) -> None:
        """Tell the judge what the client says came of one thing that it was asked to do (docs/reference/outcomes.md).

        An exception as `error` tells its class, its words, and its `code` and `status` if it has them.

        Raises:
            ValueError: A field is not as it must be; the message names it, its value and the rule.
        """
        from contracts.recording.outcomes import make_outcome  # noqa: PLC0415 - who reports nothing does not wait for it

        if isinstance(error, BaseException):
            told = {name: getattr(error, name) for name in _TELLING if getattr(error, name, None) is not None}
            facts, message, error = {**told, **facts}, message or str(error), type(error).__name__
        given = {
            "outcome": outcome,
            "task": task,
            "error": error,
            "message": message,
            "path": None if path is None else fspath(path),
            "sha256": sha256,
            "at": self._now(),
            "wanted": wanted,
            "facts": facts,
        }
        self._reported.append(make_outcome(given))

    def report_output(self, output: str) -> None:
        """Tell the judge what a program printed: the lines of it that are outcomes (docs/reference/outcomes.md).

        Raises:
            ValueError: A line is meant as one and is none; the message names it, the field, its value and the rule.
        """
        from contracts.recording.outcomes import read_outcomes  # noqa: PLC0415 - the same

        self._reported.extend(read_outcomes(output))
