"""One operation of the control API, as data: where it is, what it takes, what it answers, and what does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from mock_server.control.shapes import Name, UniverseName
from mock_server.simulator import Simulator
from mock_server.universe import Universe

Body = TypeVar("Body")
Query = TypeVar("Query")

PATH_SHAPES: Final = {"universe": UniverseName, "delivery": int}
"""The shapes of those parts of a path that are not just names."""

COMMON_REFUSALS: Final = (400, 403, 413, 415, 500)
"""The statuses of errors that every operation can answer with."""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body or the query of an operation that takes none."""


class Content(msgspec.Struct, frozen=True):
    """An answer that is not JSON of a shape: its bytes, and their type."""

    body: bytes
    media_type: str


class Request(msgspec.Struct, Generic[Body, Query], frozen=True):
    """One control request, read: which universe it names, the parts of its path, its query and its body."""

    simulator: Simulator
    named: str
    path: Mapping[str, str]
    query: Query
    body: Body

    async def universe(self) -> Universe:
        """Open the universe that the request names; it comes into being with that."""
        return await self.simulator.universes.open(self.named)


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path. Its function's docstring says what it does; its shapes say what it takes and answers.

    `answer` is the shape of what comes back; None where it is `Content` of a `media_type` of its own. `raw` operations
    read the JSON of their body from its bytes themselves. One that `waits` may take long, and is given up when the
    client goes away. `refusals` are the statuses that it can answer with besides `COMMON_REFUSALS`.
    """

    id: str
    method: str
    path: str
    summary: str
    function: Callable[[Any], Awaitable[Any]]
    body: type[Any] = Nothing
    query: type[Any] = Nothing
    answer: type[Any] | None = None
    media_type: str = "application/json"
    raw: bool = False
    waits: bool = False
    refusals: tuple[int, ...] = ()


def path_parameters(operation: Operation) -> dict[str, Any]:
    """Return the parts of an operation's path that vary, with their shapes."""
    names = [part.strip("{}") for part in operation.path.split("/") if part.startswith("{")]
    return {name: PATH_SHAPES.get(name, Name) for name in names}
