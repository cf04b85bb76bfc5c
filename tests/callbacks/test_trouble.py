"""What goes wrong inside an attempt: it is told, it delays nobody else, and the callback comes all the same."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from contracts.drive.receiver import Receiver, Reply
from mock_server.callbacks import callbacks
from mock_server.callbacks.callbacks import LEASE
from mock_server.core.types import SECOND, Instant, Task
from mock_server.egress.egress import Egress
from mock_server.store import SqliteStore
from mock_server.store.records import Attempt, DueCallback
from tests.callbacks.workers import Worker, arrived, store_ended
from tests.serving import Wall

pytestmark = pytest.mark.anyio


class Flaky(SqliteStore):
    """A store that fails as often as it is told to, each method by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, int] = {}

    async def task(self, universe: str, task_id: str) -> Task | None:
        """Return a task, or fail."""
        self._fail("task")
        return await super().task(universe, task_id)

    async def claim_callbacks(self, *arguments: Any, **options: Any) -> tuple[DueCallback, ...]:
        """Claim, or fail."""
        self._fail("claim_callbacks")
        return await super().claim_callbacks(*arguments, **options)

    async def finish_attempt(
        self, delivery: DueCallback, attempt: Attempt, *, next_due: Instant | None
    ) -> Instant | None:
        """Record, or fail."""
        self._fail("finish_attempt")
        return await super().finish_attempt(delivery, attempt, next_due=next_due)

    def _fail(self, method: str) -> None:
        if self.failures.get(method, 0):
            self.failures[method] -= 1
            raise OSError(f"the disk is full: {method}")


@pytest.fixture
def store() -> Flaky:
    """A store that works until it is told otherwise."""
    return Flaky()


@pytest.fixture
async def worker(anyio_backend: str, store: Flaky, wall: Wall) -> AsyncIterator[Worker]:  # noqa: ARG001
    """A worker on that store."""
    with Receiver(tls=False) as receiver:
        employed = Worker(store, receiver, wall)
        yield employed
        await employed.callbacks.stop()
        await employed.store.close()


def statuses(made: Sequence[tuple[str, int | None]]) -> list[int | None]:
    """Return what came back."""
    return [status for _, status in made]


@pytest.mark.parametrize("method", ["task", "finish_attempt"])
async def test_an_attempt_that_the_store_fails(
    worker: Worker, store: Flaky, wall: Wall, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in the log and made again when its lease is over; others that are due are made as they should."""
    await store_ended(store, 3)
    store.failures = {method: 1}
    assert statuses(await worker.run_due()) == [200, 200]
    assert f"the disk is full: {method}" in caplog.text
    assert "came to nothing; it is made again" in caplog.text
    assert await worker.run_due() == []
    wall.advance(LEASE / SECOND)
    assert statuses(await worker.run_due()) == [200]
    assert {delivery.state for delivery in await worker.deliveries()} == {"delivered"}


async def test_it_is_made_again_by_itself(
    worker: Worker, store: Flaky, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to move the frozen clock for that."""
    monkeypatch.setattr(callbacks, "LEASE", 10_000)
    await store_ended(store, 1)
    store.failures = {"finish_attempt": 1}
    assert await worker.run_due() == []
    wall.advance(0.01)
    await arrived(worker.receiver, 2)


async def test_a_schedule_that_cannot_be_read(
    worker: Worker, store: Flaky, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that runs it is read again in a moment, as often as it takes."""
    monkeypatch.setattr(callbacks, "TROUBLE_SECONDS", 0)
    await store_ended(store, 1)
    universe = await worker.universe()
    universe.clock.run(1)
    store.failures = {"claim_callbacks": 3}
    await worker.callbacks.wake(universe)
    await arrived(worker.receiver, 1)
    assert caplog.text.count("the callbacks that are due in default cannot be looked up; trying again soon") == 3


async def test_a_bug_in_sending(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is an attempt like any other that failed, with the retries that follow, and it is told in the log."""

    async def post(*_: object) -> None:
        raise KeyError("surprise")

    (task,) = await store_ended(worker.store, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Egress, "post", post)
        assert statuses(await worker.run_due()) == [None]
    made = await worker.advance(1)
    assert [attempt.status for attempt in made] == [200]
    (delivery,) = await worker.deliveries()
    assert [attempt.error for attempt in delivery.attempts] == ["a bug of the simulator: KeyError", None]
    assert f"the callback of {task.id} failed; this is a bug of the simulator" in caplog.text


async def test_a_delivery_without_a_task(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is gone, as by a reset through another worker, is not told of."""

    async def nothing(*_: object) -> None:
        return None

    await store_ended(worker.store, 1)
    monkeypatch.setattr(worker.store, "task", nothing)
    assert await worker.run_due() == []
    assert len(worker.receiver.received) == 0


async def test_a_new_attempt_follows_the_one_under_way(worker: Worker, store: Flaky, wall: Wall) -> None:
    """Sent anew while an attempt is under way whose worker dies: that one is made again, with the usual retries."""
    worker.receiver.script(Reply(500))
    await store_ended(store, 1)
    universe = await worker.universe()
    store.failures = {"finish_attempt": 1}
    await worker.run_due()
    (delivery,) = await worker.deliveries()
    assert await worker.callbacks.redeliver(universe, delivery.id) == ()
    worker.receiver.script(Reply(500))
    wall.advance(LEASE / SECOND)
    assert statuses(await worker.run_due()) == [500]
    assert [attempt.status for attempt in await worker.advance(1)] == [200]
