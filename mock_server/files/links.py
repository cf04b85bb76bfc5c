"""The links by which files are fetched, without a key, for as long as the file is there."""

from collections.abc import Mapping
from typing import Final

from starlette.types import Receive, Scope, Send

from mock_server.api.endpoint import send_answer, to_reply
from mock_server.core.files.errors import FileNotFound
from mock_server.core.files.file import StoredFile, code_of_file, disposition
from mock_server.files.endpoint import file_error_answer, planned_answer
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.links.downloads import Download, Found, answer_link
from mock_server.simulator import Simulator
from mock_server.store import Store
from mock_server.universes.universe import Universe

NOT_FOUND: Final = file_error_answer(FileNotFound())


class Links:
    """An ASGI app that answers a link with its file.

    By its account, folder and name it is to be seen; by its id it is to be saved. 404 if it is not there (any more).

    Args:
        simulator: Whose files they are.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one link."""
        exchange: Exchange = scope[EXCHANGE]
        exchange.operation = "download"
        exchange.keeps_answer = False
        parts: Mapping[str, str] = scope["path_params"]
        universe = await self._simulator.universes.of_code(code_of_link(parts))
        if universe is None:
            await send_answer(NOT_FOUND, scope, send)
            return
        universe.enter(exchange)
        file = await find_file(self._simulator.store, universe, parts)
        exchange.account = None if file is None else file.account
        script = await self._simulator.planning.find_script(universe, "download", task=None, account=exchange.account)
        exchange.faults = script.strikes

        async def find() -> Found:
            if script.answer is not None:
                return planned_answer(script.answer, wall=self._simulator.wall())
            return self._open(file, attached="file_id" in parts)

        await answer_link(scope, send, script, find, universe=universe, wall=self._simulator.wall)

    def _open(self, file: StoredFile | None, *, attached: bool) -> Found:
        """Open what is in a file, if it is there; nobody is to take it for something else than it is."""
        content = None if file is None else self._simulator.depot.open(file.digest)
        if file is None or content is None:
            return to_reply(NOT_FOUND)
        headers = (
            ("content-type", file.type),
            ("content-disposition", disposition(file, attached=attached)),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "private, no-cache"),
        )
        return Download(content=content, size=file.size, digest=file.digest, modified=file.created_at, headers=headers)


def code_of_link(parts: Mapping[str, str]) -> str:
    """Return what tells the universe of a link, by the parts of its path that the route names."""
    return code_of_file(parts["file_id"]) if "file_id" in parts else parts["account"]


async def find_file(store: Store, universe: Universe, parts: Mapping[str, str]) -> StoredFile | None:
    """Return the file that a link leads to, by the parts of its path; None if it is not there (any more)."""
    now = universe.now()
    if "file_id" in parts:
        return await store.file(universe.name, parts["file_id"], now=now)
    path, _, name = parts["place"].rpartition("/")
    return await store.file_at(parts["account"], path, name, now=now)
