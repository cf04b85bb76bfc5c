"""The servers that are compared: a bare Starlette route, and the simulator, empty or filled with tasks.

As a program: `python -m benchmarks.servers bare`, or `... simulator NUMBER_OF_TASKS [JOURNAL_BYTES]`. It prints a line
of JSON once it answers: the port, and ids of tasks that can be queried.
"""

import asyncio
import json
import random
import sys
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mock_server.app import create_app
from mock_server.core.ids import CountedDice, account_id, result_name, task_id
from mock_server.core.tasks.billing import make_bill
from mock_server.core.tasks.timeline import plan_timeline
from mock_server.core.types import Task
from mock_server.core.views import result_path
from mock_server.http.listening import listen
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.models.layers import bundled_models
from mock_server.serving.access_log import AccessLog
from mock_server.serving.server import Server, configured, quieten_collector
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from mock_server.universes.clock import wall_clock
from tests.bodies import PENDING

KEY: Final = "sk-bench"
OTHER_ACCOUNTS: Final = 100
SHOWN_IDS: Final = 5_000
JOURNAL: Final = "/_mock/benchmark"
"""Where a simulator tells what its journal holds."""


def bare_app() -> Starlette:
    """Return an app of two routes that answer a constant as JSON, one of them after reading JSON."""

    async def read(_request: Request) -> JSONResponse:
        return JSONResponse(PENDING)

    async def create(request: Request) -> JSONResponse:
        await request.json()
        return JSONResponse(PENDING)

    return Starlette(
        routes=[
            Route("/v1/videos/generations", create, methods=["POST"]),
            Route("/constant", read, methods=["GET", "POST"]),
            Route("/v1/tasks/{task_id}", read),
        ]
    )


async def filled_store(number: int) -> tuple[SqliteStore, list[str]]:
    """Return a store in memory with so many tasks, a tenth of them the benchmark's own; and some of its ids."""
    store, own = SqliteStore(), []
    model = next(iter(bundled_models().values()))
    request: dict[str, Any] = {
        "model": model.id,
        "prompt": "A person dancing",
        "video_urls": ["https://example.com/a.mp4"],
    }
    bill = make_bill(model.price, request)
    text = json.dumps(request).encode()
    accounts = [account_id("default", KEY), *(account_id("default", f"sk-{n}") for n in range(OTHER_ACCOUNTS))]
    now = wall_clock()
    for count in range(number):
        dice = CountedDice(b"bench", "default", count)
        at = now - (number - count) * 1_000
        name = task_id(at, dice)
        timeline = plan_timeline(model.timing, now=at, dice=dice)
        account = accounts[0] if count % 10 == 0 else accounts[1 + count % OTHER_ACCOUNTS]
        path = result_path(account, model.folder, result_name(name, b"secret"), model.suffix, timeline.ends_at)
        facts = (name, "default", account, "default", model.id, model.object, model.type, timeline, bill, text, path)
        task = Task(*facts, origin="http://127.0.0.1")
        await store.create_task(task, opening=10**15)
        if account == accounts[0]:
            own.append(name)
    return store, random.Random(1).sample(own, min(len(own), SHOWN_IDS))  # noqa: S311 - the same ids in every run


def run(app: Starlette, said: dict[str, object]) -> None:
    """Serve on a free port, and say so together with what else there is to say."""
    listening = listen("127.0.0.1", 0)

    def ready() -> None:
        print(json.dumps({"port": listening.getsockname()[1], **said}), flush=True)

    quieten_collector()
    Server(configured(app), ready=ready, dismiss=app.state.universes.dismiss).run(sockets=[listening])


class Watch:
    """What goes by: it is logged, and the journal that it went into is remembered."""

    def __init__(self) -> None:
        self._log = AccessLog(sys.stderr.write)
        self._journal: Journal | None = None

    def add(self, exchange: Exchange) -> None:
        """Take an exchange that has ended."""
        if isinstance(exchange.journal, Journal):
            self._journal = exchange.journal
        self._log.add(exchange)

    async def show(self, _request: Request) -> JSONResponse:
        """Tell what the journal holds: the number of the last exchange, how many there are, and their bytes."""
        journal = self._journal
        shown = (0, 0, 0) if journal is None else (journal.last, len(journal), journal.size)
        return JSONResponse(dict(zip(("last", "entries", "bytes"), shown, strict=True)))


def main(arguments: list[str]) -> None:
    """Serve what is asked for until stopped."""
    if arguments[0] == "bare":
        run(bare_app(), {})
        return
    store, ids = asyncio.run(filled_store(int(arguments[1])))
    bound = int(arguments[2]) if arguments[2:] else Settings().journal_bytes
    watch = Watch()
    app = create_app(Settings(credits=1e9, journal_bytes=bound), store=store, finished=watch.add)
    app.router.routes.append(Route(JOURNAL, watch.show))
    run(app, {"ids": ids})


if __name__ == "__main__":
    main(sys.argv[1:])
