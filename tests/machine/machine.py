"""The API as a machine: what anybody can do in any order, and what must be so after each step.

The model is small: which way a task may go (`TRANSITIONS`), and that credits are neither made nor lost. All else is
judged in the end, by the rules on the record of all that happened.
"""

import base64
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from contracts.recording.lifecycle import TERMINAL
from tests.machine.hooks import WORDS
from tests.machine.universe import KEYS, Known, Universe
from tests.serving import CREATE, example

PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
VIDEOS: Final = ("https://a.example/1.mp4#t=3", "https://a.example/2.mp4#t=7.5")
FILES: Final = "/api/v1/files/"
INVALID: Final[tuple[dict[str, Any], ...]] = (
    {"model": None},
    {"model": "wan-0"},
    {"prompt": None},
    {"prompt": "x" * 1_501},
    {"video_urls": []},
    {"video_urls": ["ftp://example.com/a.mp4"]},
    {"video_urls": ["https://example.com/a.mp4"] * 4},
    {"duration": 1},
    {"duration": 11},
    {"quality": "4k"},
    {"aspect_ratio": "2:1"},
    {"generate_audio": "yes"},
    {"callback_url": "http://hooks.example.com/a"},
    {"callback_url": "https://127.0.0.1/a"},
)
"""Changes to the published request that make it one to be refused."""

bodies = st.fixed_dictionaries(
    {},
    optional={
        "duration": st.integers(2, 10),
        "quality": st.sampled_from(["720p", "1080p"]),
        "generate_audio": st.booleans(),
        "video_urls": st.lists(st.sampled_from(VIDEOS), min_size=1, max_size=3),
    },
)
keys = st.sampled_from(KEYS)


