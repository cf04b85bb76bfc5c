"""Callbacks: a receiver that believes nothing but that there is news of a task."""

import asyncio
import json
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LARGEST = 64 * 1024
PATIENCE = 5.0


class News:
    """Who waits for news of which task. Callbacks may come in on another thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: dict[str, asyncio.Event] = {}

    def expect(self, task_id: str) -> asyncio.Event:
        """Return what is set when there is news of a task."""
        return self._events.setdefault(task_id, asyncio.Event())

    def tell(self, task_id: object) -> bool:
        """Tell who waits; False if nobody knows the task."""
        event = self._events.get(task_id) if isinstance(task_id, str) else None
        if event is not None:
            self._loop.call_soon_threadsafe(event.set)
        return event is not None

    def receiver(self, path: str) -> Starlette:
        """Return the app that takes callbacks: it believes nothing but that there is news, and answers at once."""

        async def take(request: Request) -> Response:
            body = bytearray()
            try:
                async with asyncio.timeout(PATIENCE):
                    async for piece in request.stream():
                        body += piece
                        if len(body) > LARGEST:
                            return Response(status_code=413)
                told = json.loads(body)
            except (ValueError, TimeoutError):
                return Response(status_code=400)  # what cannot be read comes again
            return Response(status_code=204 if self.tell(told.get("id") if isinstance(told, dict) else None) else 404)

        return Starlette(routes=[Route(path, take, methods=["POST"])])


class Receiver(uvicorn.Server):
    """A server that leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serving(app: Starlette, port: int) -> AsyncIterator[None]:
    """Serve an app at a port, until the block ends."""
    server = Receiver(uvicorn.Config(app, host="0.0.0.0", port=port, log_level="warning", timeout_keep_alive=5))  # noqa: S104 - callbacks come from outside
    running = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await running
