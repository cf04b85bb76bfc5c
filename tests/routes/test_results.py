"""Result links: from completion for a day, to anybody who has them, and nothing else."""

from pathlib import Path

import httpx2
import pytest

from mock_server.links.results import LINK_LIFETIME
from mock_server.store import SqliteStore
from tests.serving import Serve, Wall, create

pytestmark = pytest.mark.anyio


async def completed(client: httpx2.AsyncClient, wall: Wall) -> tuple[str, str]:
    """Create a task, let it end, and return its id and the path of its result."""
    task_id = (await create(client))["id"]
    wall.advance(200)
    body = (await client.get(f"/v1/tasks/{task_id}")).json()
    return task_id, httpx2.URL(body["results"][0]).path


@pytest.mark.clauses("OP-LINK-24H", "TASK-RESULTS")
async def test_video(client: httpx2.AsyncClient, wall: Wall) -> None:
    """The link needs no key and leads to a video that can be played."""
    _, path = await completed(client, wall)
    del client.headers["authorization"]
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["x-mock-media"] == "placeholder"
    assert answer.content[4:8] == b"ftyp"
    assert b"moov" in answer.content
    assert b"mdat" in answer.content


async def test_head(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A client can ask for the size first."""
    _, path = await completed(client, wall)
    head = await client.head(path)
    assert int(head.headers["content-length"]) == len((await client.get(path)).content)


@pytest.mark.clauses("OP-LINK-24H")
async def test_lifetime(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """The link holds for 24 hours after completion, to the microsecond."""
    task_id, path = await completed(client, wall)
    task = await facts.task("default", task_id)
    assert task is not None
    wall.advance_to(task.timeline.ends_at + LINK_LIFETIME - 1)
    assert (await client.get(path)).status_code == 200
    wall.advance_to(task.timeline.ends_at + LINK_LIFETIME)
    expired = await client.get(path)
    assert (expired.status_code, expired.text) == (403, "This link has expired\n")
    assert (await client.get(f"/v1/tasks/{task_id}")).json()["results"]


async def test_not_before_completion(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """The name of a result is no secret of the task's, but there is nothing behind it until the end."""
    task_id = (await create(client))["id"]
    task = await facts.task("default", task_id)
    assert task is not None
    wall.advance_to(task.timeline.ends_at - 1)
    assert (await client.get(task.result)).status_code == 404
    wall.advance(0.000001)
    assert (await client.get(task.result)).status_code == 200


def with_part(path: str, number: int, part: str) -> str:
    """Put another part into a path."""
    parts = path.split("/")
    parts[number] = part
    return "/".join(parts)


async def test_a_changed_name(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Whichever hex digit is changed, the link leads nowhere."""
    _, path = await completed(client, wall)
    name = path.split("/")[-1]
    for digit in range(32):
        other = name[:digit] + ("0" if name[digit] != "0" else "1") + name[digit + 1 :]
        answer = await client.get(with_part(path, -1, other))
        assert (answer.status_code, answer.text) == (404, "Not found\n")


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (1, "AAAAAAAAAAAAAAAAAA"),
        (1, "A"),
        (2, "images"),
        (3, "2024"),
        (4, "01"),
        (5, "07"),
        (-1, "nothex.mp4"),
        (-1, "0123456789abcdef.mp4"),
        (-1, "\N{ARABIC-INDIC DIGIT ONE}" * 32 + ".mp4"),
    ],
)
async def test_a_changed_path(client: httpx2.AsyncClient, wall: Wall, number: int, part: str) -> None:
    """Neither another account, nor another day, nor another name leads to the video."""
    _, path = await completed(client, wall)
    assert (await client.get(with_part(path, number, part))).status_code == 404


async def test_another_suffix(client: httpx2.AsyncClient, wall: Wall) -> None:
    """The suffix belongs to the link."""
    _, path = await completed(client, wall)
    assert (await client.get(path.replace(".mp4", ".mov"))).status_code == 404
    assert (await client.get(path.upper())).status_code == 404


async def test_link_of_a_task_that_is_gone(client: httpx2.AsyncClient, wall: Wall) -> None:
    """After a reset its links are gone with the universe."""
    _, path = await completed(client, wall)
    await client.post("/_mock/reset")
    assert (await client.get(path)).status_code == 404


async def test_each_universe_has_its_links(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A link carries its universe, and follows that universe's time."""
    client.headers["x-mock-universe"] = "blue"
    _, path = await completed(client, wall)
    await client.post("/_mock/clock", json={"mode": "frozen"})
    del client.headers["x-mock-universe"]
    wall.advance(2 * 24 * 3_600)
    assert (await client.get(path)).status_code == 200


async def test_after_a_restart(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """A server that comes up again on its state file serves the links that it gave out before."""
    store = SqliteStore(tmp_path / "state.db")
    _, path = await completed(await serve(store=store), wall)
    await store.close()
    again = await serve(store=SqliteStore(tmp_path / "state.db"))
    assert (await again.get(path)).status_code == 200


async def test_a_universe_keeps_its_seed(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """Links are signed with the seed that the universe was made with: a server of another seed still serves them."""
    store = SqliteStore(tmp_path / "state.db")
    _, path = await completed(await serve(store=store), wall)
    await store.close()
    other = await serve(store=SqliteStore(tmp_path / "state.db"), seed="other")
    assert (await other.get(path)).status_code == 200


async def test_another_seed_has_other_links(serve: Serve, wall: Wall) -> None:
    """The same task of a universe with another seed has another link: without the seed nobody can make one up."""
    _, path = await completed(await serve(), wall)
    other = await serve(seed="other")
    await completed(other, wall)
    assert (await other.get(path)).status_code == 404