class Machine(Universe):
    """What two accounts do in one universe."""

    tasks = Bundle("tasks")
    files = Bundle("files")
    requests = Bundle("requests")

    @initialize()
    def open(self) -> None:
        """Begin with what each account opens with."""
        self.begin()
        for key in KEYS:
            self.check_money(key)

    @rule(target=tasks, key=keys, changes=bodies, hook=st.none() | st.sampled_from(WORDS))
    def create(self, key: str, changes: dict[str, Any], hook: str | None) -> Any:
        """A valid request makes a task, unless the credits do not last."""
        return self.post(key, {**example(**changes), **self.hook(hook)}, {})

    @rule(target=requests, key=keys, changes=bodies, word=st.sampled_from(["a", "b"]))
    def create_with_key(self, key: str, changes: dict[str, Any], word: str) -> Any:
        """A request with a new idempotency key can be repeated."""
        self.count += 1
        headers, body = {"idempotency-key": f"{word}-{self.count}"}, example(**changes)
        made = self.post(key, body, headers)
        return multiple() if made == multiple() else (key, body, headers, made)

    def post(self, key: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Ask for a task, and return its id."""
        before = self.left(key)
        answer = self.ask(key, "POST", CREATE, json=body, headers=headers)
        if answer.status == 402:
            return multiple()
        assert answer.status == 200, answer.response_body
        made = answer.answered
        assert made["status"] == "pending"
        assert made["id"] not in self.known
        assert made["usage"]["credits_reserved"] <= before
        self.known[made["id"]] = Known(key, "pending", made["usage"]["credits_reserved"])
        return made["id"]

    @rule(request=requests, other=st.booleans())
    def repeat(self, request: tuple[str, dict[str, Any], dict[str, str], str], *, other: bool) -> None:
        """The same request with the same key gives the same task; another request is refused."""
        key, body, headers, task = request
        sent = {**body, "prompt": "Another"} if other else body
        answer = self.ask(key, "POST", CREATE, json=sent, headers=headers)
        if other:
            assert answer.status in {409, 422}
        else:
            assert (answer.status, answer.answered["id"]) == (200, task)

    @rule(key=keys, changes=st.sampled_from(INVALID))
    def create_invalid(self, key: str, changes: dict[str, Any]) -> None:
        """A request that breaks a clause is refused."""
        assert self.ask(key, "POST", CREATE, json=example(**changes)).status == 400

    @rule(key=keys, task=tasks)
    def query(self, key: str, task: str) -> None:
        """Its owner reads a task; to others it is not there."""
        answer = self.ask(key, "GET", f"/v1/tasks/{task}")
        if self.known[task].key == key:
            assert answer.status == 200
            self.see(task, answer.answered)
        else:
            assert answer.status in {403, 404}

    @rule(key=keys, size=st.integers(1, 50), page=st.integers(1, 3))
    def list_tasks(self, key: str, size: int, page: int) -> None:
        """A list has the account's tasks and no others."""
        answer = self.ask(key, "GET", "/v1/tasks", params={"page": page, "page_size": size})
        shown = [row["id"] for row in answer.answered["data"]]
        own = [task for task, known in self.known.items() if known.key == key]
        assert set(shown) <= set(own)
        assert len(shown) == max(0, min(size, len(own) - size * (page - 1)))

    @rule(key=keys, chosen=st.lists(tasks, min_size=1, max_size=5, unique=True))
    def batch(self, key: str, chosen: list[str]) -> None:
        """A batch has those of the tasks that are the account's."""
        answer = self.ask(key, "POST", "/v1/tasks/batch", json={"task_ids": chosen})
        rows = {row["id"]: row for row in answer.answered["data"]}
        assert set(rows) == {task for task in chosen if self.known[task].key == key}
        for task, row in rows.items():
            self.see(task, row)

    @rule(key=keys)
    def check_money(self, key: str) -> None:
        """What is left, and what is held by tasks or was charged for them, is what there was."""
        for task, known in self.known.items():
            if known.key == key and known.status not in TERMINAL:
                self.see(task, self.ask(key, "GET", f"/v1/tasks/{task}").answered)
        shown = self.ask(key, "GET", "/v1/credits").answered["data"]["user"]["remaining_credits"]
        assert round(shown, 4) == round(self.left(key), 4), f"{shown} credits are left of {self.left(key)}"

    @rule(task=tasks, hand=st.sampled_from(["cancel", "finish", "fail"]))
    def steer(self, task: str, hand: str) -> None:
        """A task that has not ended can be ended by hand, and no other."""
        key = self.known[task].key
        with self.recorder.happening("hand"):
            status, told = self.control(f"tasks/{task}/{hand}", {})
        assert status in {200, 409}, told
        self.move(advance=0.001)
        self.see(task, self.ask(key, "GET", f"/v1/tasks/{task}").answered)
        assert self.known[task].status in TERMINAL, f"{task} goes on after {hand}"

    @rule(seconds=st.sampled_from([0.5, 1, 2, 5, 20, 60, 150]))
    def advance(self, seconds: float) -> None:
        """Time goes on, and callbacks come."""
        self.move(advance=seconds)

    @rule(number=st.integers(1, 4))
    def step(self, number: int) -> None:
        """Time goes on to the next events."""
        self.move(step=number)

    @precondition(lambda self: self.restarted < self.restarts)
    @rule()
    def restart(self) -> None:
        """Nothing is lost when the server is begun anew."""
        self.restarted += 1
        with self.recorder.happening("restart"):
            self.server.restart()

    @precondition(lambda self: self.at_once)
    @rule(task=tasks, seconds=st.sampled_from([0.5, 60, 150]))
    def poll_at_once(self, task: str, seconds: float) -> None:
        """Several look at a task while time goes on; none sees it go back."""
        key = self.known[task].key
        with ThreadPoolExecutor(4) as crowd:
            looks = [crowd.submit(self.ask, key, "GET", f"/v1/tasks/{task}") for _ in range(4)]
            self.move(advance=seconds)
            looks += [crowd.submit(self.ask, key, "GET", f"/v1/tasks/{task}") for _ in range(4)]
        assert {look.result().status for look in looks} == {200}
        self.see(task, self.ask(key, "GET", f"/v1/tasks/{task}").answered)

    @rule(target=files, key=keys)
    def upload(self, key: str) -> tuple[str, str]:
        """A file is stored."""
        self.count += 1
        body = {"base64_data": base64.b64encode(PICTURE).decode(), "file_name": f"{self.count}.png"}
        answer = self.ask(key, "POST", f"{FILES}upload/base64", json=body)
        assert answer.status == 200, answer.response_body
        file: str = answer.answered["data"]["file_id"]
        self.stored[key].add(file)
        return key, file

    @rule(key=keys)
    def list_files(self, key: str) -> None:
        """A list has the account's files and no others."""
        answer = self.ask(key, "GET", f"{FILES}list", params={"pageSize": 100})
        shown = {row["file_id"] for row in answer.answered["data"]["files"]}
        assert shown == self.stored[key], (shown, self.stored)

    @rule(file=consumes(files), key=keys)
    def delete(self, file: tuple[str, str], key: str) -> None:
        """A file can be deleted once, by whose it is."""
        owner, name = file
        assert (self.ask(key, "DELETE", f"{FILES}{name}").status == 200) == (key == owner)
        self.ask(owner, "DELETE", f"{FILES}{name}")
        assert self.ask(owner, "DELETE", f"{FILES}{name}").status == 404
        self.stored[owner].discard(name)

    @invariant()
    def is_counted(self) -> None:
        """Each step counts."""
        type(self).steps += 1

    def teardown(self) -> None:
        """Let all that is due come, and judge the whole record."""
        if sys.exception() is not None:
            return  # a step failed, and says more than what came of it
        if self.at_once and self.known:
            self.poll_at_once(next(reversed(self.known)), 60)
        for seconds in (200, 1, 2, 4, 120):
            self.move(advance=seconds)
        for key in KEYS:
            self.check_money(key)
        self.judge()
