"""One operation of the control API on the wire: who may ask, which universe is meant, and the answer."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.api.endpoint import Answer, error_answer, send_answer
from mock_server.api.resource import Resource
from mock_server.control.access import check_access
from mock_server.control.operation import Content, Operation, Request
from mock_server.control.waiting import unless_gone
from mock_server.core.errors import ApiError, InternalError, InvalidRequest
from mock_server.core.keys import read_universe
from mock_server.core.validation import decode_json
from mock_server.http.bodies import check_media_type, read_bytes
from mock_server.http.request import header, read_query
from mock_server.reading import ReadingError, read
from mock_server.simulator import Simulator

SNAPSHOT_BYTES: Final = 256 * 1_048_576
"""The largest snapshot that is read."""

T = TypeVar("T")

logger = logging.getLogger(__name__)


class ControlEndpoint:
    """An ASGI app that serves one operation of the control API.

    Args:
        simulator: What is controlled.
        operation: What is done.
    """

    def __init__(self, simulator: Simulator, operation: Operation) -> None:
        self._simulator = simulator
        self._operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            answer = await self._answer(scope, receive)
        except ApiError as error:
            answer = error_answer(error)
        except ClientDisconnect:
            return
        except Exception:
            logger.exception("%s failed; this is a bug of the simulator, not of the client", self._operation.id)
            answer = error_answer(InternalError())
        if isinstance(answer, Content):
            await _send_content(answer, scope, send)
        else:
            await send_answer(answer, scope, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | Content:
        operation, headers = self._operation, dict(scope["headers"])
        check_access(scope["method"], headers, self._simulator)
        name = read_universe(header(headers, b"authorization"), header(headers, b"x-mock-universe"))
        request = Request(
            self._simulator,
            name,
            scope["path_params"],
            _read(read_query(scope), operation.query, texts=True),
            await self._body(headers, receive),
        )
        work = operation.function(request)
        answer = await (unless_gone(work, receive) if operation.waits else work)
        if operation.method != "GET":
            self._simulator.universes.stir(name)
        return answer if isinstance(answer, Content) else Answer(answer)

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
        """Read the body; an empty one is an object without fields, whatever it says that it is."""
        operation = self._operation
        if operation.raw:
            return await read_bytes(headers, receive, SNAPSHOT_BYTES)
        body = await read_bytes(headers, receive, self._simulator.settings.body_limit)
        if not body:
            return _read({}, operation.body)
        check_media_type(headers)
        return _read(decode_json(body), operation.body)


def control_routes(simulator: Simulator, operations: Iterable[Operation]) -> list[Route]:
    """Return a route for each path of some operations."""
    paths: dict[str, dict[str, ControlEndpoint]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = ControlEndpoint(simulator, operation)
    return [Route(path, Resource(methods)) for path, methods in paths.items()]


async def _send_content(content: Content, scope: Scope, send: Send) -> None:
    """Write an answer that is what it is; to HEAD, the head alone."""
    length = str(len(content.body)).encode()
    headers = [(b"content-type", content.media_type.encode()), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content.body})


def _read(value: Any, shape: type[T], *, texts: bool = False) -> T:
    try:
        return read(value, shape, texts=texts)
    except ReadingError as error:
        raise InvalidRequest(str(error), param=error.path or None) from error
