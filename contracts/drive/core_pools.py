"""All clients of httpx and httpx2 in this process, led to a simulator: their cores' pools are, whoever made them.

A request for the simulator is given a mark, as part of its host: so a pool has connections of their own for such
requests, keeps them as it keeps others, and closes them with the rest. No connection that was made outside is used
within, nor the other way round.

It is done here and not by a route of respx, which would make httpx's own request and response out of each, read bodies
before they are sent, and cost more than all the rest of the way; respx has its say all the same (`respx_routers.py`).
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from contracts.drive.core_connections import connection_class, open_stream
from contracts.drive.httpx_backends import AsyncBackend, Backend
from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Busy
from contracts.drive.reach import Reach, Refused

_SIGN: Final = b"#"
"""Begins a mark; no host has it."""

_numbers: Final = count(1)


class CoreLead:
    """Leads the pools of one core.

    Args:
        core: The library.
        in_process: Where to.
        reach: Which requests.
        busy: Entered while an answer is awaited.
    """

    def __init__(self, core: ModuleType, in_process: InProcess, *, reach: Reach, busy: Busy) -> None:
        self._core = core
        self._in_process = in_process
        self._reach = reach
        self._busy = busy
        self._mark = b"%b%d" % (_SIGN, next(_numbers))
        self._led: set[tuple[bytes, bytes, int | None]] = set()
        self._own = (Backend, AsyncBackend, core.MockBackend, core.AsyncMockBackend)

    def mark(self, pool: Any, request: Any) -> Any:
        """Return a request as its pool is to handle it.

        Raises:
            ConnectError: The core's, if the request may go nowhere.
        """
        url = request.url
        if _SIGN in url.host or pool._uds is not None or isinstance(pool._network_backend, self._own):  # noqa: SLF001 - a pool does not tell
            return request
        origin = url.scheme, url.host, url.port
        if origin not in self._led and not self._leads(request):
            return request
        self._led.add(origin)
        marked = copy.copy(request)
        marked.url = self._core.URL(scheme=url.scheme, host=url.host + self._mark, port=url.port, target=url.target)
        return marked

    def _leads(self, request: Any) -> bool:
        """Tell whether a request is for the simulator."""
        url = request.url
        scheme, host, path, method = (
            part.decode("latin-1") for part in (url.scheme, url.host, url.target, request.method)
        )
        try:
            return self._reach.leads(method, scheme, host, url.port, path)
        except Refused as refused:
            raise self._core.ConnectError(str(refused)) from None

    def open(self, pool: Any, origin: Any, *, asynchronous: bool) -> Any:
        """Return a connection for requests that have the mark; None for others."""
        if not origin.host.endswith(self._mark):
            return None
        plain = self._core.Origin(origin.scheme, origin.host.removesuffix(self._mark), origin.port)
        stream = open_stream(self._in_process, self._core, plain, asynchronous=asynchronous)
        return connection_class(self._core, asynchronous=asynchronous)(
            self._core,
            stream,
            origin,
            keepalive_expiry=pool._keepalive_expiry,  # noqa: SLF001 - the same
            in_process=self._in_process,
            busy=self._busy,
        )


@contextmanager
def lead_core(core: ModuleType, in_process: InProcess, *, reach: Reach, busy: Busy) -> Iterator[None]:
    """Lead the pools of a core, as long as this is open."""
    lead = CoreLead(core, in_process, reach=reach, busy=busy)
    with ExitStack() as stack:
        for pool, name, leading in (
            (core.ConnectionPool, "handle_request", _leading),
            (core.AsyncConnectionPool, "handle_async_request", _leading_async),
        ):
            stack.enter_context(patch.object(pool, name, leading(getattr(pool, name), lead)))
            for each in _family(pool):
                opening = _opening(each.create_connection, lead, asynchronous=leading is _leading_async)
                stack.enter_context(patch.object(each, "create_connection", opening))
        yield


def _leading(handle: Callable[..., Any], lead: CoreLead) -> Callable[..., Any]:
    def handle_request(self: Any, request: Any) -> Any:
        return handle(self, lead.mark(self, request))

    return handle_request


def _leading_async(handle: Callable[..., Any], lead: CoreLead) -> Callable[..., Any]:
    async def handle_async_request(self: Any, request: Any) -> Any:
        return await handle(self, lead.mark(self, request))

    return handle_async_request


def _opening(create: Callable[..., Any], lead: CoreLead, *, asynchronous: bool) -> Callable[..., Any]:
    def create_connection(self: Any, origin: Any) -> Any:
        return lead.open(self, origin, asynchronous=asynchronous) or create(self, origin)

    return create_connection


def _family(pool: type) -> Iterator[Any]:
    """Yield a class of pools, and those made from it that open connections in a way of their own."""
    if "create_connection" in vars(pool):
        yield pool
    kinds: list[type] = pool.__subclasses__()
    for each in kinds:
        yield from _family(each)
