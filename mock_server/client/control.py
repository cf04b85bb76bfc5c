"""The two clients: each sends calls by its own kind of I/O."""

from types import TracebackType
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import httpx2

from mock_server.client.call import Call
from mock_server.client.methods import AsyncMethods, Methods

Shown = TypeVar("Shown")
Sending = TypeVar("Sending")
Transport = TypeVar("Transport")

PATIENCE_SECONDS: Final = 600.0
"""How long an answer may take: moving a clock waits for callbacks, each of which may take ten seconds to be sent."""


class Client(Generic[Sending, Transport]):
    """What both clients have in common: where their calls go, and what sends them.

    Args:
        url: Where the control API is: the server's address, or that of the control API's own port.
        universe: The universe that is meant; `default` if not given.
        transport: What sends in place of the network, such as an app in this process.
        client: What sends in place of a client of its own, with its own timeout; it is not closed.
        timeout: Seconds that an answer may take.
    """

    _open: ClassVar[type[Any]]

    def __init__(
        self,
        url: str,
        *,
        universe: str | None = None,
        transport: Transport | None = None,
        client: Sending | None = None,
        timeout: float = PATIENCE_SECONDS,
    ) -> None:
        self._url = url
        self._universe = universe
        self._owned = client is None
        certificates = not url.startswith("http://")  # to read the system's takes longer than any call
        self._client: Sending = client or self._open(
            transport=transport, verify=certificates, trust_env=False, timeout=timeout
        )

    def _written(self, call: Call[Shown]) -> dict[str, Any]:
        """Return a call as the client takes requests."""
        return {
            "method": call.method,
            "url": call.url(self._url),
            "content": call.content(),
            "headers": call.headers(self._universe),
        }


class Control(Client[httpx2.Client, httpx2.BaseTransport], Methods):
    """A client of the control API. Close it in the end, or use it in a `with` statement.

    Each method raises `ControlError` where what is asked for is not done. For the arguments see `Client`.
    """

    _open = httpx2.Client

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
        try:
            answer = self._client.request(**self._written(call))
        except httpx2.HTTPError as error:
            raise call.silence(self._url, error) from error
        return call.read(answer.status_code, answer.content)


class AsyncControl(Client[httpx2.AsyncClient, httpx2.AsyncBaseTransport], AsyncMethods):
    """The same as `Control`, for coroutines: use it in an `async with` statement, and await each method."""

    _open = httpx2.AsyncClient

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
        try:
            answer = await self._client.request(**self._written(call))
        except httpx2.HTTPError as error:
            raise call.silence(self._url, error) from error
        return call.read(answer.status_code, answer.content)
