"""Work that is given up when its client goes away."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from mock_server.app import create_app
from mock_server.control.waiting import unless_gone
from tests.journal.asgi import scope, unwanted
from tests.journal.noting import JOURNAL

pytestmark = pytest.mark.anyio


class Client:
    """A client that stays until it is told to leave."""

    def __init__(self) -> None:
        self.left, self.waited_for = asyncio.Event(), asyncio.Event()
        self._messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive(self) -> Message:
        """Return what comes from it."""
        if self._messages:
            return self._messages.pop()
        self.waited_for.set()
        await self.left.wait()
        return {"type": "http.disconnect"}


async def test_work_that_ends() -> None:
    """What it gives is what comes back, and the client is not waited for any more."""
    client = Client()
    assert await unless_gone(asyncio.sleep(0, "done"), client.receive) == "done"


async def test_work_that_fails() -> None:
    """Its error is the caller's."""

    async def failing() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await unless_gone(failing(), Client().receive)


async def test_work_that_is_given_up() -> None:
    """It is ended where it stands."""
    client, ended = Client(), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    client.left.set()
    with pytest.raises(ClientDisconnect):
        await unless_gone(endless(), client.receive)
    await ended.wait()


async def test_who_follows_the_journal_and_leaves() -> None:
    """Nothing is answered, and nothing goes on waiting."""
    app, client = create_app(), Client()
    async with app.router.lifespan_context(app):
        following = asyncio.ensure_future(app(scope("GET", JOURNAL, query_string=b"wait=60"), client.receive, unwanted))
        await client.waited_for.wait()
        assert not following.done()
        client.left.set()
        await following
