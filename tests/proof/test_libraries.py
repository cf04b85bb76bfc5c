"""Clients of all libraries are killed where they stand: what they sent was sent, and what was to follow is not."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from contracts import Evolink
from contracts.proof import prove, write_text
from tests.clients.small import BODY, TASKS
from tests.proof.clients import Ticket
from tests.serving import CREATE

KEY = {"Idempotency-Key": "order-1"}


def headers(evolink: Evolink) -> dict[str, str]:
    """Return what goes with each request."""
    return {"Authorization": f"Bearer {evolink.key}"}


def by_requests(evolink: Evolink, directory: Path) -> None:
    """Make a video with requests."""
    ticket = Ticket(directory)
    with requests.Session() as session:
        session.headers.update(headers(evolink))
        if "task" not in ticket.kept:
            made = session.post(evolink.url + CREATE, json=BODY, headers=KEY, timeout=20)
            ticket.keep(task=made.json()["id"])
        shown: dict[str, Any] = {}
        while shown.get("status") != "completed":
            time.sleep(15)
            with suppress(requests.ConnectionError):
                shown = session.get(f"{evolink.url}{TASKS}/{ticket.kept['task']}", timeout=20).json()


async def with_aiohttp(evolink: Evolink, ticket: Ticket) -> None:
    """Make a video with aiohttp."""
    async with aiohttp.ClientSession(headers=headers(evolink), timeout=aiohttp.ClientTimeout(20)) as session:
        if "task" not in ticket.kept:
            async with session.post(evolink.url + CREATE, json=BODY, headers=KEY) as made:
                ticket.keep(task=(await made.json())["id"])
        shown: dict[str, Any] = {}
        while shown.get("status") != "completed":
            await asyncio.sleep(15)
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"{evolink.url}{TASKS}/{ticket.kept['task']}") as answer:
                    shown = await answer.json()


async def with_httpx(evolink: Evolink, ticket: Ticket) -> None:
    """Make a video with httpx."""
    async with httpx.AsyncClient(base_url=evolink.url, headers=headers(evolink)) as client:
        if "task" not in ticket.kept:
            made = await client.post(CREATE, json=BODY, headers=KEY)
            ticket.keep(task=made.json()["id"])
        shown: dict[str, Any] = {}
        while shown.get("status") != "completed":
            await asyncio.sleep(15)
            with suppress(httpx.TransportError):
                shown = (await client.get(f"{TASKS}/{ticket.kept['task']}")).json()


def by_aiohttp(evolink: Evolink, directory: Path) -> None:
    """Run the client of aiohttp."""
    asyncio.run(with_aiohttp(evolink, Ticket(directory)))


def by_httpx(evolink: Evolink, directory: Path) -> None:
    """Run the client of httpx."""
    asyncio.run(with_httpx(evolink, Ticket(directory)))


@pytest.mark.parametrize("client", [by_requests, by_aiohttp, by_httpx])
def test_killed(client: Callable[[Evolink, Path], None]) -> None:
    """Each goes on with its task, and the request that it was killed before never came."""
    cells = ["create/killed-after", "create/killed-waiting", "pending/killed-after", "pending/killed-waiting"]
    proof = prove(client, cells=cells)
    assert [tried.reason for tried in proof.tried] == ["one charge and one result"] * 4, write_text(proof)
    assert not [tried for tried in proof.tried if "B8" in {found.rule for found in tried.findings}]


def test_nothing_is_sent_after_death() -> None:
    """A client that is killed when it has its key's credits asks for no task; the one that is started again does."""
    seen = list[int]()

    def look_first(evolink: Evolink, _: Path) -> None:
        seen.append(len(evolink.tasks))
        with requests.Session() as session:
            session.headers.update(headers(evolink))
            session.get(f"{evolink.url}/v1/credits", timeout=20)
            session.post(evolink.url + CREATE, json=BODY, timeout=20)

    (tried,) = prove(look_first, cells=["credits/killed-after"]).tried
    assert (tried.colour, tried.requests, seen) == ("green", 3, [0, 0, 0])
