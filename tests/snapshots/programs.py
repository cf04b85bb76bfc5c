"""Programs: what a client and its test do in one universe, step by step, and what came of each step."""

import gzip
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import httpx2
from hypothesis import strategies as st

from mock_server.app import create_app
from mock_server.core.ids import universe_code
from mock_server.egress.answer import Answer
from mock_server.settings import Settings
from mock_server.store import Store
from tests.serving import CREATE, KEY, START, Wall, bearer, example

ORIGIN: Final = "http://127.0.0.1:8765"
"""By which host every client here reaches its simulator: results carry it."""

BEGIN: Final = {"seed": "a failing run", "start": START / 1_000_000, "mode": "frozen"}
"""How each universe here begins."""

HOOK: Final = "https://hooks.example.com/done"
"""Where callbacks go."""

Step: TypeAlias = tuple[Any, ...]
"""What is done, and with what."""

Posted: TypeAlias = tuple[str, bytes, Mapping[str, str]]
"""A callback that came: its URL, body and headers."""

Record: TypeAlias = tuple[Any, tuple[tuple[str, str], ...], bytes]
"""What came of it: the status, the headers but for the date, and the body; of what a test did, what it was told."""

_DIRECTIVES: Final = (
    "",
    "[mock: fail=content_policy_violation at=60%]",
    "[mock: cancel at=95% callback=twice]",
    "[mock: callback=late:30]",
    "[mock: callback=early]",
    "[mock: callback=gzip]",
    "[mock: nonsense]",
)
_LISTS: Final[Sequence[dict[str, str]]] = ({}, {"status": "completed"}, {"page": "2", "page_size": "2"}, {"page": "0"})
_REFUSED: Final[Sequence[tuple[str, str, dict[str, Any]]]] = (
    ("GET", "/v1/nothing", {}),
    ("DELETE", "/v1/tasks", {}),
    ("GET", "/v1/credits", {"headers": {"authorization": "nothing"}}),
    ("GET", "/v1/credits", {"headers": bearer("sk-mock-rate-limited")}),
    ("GET", "/v1/models", {"headers": {"x-mock-plan": "answer 503 chance=50%"}}),
    ("POST", CREATE, {"content": b"{"}),
    ("POST", CREATE, {"json": {"model": "no-model"}}),
    ("POST", CREATE, {"json": example(), "headers": bearer("sk-mock-no-credit")}),
)
_CHANGES: Final[Sequence[tuple[str, str, dict[str, Any]]]] = (
    ("POST", "accounts", {"key": KEY, "credits": 30}),
    ("POST", "accounts", {"key": KEY, "group": "vip"}),
    ("PUT", "limits", {"requests_per_minute": 20}),
    ("PUT", "limits", {"slots": 1}),
    ("PUT", "limits", {}),
    ("POST", "plans", {"plans": "answer 503 chance=50% each=account"}),
    (
        "POST",
        "plans",
        {"plans": "answer 404 on=query nth=1-2 each=task; task progress=text; reads behind=30 nth=2n each=task"},
    ),
    (
        "POST",
        "plans",
        {"plans": "limit requests=5; callback twice on=create nth=2n; body set.extra=1 on=query chance=50%"},
    ),
    ("POST", "plans", {"plans": "answer 500 on=create task=3+"}),
)

STEPS: Final[st.SearchStrategy[Step]] = st.one_of(
    st.tuples(
        st.just("create"),
        st.sampled_from(_DIRECTIVES),
        st.sampled_from((None, None, "one", "two")),
        st.sampled_from((None, HOOK)),
    ),
    st.tuples(st.just("query"), st.integers(0, 9)),
    st.tuples(st.just("result"), st.integers(0, 9)),
    st.tuples(st.just("batch"), st.lists(st.integers(0, 9), min_size=1, max_size=3)),
    st.tuples(st.just("list"), st.sampled_from(_LISTS)),
    st.tuples(st.just("get"), st.sampled_from(("/v1/credits", "/v1/models"))),
    st.tuples(st.just("refused"), st.sampled_from(_REFUSED)),
    st.tuples(st.just("advance"), st.sampled_from((0.000001, 0.4, 1, 30, 90, 200, 90_000))),
    st.tuples(st.just("change"), st.sampled_from(_CHANGES)),
    st.tuples(st.just("redeliver"), st.integers(0, 9)),
    st.tuples(st.just("steer"), st.sampled_from(("cancel", "hold", "release", "finish")), st.integers(0, 9)),
)
"""Any one step."""

PROGRAMS: Final = st.lists(STEPS, max_size=14)
"""Any short program."""


