"""Results: the links that a completed task shows, for as long as they hold.

A link needs no key. Its name is the signed and masked id of its task, so nothing has to be stored to find the task
again, and a name that was made up or changed leads nowhere (`core.ids`). For now every link shows one short clip.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mock_server.core.ids import task_of_result, universe_code
from mock_server.core.timeline import observe
from mock_server.core.types import HOUR, Status, Task
from mock_server.simulator import Simulator
from mock_server.universes import Universe

LINK_LIFETIME: Final = 24 * HOUR
"""How long a link holds after its task was completed (OP-LINK-24H)."""


class Results:
    """Answers a result link with its file: 404 if there is no such result, 403 once the link has expired."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def serve(self, request: Request) -> Response:
        """Serve one link."""
        found = await self._find(request)
        if found is None:
            return PlainTextResponse("Not found\n", 404)
        task, universe = found
        if universe.now() >= task.timeline.ends_at + LINK_LIFETIME:
            return PlainTextResponse("This link has expired\n", 403)
        return Response(
            placeholder(),
            media_type="video/mp4",
            headers={"x-mock-media": "placeholder", "cache-control": "private, max-age=86400"},
        )

    async def _find(self, request: Request) -> tuple[Task, Universe] | None:
        """Find the completed task that this very path belongs to."""
        name = task_of_result(request.path_params["name"], self._simulator.result_secret)
        universe = await self._universe(request.path_params["account"])
        if name is None or universe is None:
            return None
        task = await self._simulator.store.task(universe.name, name)
        if task is None or task.result != request.url.path:
            return None
        completed = observe(task.timeline, universe.now()).status is Status.COMPLETED
        return (task, universe) if completed else None

    async def _universe(self, account: str) -> Universe | None:
        code = account[: len(universe_code(""))]
        names = await self._simulator.store.universes()
        name = next((name for name in names if universe_code(name) == code), None)
        return None if name is None else await self._simulator.universes.open(name)


@lru_cache(maxsize=1)
def placeholder() -> bytes:
    """Return the packaged clip."""
    return files("mock_server").joinpath("assets", "placeholder.mp4").read_bytes()
