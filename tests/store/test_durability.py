"""What a state file promises: what was answered is there again, however its process came to an end."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random
from typing import IO

import msgspec
import pytest

from mock_server.core.idempotency import Claim, claim
from mock_server.core.limits.ratelimit import Limit
from mock_server.core.tasks.billing import balance
from mock_server.core.tasks.steering import cancel
from mock_server.core.types import SECOND, Balance, Task
from mock_server.store import SqliteStore
from mock_server.store.protocol import Accepted, TaskFilter
from mock_server.store.records import UniverseRecord

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MakeTask = Callable[..., Task]
Pairs = list[tuple[Task, Claim]]
PROGRAM = Path(__file__).with_name("create_tasks.py")
PRICE = 238_000
NOW = 1_000 * SECOND
LATER = 10_000 * SECOND


def start(path: Path, opening: int) -> "subprocess.Popen[bytes]":
    """Start a process that waits for tasks to create in the state file."""
    command = [sys.executable, str(PROGRAM), str(path), str(opening)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def feed(process: "subprocess.Popen[bytes]", pairs: Pairs) -> IO[bytes]:
    """Tell a waiting process its tasks, and return what it will say."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(msgspec.msgpack.encode(pairs))
    process.stdin.close()
    return process.stdout


def kill_after(process: "subprocess.Popen[bytes]", answers: IO[bytes], count: int) -> set[str]:
    """Kill a process once it has accepted so many tasks; return the ids of all that it had time to accept."""
    heard = [answers.readline() for _ in range(count)]
    process.kill()
    heard += answers.readlines()
    answers.close()
    process.wait()
    return {line.decode().strip() for line in heard}


def make_pairs(make_task: MakeTask, numbers: Iterable[int], account: str = "ACCOUNT") -> Pairs:
    """Make tasks with a key and a callback each."""
    return [
        (
            make_task(number, account=account, callback_url="https://hooks.example.com/x"),
            claim(f"key-{number}", {"number": number}),
        )
        for number in numbers
    ]


def check_integrity(path: Path) -> None:
    """Have SQLite go through the whole file."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


async def stored_ids(store: SqliteStore, pairs: Pairs) -> set[str]:
    """Return the ids of the tasks that the store holds, every one as it was sent."""
    sent = {task.id: task for task, _ in pairs}
    page = await store.list_tasks("ACCOUNT", TaskFilter(page_size=10**6), now=LATER, since=0)
    assert all(task == sent[task.id] for task in page.tasks)
    for now in (NOW, LATER):
        assert await store.balance("ACCOUNT", opening=0, now=now) == balance(10**12, page.tasks, now)
    return {task.id for task in page.tasks}


async def check_keys(store: SqliteStore, pairs: Pairs, stored: set[str]) -> None:
    """Ask for each stored task again with its key: it must come back, and nothing new."""
    for task, key in pairs:
        if task.id in stored:
            again = msgspec.structs.replace(task, id="task-unified-0000000000-again")
            assert await store.create_task(again, opening=0, claim=key) == Accepted(task, replayed=True)


@pytest.mark.clauses("OP-ASYNC", "IDEM-REPLAY")
@pytest.mark.parametrize("seed", range(4))
async def test_what_was_answered_survives_a_kill(tmp_path: Path, make_task: MakeTask, seed: int) -> None:
    """Killed five times amid its work, a process loses no task, reserve, key or callback that it answered for."""
    path, dice = tmp_path / "state.db", Random(seed)  # noqa: S311 - a seeded sequence, no secret
    sent: Pairs = []
    answered: set[str] = set()
    for run in range(5):
        sent += (pairs := make_pairs(make_task, range(run * 1_000, run * 1_000 + 1_000)))
        process = start(path, 10**12)
        answered |= kill_after(process, feed(process, pairs), dice.randrange(1, 40))
        check_integrity(path)
        store = SqliteStore(path)
        stored = await stored_ids(store, sent)
        assert answered <= stored
        assert len(stored - answered) <= run + 1
        await check_keys(store, sent, stored)
        await store.close()
    store = SqliteStore(path)
    deliveries = await store.claim_callbacks("default", now=LATER, wall=1, lease=1, limit=10**6)
    assert {delivery.task for delivery in deliveries} == await stored_ids(store, sent)
    await store.close()


@pytest.mark.clauses("ERR-402")
async def test_many_processes_share_a_file(tmp_path: Path, make_task: MakeTask) -> None:
    """Processes that open one new file at once, and spend one account's credits, never overdraw it between them."""
    path, opening = tmp_path / "state.db", 100 * PRICE + 1
    processes = [start(path, opening) for _ in range(4)]
    answers = [
        feed(process, make_pairs(make_task, range(worker * 100, worker * 100 + 40)))
        for worker, process in enumerate(processes)
    ]
    accepted = [line.decode().strip() for answer in answers for line in answer.readlines()]
    for process, answer in zip(processes, answers, strict=True):
        answer.close()
        assert process.wait() == 0
    assert len(accepted) == len(set(accepted)) == 100
    check_integrity(path)
    store = SqliteStore(path)
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(opening, 100 * PRICE, 0)
    assert len(await store.tasks("default", accepted)) == 100
    await store.close()


async def test_a_file_is_opened_again(tmp_path: Path, make_task: MakeTask) -> None:
    """Facts of universes, tasks, money and buckets are there after the file was closed and opened."""
    path, task = tmp_path / "state.db", make_task()
    store = SqliteStore(path)
    await store.create_task(task, opening=PRICE)
    await store.fund("default", "ACCOUNT", available=7, now=NOW)
    opened = await store.open_universe("default", b"frozen at noon")
    assert await store.take_request("default", "ACCOUNT", Limit(1), now=NOW) == 0
    version = await store.save_universe("default", b"frozen at one", version=opened.version)
    assert version is not None
    await store.close()
    store = SqliteStore(path)
    assert await store.open_universe("default", b"") == UniverseRecord(b"frozen at one", version)
    assert await store.task("default", task.id) == task
    assert (await store.balance("ACCOUNT", opening=0, now=NOW)).available == 7
    assert await store.take_request("default", "ACCOUNT", Limit(1), now=NOW) == 60
    await store.close()


async def test_a_change_by_hand_is_there_for_all(tmp_path: Path, make_task: MakeTask) -> None:
    """A task that was cancelled, its callback and the money that it gave back are so for whoever opens the file."""
    path, task = tmp_path / "state.db", make_task(callback_url="https://hooks.example.com/x")
    changing = SqliteStore(path)
    await changing.create_task(task, opening=PRICE)
    cancelled = await changing.change_task("default", task.id, partial(cancel, now=NOW), now=NOW, slots=None)
    for during in (True, False):
        store = SqliteStore(path)
        assert await store.task("default", task.id) == cancelled == cancel(task, now=NOW)
        assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(PRICE, 0, 0)
        assert (await store.next_due("default", wall=1)).due_at == NOW
        await store.close()
        if during:
            await changing.close()


async def test_two_stores_see_each_others_tasks(tmp_path: Path, make_task: MakeTask) -> None:
    """What one process has stored another one that has the file open reads at once."""
    one, other = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    task = make_task()
    await one.create_task(task, opening=PRICE)
    assert await other.task("default", task.id) == task
    for store in (one, other):
        await store.close()


async def test_stores_in_memory_are_apart(make_task: MakeTask) -> None:
    """Two stores in memory have nothing in common."""
    one, other = SqliteStore(), SqliteStore()
    task = make_task()
    await one.create_task(task, opening=PRICE)
    assert await other.task("default", task.id) is None
    for store in (one, other):
        await store.close()
