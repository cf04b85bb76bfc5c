"""One operation of the control API, as data: where it is, what it takes, what it answers, and what does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from mock_server.control.shapes import Name, UniverseName
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe

Body = TypeVar("Body")
Query = TypeVar("Query")

PATH_SHAPES: Final = {"universe": UniverseName, "callback": int}
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


def operation(
    method: str,
    path: str,
    function: Callable[[Any], Awaitable[Any]],
    *,
    refusals: tuple[int, ...] = (),
    waits: bool = False,
    document: type[Any] | None = None,
    media_type: str = "application/json",
) -> Operation:
    """Return the operation that a function is: the rest is said by its name, its annotations and its docstring.

    Args:
        method: The method.
        path: The path, with what varies in braces.
        function: Takes a `Request` of a body and a query, and returns what is answered.
        refusals: See `Operation`.
        waits: See `Operation`.
        document: The shape of a body whose bytes the function reads itself.
        media_type: The type of what is answered as `Content`.
    """
    annotations = dict(function.__annotations__)
    answer = annotations.pop("return")
    body, query = get_args(annotations.popitem()[1])
    first, *others = function.__name__.split("_")
    return Operation(
        id=first + "".join(map(str.capitalize, others)),
        method=method,
        path=path,
        summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
        function=function,
        body=document or body,
        query=query,
        answer=None if answer is Content else answer,
        media_type=media_type,
        raw=document is not None,
        waits=waits,
        refusals=refusals,
    )


def path_parameters(operation: Operation) -> dict[str, Any]:
    """Return the parts of an operation's path that vary, with their shapes."""
    names = [part.strip("{}") for part in operation.path.split("/") if part.startswith("{")]
    return {name: PATH_SHAPES.get(name, Name) for name in names}
