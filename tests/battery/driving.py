"""Programs of tests, run in scenarios."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from contracts.battery.program import ProgramDrive
from mock_server.entrance.authority import Authority

PROGRAMS: Final = Path(__file__).parent / "programs"


def drive_python(*words: str, keep: Path, authority: Authority, **options: Any) -> ProgramDrive:
    """Return what runs Python with these arguments."""
    return drive([sys.executable, *words], keep=keep, authority=authority, **options)


def drive(command: Sequence[str], *, keep: Path, authority: Authority, **options: Any) -> ProgramDrive:
    """Return what runs a program that has no variables but those of the battery."""
    given = {"environment": {}, "directory": keep, "limit_seconds": 40.0, **options}
    return ProgramDrive(command, keep=keep, authority=authority, **given)
