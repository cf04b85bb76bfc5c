"""Results that are rendered: the video that was asked for and billed, under the link of its task."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import msgspec
import pytest

from mock_server.core.models.model import Model
from mock_server.links import videos
from mock_server.links.videos import FAILED, PACKAGED, UNSIZED, placeholder
from mock_server.media import studio
from mock_server.media.picture import Picture
from mock_server.media.probe import Probe
from mock_server.media.studio import MISSING, RenderError, Studio
from mock_server.simulator import Simulator
from tests.media.clips import frames, light
from tests.results.conftest import Finish
from tests.serving import Serve, Wall, create

pytestmark = pytest.mark.anyio

Look: TypeAlias = Callable[[bytes], Awaitable[Probe]]
"""Says what a video is."""

MODEL = "wan2.6-reference-video-flash"


@pytest.mark.uncounted
@pytest.mark.clauses("SHOT-PRIORITY")
@pytest.mark.parametrize(
    ("asked", "cuts"),
    [
        ({"prompt": "Shot 1: a cat. Shot 2: a dog.", "model_params": {"shot_type": "single"}}, 0),
        ({"prompt": "One single shot of a cat.", "model_params": {"shot_type": "multi"}}, 1),
        ({"model_params": {}}, 0),
    ],
    ids=["single", "multi", "left out"],
)
async def test_shots(
    rendering: httpx2.AsyncClient, finish: Finish, tmp_path: Path, asked: dict[str, Any], cuts: int
) -> None:
    """`shot_type` says how many shots there are, whatever the prompt says."""
    path = tmp_path / "video.mp4"
    path.write_bytes((await rendering.get(await finish(rendering, duration=2, **asked))).content)
    rows = [b"".join(light(frame)) for frame in frames(path)]
    changes = [
        sum(abs(one - other) for one, other in zip(before, after, strict=True)) for before, after in pairwise(rows)
    ]
    usual = sorted(changes)[len(changes) // 2]
    assert sum(change > 4 * usual for change in changes) == cuts


@pytest.mark.uncounted
@pytest.mark.usefixtures("models")
async def test_one_seed_gives_one_video(serve: Serve) -> None:
    """The same task of the same universe is the same bytes in every run; that of another universe is not."""
    seen = []
    for seed in ("1", "1", "2"):
        client = await serve(videos="rendered", seed=seed, speed=0.0)
        task = await create(client, duration=2)
        await client.post("/_mock/clock", json={"advance": 200})
        (link,) = (await client.get(f"/v1/tasks/{task['id']}")).json()["results"]
        seen.append((await client.get(link, timeout=30)).headers["etag"])
    assert seen[0] == seen[1] != seen[2]


class Watch:
    """Watches what studios render, and lets them begin when it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rendered: list[Picture] = []
        self.begun, self.let = threading.Event(), threading.Event()
        self.let.set()
        self._true = Studio._render
        render = self.render
        monkeypatch.setattr(Studio, "_render", lambda *given: render(*given))  # noqa: PLW0108 - which binds the studio

    async def render(self, studio: Studio, name: str, picture: Picture) -> None:
        """Render a picture, once it may be."""
        self.rendered.append(picture)
        self.begun.set()
        await asyncio.to_thread(self.let.wait)
        await self._true(studio, name, picture)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """What watches studios."""
    return Watch(monkeypatch)


async def test_a_result_is_rendered_once(rendering: httpx2.AsyncClient, finish: Finish, watch: Watch) -> None:
    """HEAD and GET, and GET again, are of one video."""
    link = await finish(rendering, duration=2)
    head, whole, again = await rendering.head(link), await rendering.get(link), await rendering.get(link)
    assert head.headers["etag"] == whole.headers["etag"] == again.headers["etag"]
    assert head.headers["content-length"] == str(len(whole.content))
    assert len(watch.rendered) == 1


async def test_who_does_not_wait_for_a_video_holds_up_nobody(
    rendering: httpx2.AsyncClient, finish: Finish, watch: Watch
) -> None:
    """While one is rendered others are served; if who asked for it leaves, it is there for the next who does."""
    link = await finish(rendering, duration=2)
    watch.let.clear()
    waiting = asyncio.create_task(rendering.get(link))
    try:
        assert await asyncio.to_thread(watch.begun.wait, 30)
        assert (await rendering.get("/v1/credits")).status_code == 200
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    finally:
        watch.let.set()
    assert (await rendering.get(link)).headers["x-mock-media"] == "rendered"
    assert len(watch.rendered) == 1


async def test_nothing_is_rendered_for_a_link_that_leads_nowhere(
    rendering: httpx2.AsyncClient, finish: Finish, watch: Watch, wall: Wall
) -> None:
    """Not for one that has expired, that was made up, or that a plan answers."""
    planned = await finish(rendering, prompt="A cat [mock: link status:404]")
    link = await finish(rendering)
    wall.advance(24 * 3_600)
    answers = [await rendering.get(url) for url in (planned, link, link.replace(".mp4", ".mov"))]
    assert [answer.status_code for answer in answers] == [404, 403, 404]
    assert watch.rendered == []


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if no clip could be rendered."""

    async def fail(_: Studio, picture: Picture) -> None:
        raise RenderError(f"the clip of {picture.task} could not be rendered: the disk is full")

    monkeypatch.setattr(Studio, "open", fail)


@pytest.mark.usefixtures("failing")
async def test_a_video_that_cannot_be_rendered(
    rendering: httpx2.AsyncClient, finish: Finish, caplog: pytest.LogCaptureFixture
) -> None:
    """The packaged clip takes its place, which the answer says and the log explains."""
    answer = await rendering.get(await finish(rendering))
    assert (answer.content, answer.headers["x-mock-media"]) == (placeholder(), "placeholder")
    assert answer.headers["x-mock-media-note"] == FAILED
    assert "could not be rendered: the disk is full; its link shows the packaged clip" in caplog.text


async def test_without_the_extra(
    rendering: httpx2.AsyncClient, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packaged clip is shown, and the answer says how to get more."""
    for module in (studio, videos):
        monkeypatch.setattr(module, "available", lambda: False)
    answer = await rendering.get(await finish(rendering))
    assert (answer.content, answer.headers["x-mock-media"]) == (placeholder(), "placeholder")
    assert answer.headers["x-mock-media-note"] == MISSING


async def test_a_server_that_is_told_not_to_render(client: httpx2.AsyncClient, finish: Finish) -> None:
    """It shows the packaged clip, and says why."""
    answer = await client.get(await finish(client))
    assert (answer.content, answer.headers["x-mock-media-note"]) == (placeholder(), PACKAGED)


@pytest.mark.parametrize("sizes", [{}, {"720p": {}}, None], ids=["no size", "no such ratio", "no model"])
async def test_a_task_whose_size_is_not_known(
    rendering: httpx2.AsyncClient,
    models: dict[str, Model],
    finish: Finish,
    monkeypatch: pytest.MonkeyPatch,
    sizes: Any,
) -> None:
    """A model without sizes, or one that is not served any more, has the packaged clip."""
    link = await finish(rendering)
    changed = {} if sizes is None else {MODEL: msgspec.structs.replace(models[MODEL], sizes=sizes)}
    monkeypatch.setattr(Simulator, "models", changed)
    answer = await rendering.get(link)
    assert (answer.content, answer.headers["x-mock-media-note"]) == (placeholder(), UNSIZED)
