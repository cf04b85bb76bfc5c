"""The links by which files are fetched, without a key, for as long as the file is there."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from mock_server.core.errors import MethodNotAllowed
from mock_server.core.file_errors import FileNotFound
from mock_server.core.files import StoredFile, code_of_file, disposition
from mock_server.core.plans import FAITHFUL, Reply
from mock_server.endpoint import Answer, send_answer, to_reply
from mock_server.files.bodies import PORTION
from mock_server.files.endpoint import file_error_answer, planned_answer
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.simulator import Simulator
from mock_server.universe import Universe
from mock_server.wire import Wire

METHODS: Final = ("GET", "HEAD")
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
        """Serve one link.

        Raises:
            HTTPException: Links have no other method than GET and HEAD.
        """
        if scope["method"] not in METHODS:
            raise HTTPException(MethodNotAllowed.status, headers={"Allow": ", ".join(METHODS)})
        exchange: Exchange = scope[EXCHANGE]
        exchange.operation = "download"
        exchange.keeps_answer = False
        parts: Mapping[str, str] = scope["path_params"]
        code = code_of_file(parts["file_id"]) if "file_id" in parts else parts["account"]
        universe = await self._simulator.universes.of_code(code)
        if universe is None:
            await send_answer(NOT_FOUND, scope, send)
            return
        universe.enter(exchange)
        file = await self._find(universe, parts)
        exchange.account = None if file is None else file.account
        content = None if file is None else self._simulator.depot.open(file.digest)
        if content is None or file is None:
            await self._answer(universe, scope, send, NOT_FOUND)
            return
        with content:
            await self._answer(universe, scope, send, Found(file, content, attached="file_id" in parts))

    async def _find(self, universe: Universe, parts: Mapping[str, str]) -> StoredFile | None:
        now, store = universe.now(), self._simulator.store
        if "file_id" in parts:
            return await store.file(universe.name, parts["file_id"], now=now)
        path, _, name = parts["place"].rpartition("/")
        return await store.file_at(parts["account"], path, name, now=now)

    async def _answer(self, universe: Universe, scope: Scope, send: Send, truth: "Answer | Found") -> None:
        """Answer with the truth, or as a plan has it."""
        exchange: Exchange = scope[EXCHANGE]
        script = await self._simulator.planning.find_plain_script(
            universe, "download", task=None, account=exchange.account
        )
        exchange.faults = script.strikes
        if script is FAITHFUL:
            await (send_answer(truth, scope, send) if isinstance(truth, Answer) else truth.send(scope, send))
            return
        wire = Wire(scope, send)

        async def make() -> Reply:
            wall = self._simulator.wall()
            reply = to_reply(truth) if isinstance(truth, Answer) else truth.reply()
            if script.answer is not None:
                reply = planned_answer(script.answer, wall=wall)
            return wire.change(reply, script, wall=wall)

        await wire.perform(script, make)


class Found(msgspec.Struct, frozen=True):
    """A file that a link leads to, and what is in it."""

    file: StoredFile
    content: Any
    attached: bool

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return what is said of it: nobody is to take it for something else than it is."""
        return (
            ("content-type", self.file.type),
            ("content-disposition", disposition(self.file, attached=self.attached)),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "private, no-cache"),
        )

    def reply(self) -> Reply:
        """Return it as plans can change it: as a whole."""
        return Reply(200, self.headers(), self.content.read())

    async def send(self, scope: Scope, send: Send) -> None:
        """Send it piece by piece; to HEAD, the head alone."""
        headers = [(name.encode(), value.encode()) for name, value in self.headers()]
        headers.append((b"content-length", b"%d" % self.file.size))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] != "HEAD":
            for piece in _pieces(self.content):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    while piece := content.read(PORTION):
        yield piece
