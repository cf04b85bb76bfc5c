"""Every library's client, called alike: over a real socket if there is no simulator in this process, or by that."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from typing import Any, Final, Protocol, TypeAlias

import aiohttp
import httpx
import httpx2
import requests

from contracts.drive.in_process import InProcess

Answer: TypeAlias = tuple[int, list[tuple[str, str]], bytes]
"""A status, the headers in lower case, and the body."""

URL: Final = "https://api.evolink.ai/v1/credits"
"""What is asked where it does not matter."""

PATIENCE: Final = 5.0
"""How many seconds a client waits for bytes if nothing else is said."""

HOUR: Final = 3600.0
"""So many seconds wait only clients whose time is moved."""

TIMEOUTS: Final = (
    httpx2.ReadTimeout,
    httpx.ReadTimeout,
    requests.ReadTimeout,
    requests.ConnectionError,
    aiohttp.SocketTimeoutError,
)
"""What the libraries raise when an answer does not come in time; requests has another word for it within a body."""


class Call(Protocol):
    """How a request is sent, and its answer read to the end."""

    def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes = b"", patience: float = PATIENCE
    ) -> Answer:
        """Send a request; what the library raises goes on."""
        ...


@contextmanager
def call_by_httpx2(simulator: InProcess | None) -> Iterator[Call]:
    """Call by an `httpx2.Client`."""
    transport = httpx2.HTTPTransport() if simulator is None else simulator.httpx2_transport()
    with httpx2.Client(transport=transport) as client:
        yield lambda method, url, *, patience=PATIENCE, **rest: _read(
            client.request(method, url, timeout=patience, **rest)
        )


@contextmanager
def call_by_httpx(simulator: InProcess | None) -> Iterator[Call]:
    """Call by an `httpx.Client`."""
    transport = httpx.HTTPTransport() if simulator is None else simulator.httpx_transport()
    with httpx.Client(transport=transport) as client:
        yield lambda method, url, *, patience=PATIENCE, **rest: _read(
            client.request(method, url, timeout=patience, **rest)
        )


@contextmanager
def call_by_httpx2_async(simulator: InProcess | None) -> Iterator[Call]:
    """Call by an `httpx2.AsyncClient`."""
    with _loop() as (run, stack):
        transport = httpx2.AsyncHTTPTransport() if simulator is None else simulator.httpx2_async_transport()
        client = run(stack.enter_async_context(httpx2.AsyncClient(transport=transport)))
        yield lambda method, url, *, patience=PATIENCE, **rest: _read(
            run(client.request(method, url, timeout=patience, **rest))
        )


@contextmanager
def call_by_httpx_async(simulator: InProcess | None) -> Iterator[Call]:
    """Call by an `httpx.AsyncClient`."""
    with _loop() as (run, stack):
        transport = httpx.AsyncHTTPTransport() if simulator is None else simulator.httpx_async_transport()
        client = run(stack.enter_async_context(httpx.AsyncClient(transport=transport)))
        yield lambda method, url, *, patience=PATIENCE, **rest: _read(
            run(client.request(method, url, timeout=patience, **rest))
        )


@contextmanager
def call_by_requests(simulator: InProcess | None) -> Iterator[Call]:
    """Call by a `requests.Session`."""
    with requests.Session() as session:
        session.trust_env = False
        if simulator is not None:
            session.mount("http://", simulator.requests_adapter())
            session.mount("https://", simulator.requests_adapter())

        def call(
            method: str, url: str, *, headers: Mapping[str, str], content: bytes = b"", patience: float = PATIENCE
        ) -> Answer:
            answer = session.request(method, url, headers=headers, data=content, timeout=patience)
            return answer.status_code, _lower(answer.headers.items()), answer.content

        yield call


@contextmanager
def call_by_aiohttp(simulator: InProcess | None) -> Iterator[Call]:
    """Call by an `aiohttp.ClientSession`."""
    with _loop() as (run, stack):

        async def open_session() -> aiohttp.ClientSession:
            connector = None if simulator is None else simulator.aiohttp_connector()
            return await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

        session = run(open_session())

        async def ask(method: str, url: str, content: bytes, patience: float, headers: Mapping[str, str]) -> Answer:
            timeout = aiohttp.ClientTimeout(sock_read=patience)
            async with session.request(method, url, headers=headers, data=content, timeout=timeout) as answer:
                return answer.status, _lower(answer.headers.items()), await answer.read()

        yield lambda method, url, *, headers, content=b"", patience=PATIENCE: run(
            ask(method, url, content, patience, headers)
        )


Open: TypeAlias = Callable[[InProcess | None], AbstractContextManager[Call]]
"""How a client is opened: of the simulator in this process, or of whatever a URL leads to."""

CALLERS: Final[Mapping[str, Open]] = {
    "httpx2": call_by_httpx2,
    "httpx2-async": call_by_httpx2_async,
    "httpx": call_by_httpx,
    "httpx-async": call_by_httpx_async,
    "requests": call_by_requests,
    "aiohttp": call_by_aiohttp,
}


@contextmanager
def _loop() -> Iterator[tuple[Callable[[Any], Any], AsyncExitStack]]:
    """Yield what runs coroutines, and what is left when all is over."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            yield runner.run, stack
        finally:
            runner.run(stack.aclose())


def _read(answer: httpx.Response | httpx2.Response) -> Answer:
    return answer.status_code, _lower(answer.headers.multi_items()), answer.content


def _lower(headers: Any) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers]
