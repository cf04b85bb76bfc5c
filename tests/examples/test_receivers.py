"""The receivers of examples/receivers, each as a process of its own, before a stub of the API."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from tests.running import clean, wait_until

pytestmark = [pytest.mark.clauses("CB-SUCCESS", "CB-BODY"), pytest.mark.uncounted]

EXAMPLES = Path(__file__).parents[2] / "examples" / "receivers"
KEY = "sk-receivers"
PATIENCE = 30
"""Seconds that only a failing test waits."""

UVICORN = (sys.executable, "-m", "uvicorn", "--port", "0", "--no-access-log", "--app-dir", str(EXAMPLES))
COMMANDS = {
    "starlette": (*UVICORN, "starlette_app:app"),
    "fastapi": (*UVICORN, "fastapi_app:app"),
    "node": ("node", str(EXAMPLES / "node_receiver.mjs")),
}


class Api(ThreadingHTTPServer):
    """A stub of the API: it knows some tasks, and says how they stand to who has the key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tasks: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.changed = threading.Condition()
        self._numbers = count()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, status: str, **more: Any) -> dict[str, Any]:
        """Add a task, and return it as the API tells of it and as a callback brings it."""
        task_id = self.make_up()
        self.tasks[task_id] = {"id": task_id, "status": status, "object": "video.generation.task", **more}
        return self.tasks[task_id]

    def make_up(self) -> str:
        """Return the id of a task that does not exist."""
        return f"task-unified-1757169743-{next(self._numbers):08d}"

    def wait_for(self, task_id: str, times: int = 1) -> None:
        """Wait until it has been asked for a task so often."""
        with self.changed:
            asked = self.changed.wait_for(lambda: self.asked.count(task_id) >= times, PATIENCE)
        assert asked, f"{task_id} was asked for {self.asked.count(task_id)} times"


class Handler(BaseHTTPRequestHandler):
    """Answers for `Api`."""

    server: Api

    def do_GET(self) -> None:
        """Answer with a task, as soon as the API is open."""
        assert self.headers["authorization"] == f"Bearer {KEY}"
        task_id = self.path.removeprefix("/v1/tasks/")
        with self.server.changed:
            self.server.asked.append(task_id)
            self.server.changed.notify_all()
        assert self.server.open.wait(PATIENCE)
        task = self.server.tasks.get(task_id)
        body = json.dumps(task or {"error": {"code": "task_not_found"}}).encode()
        self.send_response(200 if task else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Running:
    """A receiver that runs: what it is sent, and the lines that it prints when it acts."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.client = httpx2.Client(base_url=url, trust_env=False, timeout=PATIENCE)
        self.lines: list[str] = []
        self._process = process
        self._printed = threading.Condition()
        self._reader = threading.Thread(target=self._read)

    def send(self, callback: object) -> int:
        """Deliver a callback, and return the status of the answer."""
        return self.client.post("/evolink", json=callback).status_code

    def wait_for(self, task_id: str) -> str:
        """Wait until it has acted on a task, and return what it did."""
        with self._printed:
            assert self._printed.wait_for(lambda: self.acts(task_id), PATIENCE), f"{task_id} not among {self.lines}"
            return self.acts(task_id)[0]

    def acts(self, task_id: str) -> list[str]:
        """Return what it did about a task so far."""
        return [line for line in self.lines if line.startswith(f"{task_id} ")]

    def __enter__(self) -> Self:
        """Read what it prints."""
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.client.close()
        self._process.terminate()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._printed:
                self.lines.append(line.rstrip("\n"))
                self._printed.notify_all()


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The stub of the API."""
    with Api() as api:
        thread = threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield api
        api.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=list(COMMANDS))
