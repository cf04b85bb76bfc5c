"""The server, and its universes."""

from collections.abc import Mapping
from typing import Literal

from mock_server.control.shapes.base import Instant, Name, Shape, UniverseName
from mock_server.universes.clock import Mode


class Health(Shape, frozen=True):
    """What is served."""

    status: Literal["ok"]
    version: str
    models: tuple[str, ...]
    universe: str


class ServedModel(Shape, frozen=True):
    """A model that is served: what it makes, where its tasks are created, and where what is known of it comes from.

    `sources` says for each part of that (page, price, timing, result and others) which file or default it is from.
    `broken_examples` is what the page's own examples get wrong by its schema; they are taken all the same.
    """

    id: str
    kind: str
    path: str
    operation: str
    page: str
    sources: Mapping[str, str]
    broken_examples: tuple[str, ...]


class RefusedPage(Shape, frozen=True):
    """A page that is not served, and why."""

    file: str
    reason: str


class ModelList(Shape, frozen=True):
    """The models that are served, and the pages that are not."""

    models: tuple[ServedModel, ...]
    refused: tuple[RefusedPage, ...]


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
