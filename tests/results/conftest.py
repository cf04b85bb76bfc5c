"""Result links of simulators whose videos are small, so that rendering one takes no time to speak of."""

import os
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any, Final, TypeAlias

import httpx2
import msgspec
import pytest

from mock_server.core.models.model import Model
from mock_server.media.probe import Probe
from mock_server.media.probing import probe
from mock_server.models import pages
from mock_server.models.layers import bundled_models
from tests.serving import Serve, Wall, create

Finish: TypeAlias = Callable[..., Awaitable[str]]
"""Creates a task, lets it end, and returns its link."""


def look(video: bytes) -> Probe:
    """Say what a video is, which is one of ours: no process of its own is lost with it."""
    return probe(BytesIO(video))


def shrunk(model: Model) -> Model:
    """Return a model whose videos have an eighth of the width and of the height."""
    sizes = {
        quality: {ratio: (width // 16 * 2, height // 16 * 2) for ratio, (width, height) in ratios.items()}
        for quality, ratios in model.sizes.items()
    }
    return msgspec.structs.replace(model, sizes=sizes)


FULL_SIZE: Final = "EVOLINK_FULL_SIZE" in os.environ
"""Whether videos are made as large as they are asked for, which takes minutes."""


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Model]:
    """The models that simulators have here."""
    bundled = bundled_models()
    found = bundled if FULL_SIZE else {name: shrunk(model) for name, model in bundled.items()}
    monkeypatch.setattr(pages, "bundled_models", lambda: found)
    return found


@pytest.fixture
async def rendering(serve: Serve, models: Mapping[str, Model]) -> httpx2.AsyncClient:  # noqa: ARG001
    """A client of a simulator that renders."""
    client = await serve(videos="rendered", credits=1e6)
    client.timeout = httpx2.Timeout(30)
    return client


@pytest.fixture
def finish(wall: Wall) -> Finish:
    """How to get the link of a task that was completed."""

    async def finish(client: httpx2.AsyncClient, **changes: Any) -> str:
        task = await create(client, **changes)
        wall.advance(200)
        body = (await client.get(f"/v1/tasks/{task['id']}")).json()
        link: str = body["results"][0]
        return link

    return finish
