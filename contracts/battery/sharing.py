"""Whether runs side by side may disturb each other: what a program writes where all of them run."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from contracts.report.verdicts.words import one_line

_MOST: Final = 3


def list_files(directory: Path) -> Mapping[str, int]:
    """Return the files that lie in a directory itself, each with when it was changed, in nanoseconds."""
    found = {}
    for path in directory.iterdir():
        with suppress(FileNotFoundError):  # it may go at any time
            if path.is_file():
                found[path.name] = path.stat().st_mtime_ns
    return found


def explain_sharing(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Say what a program wrote where all runs share it, and what to do about that; nothing if it wrote nothing.

    Args:
        before: The files of the directory, as `list_files` has them, before the program ran alone.
        after: Those after it.
    """
    written = sorted(name for name, changed in after.items() if before.get(name) != changed)
    if not written:
        return ""
    names = ", ".join(map(one_line, written[:_MOST])) + (", ..." if len(written) > _MOST else "")
    return (
        f"It wrote {names} into this directory, which all runs share. So that none disturbs another, let each write "
        "into its own: {directory} in the command, or EVOLINK_DIRECTORY."
    )