class Mailbox:
    """Takes callbacks in place of the way out, and answers each by what it says, so that a retry is answered alike."""

    def __init__(self) -> None:
        self._posted: list[Posted] = []

    def leads_to(self, url: str) -> bool:  # noqa: ARG002
        """Tell that what is referred to cannot be fetched."""
        return False

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Take one, and refuse about every other."""
        self._posted.append((url, body, headers))
        return Answer(503 if len(unpacked(body)) % 2 else 204, 0)

    def empty(self) -> list[Posted]:
        """Take out what has come."""
        posted, self._posted = self._posted, []
        return posted


def unpacked(body: bytes) -> bytes:
    """Return what a body says that may be compressed."""
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


class RecordedUniverse:
    """One universe of a simulator, as a client that records everything and the test around it use it.

    Args:
        client: Reaches the simulator.
        name: Of the universe.
    """

    def __init__(self, client: httpx2.AsyncClient, name: str = "blue") -> None:
        self.client = client
        self.name = name
        self.tasks: list[str] = []
        self.results: list[str] = []
        self._headers = bearer() | {"x-mock-universe": name}

    async def begin(self, **facts: Any) -> None:
        """Begin the universe anew, as every universe here begins."""
        await self.control("reset", {**BEGIN, **facts})

    def called(self, name: str) -> "RecordedUniverse":
        """Return the same universe as it is under another name."""
        universe, codes = RecordedUniverse(self.client, name), (universe_code(self.name), universe_code(name))
        universe.tasks, universe.results = list(self.tasks), [path.replace(*codes) for path in self.results]
        return universe

    def follow(self, other: "RecordedUniverse") -> "RecordedUniverse":
        """Know what another universe's client knows."""
        self.tasks, self.results = list(other.tasks), list(other.results)
        return self

    async def run(self, program: Iterable[Step]) -> list[Record]:
        """Do a program, and return what came of it."""
        return [await self.do(*step) for step in program]

    async def do(self, kind: str, *how: Any) -> Record:
        """Do one step."""
        if kind in {"advance", "change", "redeliver", "steer"}:
            return await getattr(self, f"_{kind}")(*how), (), b""
        if kind == "refused":
            method, path, content = how[0]
        else:
            method, path, content = getattr(self, f"_{kind}")(*how)
        answer = await self.send(method, path, **content)
        self._learn(answer)
        headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "date"))
        return answer.status_code, headers, answer.content

    async def send(self, method: str, path: str, *, headers: Any = None, **content: Any) -> httpx2.Response:
        """Send a request into the universe."""
        return await self.client.request(method, path, headers=self._headers | (headers or {}), **content)

    async def control(self, path: str, change: object) -> Any:
        """Change something by the control API."""
        answer = await self.send("POST", f"/_mock/{path}", json=change)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def show(self, path: str, **query: str) -> Any:
        """Look at something by the control API."""
        answer = await self.send("GET", f"/_mock/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def snapshot(self, *, secrets: bool = True) -> bytes:
        """Take a snapshot, as bytes."""
        answer = await self.send("GET", "/_mock/snapshot", params={"secrets": str(secrets).lower()})
        assert answer.status_code == 200, answer.text
        return answer.content

    async def restore(self, document: bytes) -> Any:
        """Restore a snapshot here."""
        answer = await self.send("PUT", "/_mock/snapshot", content=document)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def facts(self) -> dict[str, Any]:
        """Return a snapshot without the record of what led there."""
        document: dict[str, Any] = httpx2.Response(200, content=await self.snapshot()).json()
        return {**document, "journal": []}

    async def _advance(self, seconds: float) -> Any:
        return await self.control("clock", {"advance": seconds})

    async def _change(self, change: tuple[str, str, dict[str, Any]]) -> Any:
        method, path, wanted = change
        answer = await self.send(method, f"/_mock/{path}", json=wanted)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _redeliver(self, which: int) -> Any:
        sent = (await self.show("callbacks"))["callbacks"]
        path = f"callbacks/{sent[which % len(sent)]['id']}/redeliver" if sent else "clock"
        return (await self.control(path, {} if sent else {"advance": 0}))["callbacks"]

    async def _steer(self, verb: str, which: int) -> Any:
        answer = await self.send("POST", f"/_mock/tasks/{self._task(which)}/{verb}")
        return answer.status_code, answer.json()

    def _create(self, directive: str, key: str | None, hook: str | None) -> tuple[str, str, dict[str, Any]]:
        body = example(prompt=f"A cat dances. {directive}", callback_url=hook)
        return "POST", CREATE, {"json": body, "headers": {} if key is None else {"idempotency-key": key}}

    def _query(self, which: int) -> tuple[str, str, dict[str, Any]]:
        return "GET", f"/v1/tasks/{self._task(which)}", {}

    def _result(self, which: int) -> tuple[str, str, dict[str, Any]]:
        return "GET", self.results[which % len(self.results)] if self.results else "/A/videos/2025/09/06/x.mp4", {}

    def _batch(self, which: Sequence[int]) -> tuple[str, str, dict[str, Any]]:
        return "POST", "/v1/tasks/batch", {"json": {"task_ids": [self._task(each) for each in which]}}

    def _list(self, query: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
        return "GET", "/v1/tasks", {"params": query}

    def _get(self, path: str) -> tuple[str, str, dict[str, Any]]:
        return "GET", path, {}

    def _task(self, which: int) -> str:
        return self.tasks[which % len(self.tasks)] if self.tasks else "task-unified-1757169743-nobody00"

    def _learn(self, answer: httpx2.Response) -> None:
        """Note the ids of new tasks and the paths of results."""
        if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
            body = answer.json()
            if answer.request.url.path == CREATE:
                self.tasks.append(body["id"])
            self.results += [link.removeprefix(ORIGIN) for link in body.get("results", ())]


@asynccontextmanager
async def simulated(
    *, store: Store | None = None, wall: Wall | None = None, **settings: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """Run a simulator in this process, and yield a client of it."""
    app = create_app(Settings(**settings), store=store, wall=wall or Wall())
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ORIGIN) as client,
    ):
        yield client
