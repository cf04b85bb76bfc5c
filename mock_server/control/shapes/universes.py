"""Universes as a whole, and what is done to one."""

from typing import Literal

from mock_server.control.shapes.base import Instant, Name, Shape, UniverseName
from mock_server.universes.clock import Mode


class UniverseState(Shape, frozen=True):
    """One universe: its time, and how much is in it."""

    universe: str
    mode: Mode
    rate: float
    now: float
    time: str
    tasks: int
    accounts: int
    exchanges: int


class UniverseList(Shape, frozen=True):
    """The universes of this server."""

    universes: tuple[UniverseState, ...]


class Forgotten(Shape, frozen=True):
    """A universe that is no more."""

    universe: str
    deleted: Literal[True] = True


class Reset(Shape, frozen=True):
    """How a universe is to begin anew; what is left out is as the server has it: seed, time, and how time runs."""

    seed: Name | None = None
    start: Instant | None = None
    mode: Literal["real", "frozen"] | None = None


class SnapshotQuery(Shape, frozen=True):
    """How a snapshot is to be taken: with requests as they came, or without what is secret in them."""

    secrets: bool = False


class Fork(Shape, frozen=True):
    """Where a universe is to be copied to; whatever has that name is replaced."""

    to: UniverseName
