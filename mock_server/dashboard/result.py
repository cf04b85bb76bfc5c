"""The result of a task for the dashboard to play: the same file as its link has, but nobody's request.

So looking at a result leaves no exchange in the journal, and no plan strikes or is used up by it.
"""

from starlette.types import Receive, Scope, Send

from mock_server.api.endpoint import error_answer, send_answer
from mock_server.control.access import check_access
from mock_server.core.errors import ApiError, NotFound
from mock_server.core.keys import read_universe
from mock_server.core.plans import FAITHFUL
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import Status, Task
from mock_server.links.downloads import Found, answer_link
from mock_server.links.videos import open_video
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe


class Result:
    """An ASGI app that answers with the file of a task that is completed. The path names the universe and the task.

    Args:
        simulator: Whose tasks they are.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            check_access(scope["method"], dict(scope["headers"]), self._simulator)
            universe, task = await self._find(scope)
        except ApiError as error:
            await send_answer(error_answer(error), scope, send)
            return

        async def find() -> Found:
            return await open_video(self._simulator, task)

        await answer_link(scope, send, FAITHFUL, find, universe=universe, wall=self._simulator.wall)

    async def _find(self, scope: Scope) -> tuple[Universe, Task]:
        named, name = scope["path_params"]["universe"], scope["path_params"]["task"]
        universe = await self._simulator.universes.find(read_universe(None, named))
        task = None if universe is None else await self._simulator.store.task(universe.name, name)
        if universe is None or task is None or observe(task.timeline, universe.now()).status is not Status.COMPLETED:
            raise NotFound("no task of this name that is completed")
        return universe, task