def receiver(request: pytest.FixtureRequest, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Each of the receivers, with nothing handled yet."""
    command = COMMANDS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    with started(command, api, tmp_path_factory.mktemp("receiver")) as running:
        yield running


@contextmanager
def started(command: tuple[str, ...], api: Api, folder: Path) -> Iterator[Running]:
    """Start a receiver in a folder, on a free port."""
    told = folder / "stderr"
    environment = clean({"PORT": "0", "EVOLINK_BASE_URL": api.url, "EVOLINK_API_KEY": KEY})
    with (
        told.open("w") as errors,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            wait_until(lambda: address(told) is not None or process.poll() is not None, "the receiver listens")
            url = address(told)
            assert url is not None, told.read_text()
            with Running(url, process) as running:
                yield running
        finally:
            process.terminate()


def address(told: Path) -> str | None:
    """Return the URL that a receiver has told of, if it has."""
    found = re.search(r"http://127\.0\.0\.1:\d+", told.read_text())
    return None if found is None else found[0]


def test_a_genuine_callback_has_its_effect(receiver: Running, api: Api) -> None:
    """A task that ended is acted on, whatever way it ended."""
    done = api.add("completed", progress=100, results=["https://files.example.com/a.mp4"])
    failed = api.add("failed", error={"code": "content_policy_violation", "message": "no"})
    cancelled = api.add("cancelled")
    assert [receiver.send(task) for task in (done, failed, cancelled)] == [204] * 3
    assert receiver.wait_for(done["id"]) == f"{done['id']} completed https://files.example.com/a.mp4"
    assert receiver.wait_for(failed["id"]) == f"{failed['id']} failed"
    assert receiver.wait_for(cancelled["id"]) == f"{cancelled['id']} cancelled"


def test_the_answer_comes_before_the_work(receiver: Running, api: Api) -> None:
    """The callback is answered while the API still thinks about the question."""
    task = api.add("completed")
    api.open.clear()
    try:
        assert receiver.send(task) == 204
        api.wait_for(task["id"])
        assert receiver.acts(task["id"]) == []
    finally:
        api.open.set()
    receiver.wait_for(task["id"])


def test_a_repeated_callback_has_one_effect(receiver: Running, api: Api) -> None:
    """Twenty deliveries of one callback, many of them at once, are all answered with success and acted on once."""
    task = api.add("completed")
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(receiver.send, [task] * 20)) == {204}
    api.wait_for(task["id"], 20)
    receiver.wait_for(task["id"])
    settle(receiver, api)
    assert receiver.acts(task["id"]) == [f"{task['id']} completed"]


def test_a_forged_callback_has_no_effect(receiver: Running, api: Api) -> None:
    """What somebody made up about a task of nobody, or about one that has not ended, is not believed."""
    made_up = api.make_up()
    running = api.add("processing", progress=40)
    for task_id in (made_up, running["id"]):
        assert receiver.send({"id": task_id, "status": "completed", "results": ["https://evil.example/x"]}) == 204
        api.wait_for(task_id)
    settle(receiver, api)
    assert receiver.acts(made_up) == receiver.acts(running["id"]) == []


def test_what_a_forged_callback_says_is_not_used(receiver: Running, api: Api) -> None:
    """For a task that has ended, what counts is what the API says of it."""
    task = api.add("completed", results=["https://files.example.com/a.mp4"])
    assert receiver.send({"id": task["id"], "status": "failed", "results": ["https://evil.example/x"]}) == 204
    assert receiver.wait_for(task["id"]) == f"{task['id']} completed https://files.example.com/a.mp4"


def test_a_task_that_ends_later_has_its_effect_then(receiver: Running, api: Api) -> None:
    """A forged callback that came too early does not use up the genuine one."""
    task = api.add("processing")
    receiver.send({**task, "status": "completed"})
    api.wait_for(task["id"])
    settle(receiver, api)
    task["status"] = "completed"
    receiver.send(task)
    assert receiver.wait_for(task["id"]) == f"{task['id']} completed"


def test_what_is_new_is_passed_over(receiver: Running, api: Api) -> None:
    """Fields that nobody knows yet do no harm, and a status that nobody knows yet is not acted on."""
    task = api.add("completed", later={"field": [1, None]}, results=None)
    other = api.add("archived")
    assert receiver.send({**task, "x": {"y": "ü"}}) == receiver.send(other) == 204
    api.wait_for(other["id"])
    receiver.wait_for(task["id"])
    settle(receiver, api)
    assert receiver.acts(other["id"]) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"null",
        b'"task-unified-1757169743-00000000"',
        b"{}",
        b'{"id": 5}',
        b'{"id": "../credits"}',
        b'{"id": "task-unified-1757169743-00000000/../../credits"}',
        b'{"id": "task-unified-1757169743-00000000\\n"}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_callback_is_refused(receiver: Running, api: Api, body: bytes) -> None:
    """It is answered with a 4xx, and the API is not asked for anything."""
    asked = len(api.asked)
    answer = receiver.client.post("/evolink", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert len(api.asked) == asked


def settle(receiver: Running, api: Api) -> None:
    """Let what was sent before have its effect, if it has one: some callbacks that come later have theirs."""
    for _ in range(3):
        task = api.add("completed")
        receiver.send(task)
        receiver.wait_for(task["id"])
