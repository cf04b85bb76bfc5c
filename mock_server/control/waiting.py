"""Answers that may take long: others get their turn meanwhile, and they are given up when nobody is there to get them.

So a server can stop although somebody follows its journal: it hangs up, and that ends the wait.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

T = TypeVar("T")


async def unless_gone(work: Awaitable[T], receive: Receive) -> T:
    """Return what a piece of work gives, unless the client goes away before that. Its request must have been read.

    Raises:
        ClientDisconnect: It did, and the work was given up.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def in_turns(values: Iterable[T], each: int) -> AsyncIterator[T]:
    """Yield values, and let others have their turn after each so many."""
    for count, value in enumerate(values, start=1):
        yield value
        if count % each == 0:
            await asyncio.sleep(0)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
