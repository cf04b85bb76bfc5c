"""The two clients: each sends calls by its own kind of I/O."""

from types import TracebackType
from typing import Final, Self, TypeVar

import httpx2

from mock_server.client.call import Call
from mock_server.client.methods import AsyncMethods, Methods

Shown = TypeVar("Shown")

PATIENCE_SECONDS: Final = 600.0
"""How long an answer may take: moving a clock waits for callbacks, each of which may take ten seconds to be sent."""


class Control(Methods):
    """A client of the control API. Close it in the end, or use it in a `with` statement.

    Each method raises `ControlError` where what is asked for is not done.

    Args:
        url: Where the control API is: the server's address, or that of the control API's own port.
        universe: The universe that is meant; `default` if not given.
        transport: What sends in place of the network, such as an app in this process.
        client: What sends in place of a client of its own, with its own timeout; it is not closed.
        timeout: Seconds that an answer may take.
    """

    def __init__(
        self,
        url: str,
        *,
        universe: str | None = None,
        transport: httpx2.BaseTransport | None = None,
        client: httpx2.Client | None = None,
        timeout: float = PATIENCE_SECONDS,
    ) -> None:
        self._url = url
        self._universe = universe
        self._owned = client is None
        self._client = client or httpx2.Client(
            transport=transport, verify=_needs_certificates(url), trust_env=False, timeout=timeout
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections."""
        if self._owned:
            self._client.close()

    def _send(self, call: Call[Shown]) -> Shown:
        url, content, headers = call.url(self._url), call.content(), call.headers(self._universe)
        try:
            answer = self._client.request(call.method, url, content=content, headers=headers)
        except httpx2.HTTPError as error:
            raise call.silence(self._url, error) from error
        return call.read(answer.status_code, answer.content)


class AsyncControl(AsyncMethods):
    """The same as `Control`, for coroutines: use it in an `async with` statement, and await each method.

    Args:
        url: Where the control API is: the server's address, or that of the control API's own port.
        universe: The universe that is meant; `default` if not given.
        transport: What sends in place of the network, such as an app in this process.
        client: What sends in place of a client of its own, with its own timeout; it is not closed.
        timeout: Seconds that an answer may take.
    """

    def __init__(
        self,
        url: str,
        *,
        universe: str | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        client: httpx2.AsyncClient | None = None,
        timeout: float = PATIENCE_SECONDS,
    ) -> None:
        self._url = url
        self._universe = universe
        self._owned = client is None
        self._client = client or httpx2.AsyncClient(
            transport=transport, verify=_needs_certificates(url), trust_env=False, timeout=timeout
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of connections."""
        if self._owned:
            await self._client.aclose()

    async def _send(self, call: Call[Shown]) -> Shown:
        url, content, headers = call.url(self._url), call.content(), call.headers(self._universe)
        try:
            answer = await self._client.request(call.method, url, content=content, headers=headers)
        except httpx2.HTTPError as error:
            raise call.silence(self._url, error) from error
        return call.read(answer.status_code, answer.content)


def _needs_certificates(url: str) -> bool:
    """Tell whether the system's certificates are wanted, which take longer to read than any call takes."""
    return not url.startswith("http://")
