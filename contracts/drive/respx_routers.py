"""Peace with respx: its routers, wherever they are opened, are asked before the simulator is.

respx changes the same methods of httpx's cores. So what is changed for the simulator lies below; and what no route of a
test's own takes is passed on to it, instead of being refused as not mocked.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from typing import Any

from respx import Route, Router
from respx.mocks import Mocker
from respx.models import AllMockedAssertionError, PassThrough


class LastRouter(Router):
    """Asks all the others of its mocker; what none of them takes goes on as if there were no respx.

    Args:
        mocker: Whose routers they are.
    """

    def __init__(self, mocker: type[Mocker]) -> None:
        super().__init__(assert_all_called=False)
        self._mocker = mocker

    def handler(self, request: Any) -> Any:
        """Return the answer of another router."""
        for router in self._others:
            with suppress(AllMockedAssertionError):
                return router.handler(request)
        raise self._nothing(request)

    async def async_handler(self, request: Any) -> Any:
        """Return the answer of another router."""
        for router in self._others:
            with suppress(AllMockedAssertionError):
                return await router.async_handler(request)
        raise self._nothing(request)

    @property
    def _others(self) -> list[Router]:
        return [router for router in self._mocker.routers if not isinstance(router, LastRouter)]

    def _nothing(self, request: Any) -> PassThrough:
        return PassThrough("no router has it", request=request, origin=Route().pass_through())


@cache
def _last_router(mocker: type[Mocker]) -> LastRouter:
    """Return the router of a mocker, made once: it takes longer than all the rest of a bridge."""
    return LastRouter(mocker)


@contextmanager
def asked_last() -> Iterator[None]:
    """Let routers pass what none of them takes, as long as this is open."""
    with ExitStack() as stack:
        for mocker in Mocker.registry.values():
            router = _last_router(mocker)
            mocker.register(router)
            stack.callback(mocker.stop)
            stack.callback(partial(mocker.unregister, router))
        yield
