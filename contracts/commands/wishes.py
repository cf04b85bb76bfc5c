"""What a user wants, as commands hand it on: options that belong together, one value each."""

from pathlib import Path
from typing import Final

import msgspec

from contracts.battery.capabilities import Capability
from contracts.verdict import Strictness

LIMIT: Final = 60.0
"""How many seconds each run may take, if nothing else is said."""


class Judging(msgspec.Struct, frozen=True, kw_only=True):
    """How findings are judged and reported.

    Args:
        level: Whose findings fail the run.
        baseline: A file of findings that are known.
        forms: How it is reported; as text if it is left out.
        outputs: Where each of these goes, in order.
    """

    level: Strictness
    baseline: Path | None
    forms: tuple[str, ...]
    outputs: tuple[Path, ...]


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is to be put through; `docs/how-to/trial.md` says what each is."""

    expects: tuple[Capability, ...]
    names: tuple[str, ...]
    rules: tuple[str, ...]
    proved: bool
    cells: tuple[str, ...]
    checked: bool
    listed: bool


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The program, and how it is to be run; `docs/how-to/trial.md` says what each is."""

    command: tuple[str, ...]
    jobs: int
    limit: float
    speed: float
    keep: Path | None
    allowed: tuple[str, ...]
    receiver: str | None
    pages: tuple[str, ...] = ()


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """The server, and what there is to work with; `docs/how-to/server-contract.md` says what each is."""

    url: str | None
    simulator: bool
    pages: tuple[str, ...]
    control: str | None
    no_control: bool
    callback_url: str | None
    listen: str | None
    files: str | None
    videos: tuple[str, ...]
    shared: bool
    dry_run: bool


class Probing(msgspec.Struct, frozen=True, kw_only=True):
    """What it is asked: for how many credits, and by which probes."""

    budget: float | None
    only: tuple[str, ...]
    skip: tuple[str, ...]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """Where there is a record of what a client did; `docs/how-to/traffic.md` says what each is."""

    file: Path
    apis: tuple[str, ...]
    outcomes: Path | None
    pages: tuple[str, ...]
