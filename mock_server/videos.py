"""What result links show: to each task a video made for it, or one packaged clip where there is none.

Every answer says in `x-mock-media` which of the two it is; one with the packaged clip says why in `x-mock-media-note`.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import msgspec

from mock_server.core.catalog import Model
from mock_server.core.types import SECOND, Task
from mock_server.downloads import Download
from mock_server.media import MISSING, Picture, RenderError, available
from mock_server.settings import Settings
from mock_server.simulator import Simulator

PACKAGED: Final = "Every result is one packaged clip, for the setting videos is packaged"
"""Why a server shows the packaged clip that was told to."""

UNSIZED: Final = "The model of this task does not say how large its videos are"
FAILED: Final = "This video could not be rendered; the server's log says why"

logger = logging.getLogger(__name__)


async def open_video(simulator: Simulator, task: Task) -> Download:
    """Open what the link of a completed task shows; it takes as long as rendering does, if it was not shown lately."""
    why = why_packaged(simulator.settings)
    picture = None if why else picture_of(simulator, task)
    if picture is None:
        return _packaged(task, why or UNSIZED)
    try:
        video = await simulator.studio.open(picture)
    except RenderError as error:
        logger.warning("%s; its link shows the packaged clip", error)
        return _packaged(task, FAILED)
    return _download(task, video.file, video.size, video.digest, {"x-mock-media": "rendered"})


def why_packaged(settings: Settings) -> str | None:
    """Return why a server shows the packaged clip for all tasks, as a sentence; None if it renders videos."""
    if settings.videos == "packaged":
        return PACKAGED
    return None if available() else MISSING


def picture_of(simulator: Simulator, task: Task) -> Picture | None:
    """Return what the video of a task is, by its request and its bill; None if the model does not say how large.

    Its length is that of the output that was billed (BILL-PARTS). `shot_type` says how many shots it has, whatever the
    prompt says (SHOT-PRIORITY), and without `generate_audio` it has no audio track (AUDIO-EFFECT).
    """
    model = simulator.models.get(task.model)
    if model is None:
        return None
    request = {**simulator.creations[model.id].defaults, **msgspec.json.decode(task.request)}
    size = _size(model, request)
    if size is None:
        return None
    return Picture(
        task=task.id,
        prompt=request.get("prompt", ""),
        width=size[0],
        height=size[1],
        seconds=max(1, round(task.bill.output_length / SECOND)),
        sound=request.get("generate_audio", True),
        shots=2 if request.get("model_params", {}).get("shot_type") == "multi" else 1,
    )


def _size(model: Model, request: Mapping[str, Any]) -> tuple[int, int] | None:
    return model.sizes.get(request.get("quality", ""), {}).get(request.get("aspect_ratio", ""))


@lru_cache(maxsize=1)
def placeholder() -> bytes:
    """Return the packaged clip."""
    return files("mock_server").joinpath("assets", "placeholder.mp4").read_bytes()


def _packaged(task: Task, why: str) -> Download:
    clip = placeholder()
    said = {"x-mock-media": "placeholder", "x-mock-media-note": why}
    return _download(task, BytesIO(clip), len(clip), sha256(clip).hexdigest(), said)


def _download(task: Task, content: Any, size: int, digest: str, said: Mapping[str, str]) -> Download:
    headers = (("content-type", "video/mp4"), ("cache-control", "private, no-cache"), *said.items())
    return Download(content=content, size=size, digest=digest, modified=task.timeline.ends_at, headers=headers)
