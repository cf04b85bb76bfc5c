"""A bridge to the simulator for clients that know nothing of it.

    with InProcess(create_app()) as simulator, Bridge(simulator):
        httpx2.get("https://api.evolink.ai/v1/credits", headers={"authorization": "Bearer sk-test"})

As long as it is open, calls of httpx, httpx2, requests and aiohttp anywhere in this process reach the simulator if they
are for one of its origins, whether their clients were made before or after, and whether or not the library has been
imported yet; what a client meets there is made by its own library. What is sent elsewhere is refused as that library
refuses a connection, but for this machine's own servers (see `Reach`).

What a test puts in the place of the network itself is left alone: transports that are no connections (ASGI, WSGI,
mocks), sockets of the file system, and the routers of respx, which are asked first.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from types import ModuleType
from typing import Final, Self

from contracts.drive.core_pools import lead_core
from contracts.drive.in_process import InProcess
from contracts.drive.libraries import Libraries
from contracts.drive.pipes import Busy
from contracts.drive.reach import Reach

_CORES: Final = ("httpcore", "httpcore2")
"""What httpx and httpx2 are made of."""


class Bridge:
    """Leads what clients in this process send to a simulator, while it is used as a context manager.

    The simulator has to be served on a thread of its own. Of several bridges the one that was opened last leads; they
    are closed in the opposite order.

    Args:
        in_process: The simulator.
        base_urls: Where the API is to be besides its own origins: URLs, of which the origin counts.
        allow: Origins that are reached as they are.
        busy: Entered around each wait for the head of an answer, on the thread of the client.

    Raises:
        ValueError: One of `base_urls` or `allow` is no URL.
    """

    def __init__(
        self,
        in_process: InProcess,
        *,
        base_urls: Iterable[str] = (),
        allow: Iterable[str] = (),
        busy: Busy = nullcontext,
    ) -> None:
        self._in_process = in_process
        self._reach = Reach(base_urls=base_urls, allow=allow)
        self._busy = busy

    def __enter__(self) -> Self:
        """Open the bridge."""
        self._libraries = Libraries(
            {
                **dict.fromkeys(_CORES, self._leading_core),
                "respx": self._leading_respx,
                "requests": self._leading_requests,
                "aiohttp": self._leading_aiohttp,
            }
        )
        self._libraries.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; everything is as it was."""
        self._libraries.__exit__()

    @contextmanager
    def _leading_core(self, core: ModuleType) -> Iterator[None]:
        """Lead httpx or httpx2, below whatever respx has changed."""
        with ExitStack() as stack:
            with lifted():
                stack.enter_context(lead_core(core, self._in_process, reach=self._reach, busy=self._busy))
            yield
            with lifted():
                stack.close()

    def _leading_respx(self, _: ModuleType) -> AbstractContextManager[None]:
        from contracts.drive.respx_routers import asked_last  # noqa: PLC0415 - not everybody has it

        return asked_last()

    def _leading_requests(self, _: ModuleType) -> AbstractContextManager[None]:
        from contracts.drive.requests_adapter import lead_requests  # noqa: PLC0415 - the same

        return lead_requests(self._in_process, reach=self._reach, busy=self._busy)

    def _leading_aiohttp(self, _: ModuleType) -> AbstractContextManager[None]:
        from contracts.drive.aiohttp_connector import lead_aiohttp  # noqa: PLC0415 - the same

        return lead_aiohttp(self._in_process, reach=self._reach, busy=self._busy)


@contextmanager
def lifted() -> Iterator[None]:
    """Take away for a moment what respx has changed, if it is there, so that something can be changed below it."""
    mocker = getattr(sys.modules.get("respx.mocks"), "Mocker", None)
    standing = [] if mocker is None else [one for one in mocker.registry.values() if one._patches]  # noqa: SLF001 - it does not tell
    for one in standing:
        one.stop(force=True)
    yield
    for one in standing:
        one.start()
