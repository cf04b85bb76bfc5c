"""The real simulator, driven by programs, with a recorder beside it: a sound server, whatever is asked of it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

import httpx2

from contracts.drive.in_process import InProcess
from contracts.recording import GAVE_UP, Exchange, Listener, Recorder
from mock_server.app import create_app
from mock_server.client import Control, ControlError
from mock_server.core.types import SECOND
from mock_server.egress.answer import Answer
from mock_server.egress.egress import Egress, EgressTimeout
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.serving import CREATE, START, Wall, example

ORIGIN: Final = "https://api.evolink.ai"
HOOKS: Final = "https://hooks.example.com"
KEYS: Final = ("sk-first-account", "sk-other-account")
_REPLIES: Final[Mapping[str, int]] = {"good": 200, "created": 201, "moved": 302, "gone": 404, "broken": 500}


class Hearing(Egress):
    """In place of the network, a receiver that answers by the first word of the path, and notes what came."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__({})
        self._recorder = recorder

    async def post(self, url: str, body: Any, headers: Any) -> Answer:
        """Receive a callback, and answer it or keep its sender waiting."""
        begun, word = self._recorder.begin(), url.removeprefix(f"{HOOKS}/").partition("/")[0]
        facts = {"method": "POST", "url": url, "request_headers": tuple(headers), "request_body": body}
        if word == "silent":
            self._recorder.receive(begun, **facts, error=GAVE_UP)
            raise EgressTimeout("no answer within 10 s")
        answer = {"location": f"{HOOKS}/elsewhere"} if word == "moved" else {}
        self._recorder.receive(begun, **facts, status=_REPLIES[word], response_headers=tuple(answer.items()))
        return Answer(_REPLIES[word], 0)


class Simulator:
    """A simulator with a frozen clock, and what a checker does to it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self._folder = folder
        self._settings = Settings(**{"speed": 0, "videos": "packaged", "credits": 120, **settings})
        self._time = START / SECOND
        self._wall = Wall()
        self.recorder = Recorder(lambda: self._time, listeners=[Listener(origin=HOOKS)], pace=0)
        self.tasks: list[str] = []

    def __enter__(self) -> Self:
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def _serve(self) -> None:
        with ExitStack() as stack:
            store = SqliteStore(self._folder / "state")
            app = create_app(self._settings, store=store, wall=self._wall, egress=Hearing(self.recorder))
            running = stack.enter_context(InProcess(app))
            transport = running.httpx2_transport()
            self.client = stack.enter_context(httpx2.Client(transport=transport, base_url=ORIGIN))
            self.control = Control("http://127.0.0.1:8765", client=self.client)
            self._resources = stack.pop_all()

    def ask(self, method: str, path: str, *, key: str | None = KEYS[0], **options: Any) -> Exchange:
        """Call the API."""
        headers = {**options.pop("headers", {}), **({} if key is None else {"authorization": f"Bearer {key}"})}
        return self.recorder.call(self.client, method, path, headers=headers, **options)

    def create(self, *, key: str = KEYS[0], again: str | None = None, **changes: Any) -> Exchange:
        """Ask for a task."""
        headers = {} if again is None else {"idempotency-key": again}
        answer = self.ask("POST", CREATE, key=key, json=example(**{"callback_url": None, **changes}), headers=headers)
        if answer.succeeded:
            self.tasks.append(answer.answered["id"])
        return answer

    def together(self, *works: Callable[[], object]) -> None:
        """Do things at the same time."""
        with ThreadPoolExecutor(len(works)) as pool:
            for done in [pool.submit(work) for work in works]:
                done.result()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self.recorder.happening("clock"):
            self._time = self.control.change_clock(advance=seconds).now

    @contextmanager
    def by_hand(self) -> Iterator[Control]:
        """Do something past the API, if it can be done."""
        with self.recorder.happening("hand"), suppress(ControlError):
            yield self.control

    def restart(self) -> None:
        """Stop the simulator, and begin it anew on what it has written down."""
        with self.recorder.happening("restart"):
            self._resources.close()
            self._serve()
