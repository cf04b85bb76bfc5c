"""The stores that every test of the protocol is run against, and the tasks that it stores."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mock_server.core.types import SECOND, Bill, Sending, Status, Task, Timeline
from mock_server.store import SqliteStore, Store

STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: SqliteStore(),
    "file": lambda directory: SqliteStore(directory / "state.db"),
}


def build_task(  # noqa: PLR0913 - the facts that tests vary
    number: int = 0,
    *,
    account: str = "ACCOUNT",
    universe: str = "default",
    group: str = "default",
    created: int = 1_000,
    queue: int = 0,
    lasts: int = 100,
    outcome: Status = Status.COMPLETED,
    reserved: int = 238_000,
    charge: int | None = None,
    model: str = "wan2.6-reference-video-flash",
    type: str = "video",
    callback_url: str | None = None,
) -> Task:
    """Build the task of this number; times in seconds, money in microcredits. It lasts so long after its queue time."""
    created_at, starts_at = created * SECOND, (created + queue) * SECOND
    ends_at = starts_at + lasts * SECOND
    return Task(
        id=f"task-unified-{created:010d}-{number:08d}",
        universe=universe,
        account=account,
        user_group=group,
        model=model,
        object=f"{type}.generation.task",
        type=type,
        timeline=Timeline(created_at, starts_at, ends_at, lasts * SECOND, 120, outcome),
        bill=Bill("per_second", 0, 0, reserved, reserved if charge is None else charge),
        request=b'{"prompt":"a cat"}',
        result=f"/{account}/videos/{number:032x}.mp4",
        origin="http://127.0.0.1:8765",
        callback_url=callback_url,
        sendings=(Sending(ends_at),) if callback_url else (),
    )


@pytest.fixture(scope="session")
def make_task() -> Callable[..., Task]:
    """How a task of a given number is built (see `build_task`)."""
    return build_task


@pytest.fixture(scope="session", params=STORES.values(), ids=list(STORES))
def open_store(request: pytest.FixtureRequest) -> Callable[[Path], Store]:
    """How to open the store under test in a directory."""
    opener: Callable[[Path], Store] = request.param
    return opener


@pytest.fixture
async def store(anyio_backend: str, open_store: Callable[[Path], Store], tmp_path: Path) -> AsyncIterator[Store]:  # noqa: ARG001
    """An empty store."""
    opened = open_store(tmp_path)
    yield opened
    await opened.close()
