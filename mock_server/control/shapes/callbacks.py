"""Callbacks and their attempts."""

from mock_server.control.shapes.base import Name, Shape
from mock_server.control.shapes.clock import AttemptMade
from mock_server.store.records import CallbackState


class AttemptShown(Shape, frozen=True):
    """One attempt at a callback; `bytes` is the size of the answer's body, `faults` are the plans that struck it."""

    due_at: float
    started_at: float
    ended_at: float
    status: int | None
    error: str | None
    bytes: int
    faults: tuple[str, ...]


class CallbackShown(Shape, frozen=True):
    """One callback of a task as it stands."""

    id: int
    task: str
    url: str
    variant: str
    state: CallbackState
    due_at: float | None
    attempts: tuple[AttemptShown, ...]


class CallbackList(Shape, frozen=True):
    """The callbacks of a universe."""

    universe: str
    callbacks: tuple[CallbackShown, ...]


class CallbackQuery(Shape, frozen=True):
    """Which callbacks are wanted."""

    task: Name | None = None
    state: CallbackState | None = None


class Redelivered(Shape, frozen=True):
    """A callback that is sent anew, and the attempts that were made at once."""

    redelivered: int
    callbacks: tuple[AttemptMade, ...]
