"""A thousand universes at once do no harm, and leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from mock_server import app
from mock_server.assembly import assemble
from mock_server.settings import Settings
from mock_server.simulator import Simulator
from mock_server.store import SqliteStore
from tests.serving import CREATE, Wall, bearer, example
from tests.snapshots.programs import HOOK, ORIGIN

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MANY = 1_000
TABLES = ("account", "attempt", "bucket", "callback", "idempotency_key", "task", "universe")


class Opened:
    """A simulator with all that it is made of: what it keeps in memory, and what it has stored."""

    def __init__(self, simulator: Simulator, store: SqliteStore, client: httpx2.AsyncClient) -> None:
        self.simulator = simulator
        self.client = client
        self._store = store

    def stored(self) -> dict[str, int]:
        """Count the rows of each table."""
        run = self._store._connection.execute
        counts = {table: run(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608
        return {table: count for table, count in counts.items() if count}

    def remembered(self) -> dict[str, int]:
        """Count what is in memory for universes that are open, their journals, alarms and callbacks."""
        universes, callbacks = self.simulator.universes, self.simulator.callbacks
        counts = {
            "open": len(universes._open),
            "exchanges": len(universes._journals._order),
            "bytes": universes._journals.size,
            "alarms": len(callbacks._alarms._set) + len(callbacks._alarms._rang),
            "running": len(callbacks._running),
        }
        return {name: count for name, count in counts.items() if count}


@asynccontextmanager
async def opened(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    """Run a simulator that can be looked into."""
    made: list[Simulator] = []

    def assembled(*arguments: object, **options: object) -> Simulator:
        made.append(assemble(*arguments, **options))  # type: ignore[arg-type]
        return made[0]

    monkeypatch.setattr(app, "assemble", assembled)
    store = SqliteStore()
    asgi = app.create_app(Settings(speed=1.0, requests_per_minute=100_000), store=store, wall=Wall())
    async with (
        asgi.router.lifespan_context(asgi),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=asgi), base_url=ORIGIN) as client,
    ):
        yield Opened(made[0], store, client)


async def test_a_thousand_universes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is made by its first request; a reset leaves the universe alone, and a deletion nothing at all."""
    async with opened(monkeypatch) as server:
        body = example(callback_url=HOOK, prompt="A cat [mock: callback=early]")
        for number in range(MANY):
            headers = bearer(f"sk-mock-u{number}") | {"idempotency-key": "one"}
            answer = await server.client.post(CREATE, json=body, headers=headers)
            assert answer.status_code == 200
        listed = (await server.client.get("/_mock/universes")).json()["universes"]
        assert [(each["tasks"], each["accounts"], each["exchanges"]) for each in listed] == [(1, 1, 1)] * MANY
        assert server.stored() == dict.fromkeys(TABLES, MANY)
        assert server.remembered()["open"] == server.remembered()["exchanges"] == MANY
        await asyncio.gather(
            *(server.client.post("/_mock/reset", headers=bearer(f"sk-mock-u{number}")) for number in range(MANY))
        )
        assert server.stored() == {"universe": MANY}
        assert server.remembered() == {"open": MANY}
        await asyncio.gather(
            *(server.client.delete(f"/_mock/universes/u{number}") for number in range(MANY)),
        )
        assert server.stored() == server.remembered() == {}
