"""Results: the links that a completed task shows, for as long as they hold.

A link needs no key. Its name is the signed and masked id of its task, so nothing has to be stored to find the task
again, and a name that was made up or changed leads nowhere (`core.ids`). What a link shows: `videos`.
"""

from typing import Final

import msgspec
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.core.ids import task_of_result
from mock_server.core.plans import FAITHFUL, Reply, Script, follow_links, render_answer, unpack
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import HOUR, Status, Task
from mock_server.core.views import result_paths
from mock_server.http.wire import Wire
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.links.downloads import Found, answer_link
from mock_server.links.videos import open_video
from mock_server.simulator import Simulator
from mock_server.store import Store
from mock_server.universes.universe import Universe

LINK_LIFETIME: Final = 24 * HOUR
"""How long a link holds after its task was completed (OP-LINK-24H)."""


def result_routes(simulator: Simulator) -> list[Route]:
    """Return the route of the links to results; a file's link may look like one, and comes first."""
    return [Route("/{account}/{folder}/{year}/{month}/{day}/{name}.{suffix}", Results(simulator), methods=["GET"])]


class Results:
    """An ASGI app that answers a result link with its file: 404 if there is no such result, 403 once it has expired.

    Args:
        simulator: Whose tasks they are.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one link."""
        exchange: Exchange = scope[EXCHANGE]
        exchange.operation = "result"
        universe = await self._simulator.universes.of_code(scope["path_params"]["account"])
        if universe is None:
            await Wire(scope, send).put(NOT_FOUND, FAITHFUL)
            return
        universe.enter(exchange)
        task = await find_result(self._simulator.store, universe, scope["path"])
        script = await self._script(universe, task, scope["path"])
        exchange.faults = script.strikes
        exchange.task = None if task is None else task.id

        async def find() -> Found:
            if script.answer is not None:
                return render_answer(script.answer, {}, wall=self._simulator.wall())
            return await self._open(universe, task, scope["path"])

        await answer_link(scope, send, script, find, universe=universe, wall=self._simulator.wall)

    async def _open(self, universe: Universe, task: Task | None, path: str) -> Found:
        """Open what a task shows, for as long as it does."""
        if task is None:
            return NOT_FOUND
        if universe.now() >= task.timeline.ends_at + LINK_LIFETIME:
            return EXPIRED
        return await open_video(self._simulator, task, number=result_paths(task).index(path) + 1)

    async def _script(self, universe: Universe, task: Task | None, path: str) -> Script:
        """Return what is done with the request: what is planned for it, and for the link of its task."""
        name, account = (None, None) if task is None else (task.id, task.account)
        script = await self._simulator.planning.find_script(universe, "result", task=name, account=account)
        if task is None or not task.plans:
            return script
        for plan in unpack(task.plans):
            ended_at = task.timeline.ends_at
            followed = follow_links(script, (plan,), path=path, ended_at=ended_at, now=universe.now())
            if followed != script:
                script = msgspec.structs.replace(followed, strikes=(*script.strikes, plan.label))
        return script


async def find_result(store: Store, universe: Universe, path: str) -> Task | None:
    """Return the completed task that this very path belongs to, whether or not its link still holds; or None."""
    named = path.rpartition("/")[2].partition(".")[0].partition("-")[0]
    name = task_of_result(named, universe.result_secret)
    task = None if name is None else await store.task(universe.name, name)
    if task is None or path not in result_paths(task):
        return None
    return task if observe(task.timeline, universe.now()).status is Status.COMPLETED else None


_TEXT: Final = (("content-type", "text/plain; charset=utf-8"),)
NOT_FOUND: Final = Reply(404, _TEXT, b"Not found\n")
EXPIRED: Final = Reply(403, _TEXT, b"This link has expired\n")
