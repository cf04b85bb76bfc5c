"""What result links show: to each task a video, image or sound made for it, or a packaged one where there is none.

Every answer says in `x-mock-media` which of the two it is; one with the packaged clip says why in `x-mock-media-note`.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from typing import Any, Final, cast

import msgspec

from mock_server.core.types import SECOND, Task
from mock_server.links.downloads import Download
from mock_server.media.picture import SUFFIXES, Kind, Picture
from mock_server.media.studio import MISSING, RenderError, available
from mock_server.settings import Settings
from mock_server.simulator import Simulator

PACKAGED: Final = "Every result is one packaged clip, for the setting videos is packaged"
"""Why a server shows the packaged clip that was told to."""

UNSIZED: Final = "The model of this task does not say how large its videos are"
FAILED: Final = "This video could not be rendered; the server's log says why"

_TYPES: Final = {"video": "video/mp4", "image": "image/png", "audio": "audio/mpeg"}
_PLAIN_SIDE: Final = 64

logger = logging.getLogger(__name__)


async def open_video(simulator: Simulator, task: Task, *, number: int = 1) -> Download:
    """Open what a link of a completed task shows, by its number among them.

    It takes as long as rendering does, if it was not shown lately.
    """
    why = why_packaged(simulator.settings)
    picture = None if why else picture_of(simulator, task, number=number)
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


def picture_of(simulator: Simulator, task: Task, *, number: int) -> Picture | None:
    """Return what a video of a task is, by its request and its bill; None if the model does not say how large.

    Its length is that of the output that was billed (BILL-PARTS). `shot_type` says how many shots it has, whatever the
    prompt says (SHOT-PRIORITY), but not without `prompt_extend` (SHOT-EXTEND); and without `generate_audio` it has no
    audio track (AUDIO-EFFECT).
    """
    model = simulator.models.get(task.model)
    if model is None:
        return None
    request = {**simulator.creations[model.id].defaults, **msgspec.json.decode(task.request)}
    kind = cast("Kind", model.kind)
    size = (_PLAIN_SIDE, _PLAIN_SIDE) if kind == "audio" else model.size(request)
    if size is None:
        return None
    return Picture(
        kind=kind,
        task=task.id if number == 1 else f"{task.id} ({number})",
        prompt=str(request.get("prompt", "")),
        width=size[0],
        height=size[1],
        seconds=1 if kind == "image" else max(1, round(task.bill.output_length / SECOND)),
        sound=request.get("generate_audio") is not False,
        shots=count_shots(request),
    )


def count_shots(request: Mapping[str, Any]) -> int:
    """Return how many shots a request asks for: several only while its prompt may be written anew (SHOT-EXTEND)."""
    own = request.get("model_params")
    is_multi = isinstance(own, dict) and own.get("shot_type") == "multi"
    return 2 if is_multi and request.get("prompt_extend", True) else 1


@lru_cache(maxsize=len(SUFFIXES))
def placeholder(kind: Kind = "video") -> bytes:
    """Return the packaged clip, or what is packaged of another kind."""
    return files("mock_server.links").joinpath("assets", f"placeholder.{SUFFIXES[kind]}").read_bytes()


def _kind(task: Task) -> Kind:
    """Return what a task makes, by the folder of its link: its model may be served no more."""
    suffix = task.result.rpartition(".")[2]
    return next((kind for kind, own in SUFFIXES.items() if own == suffix), "video")


def _packaged(task: Task, why: str) -> Download:
    clip = placeholder(_kind(task))
    said = {"x-mock-media": "placeholder", "x-mock-media-note": why}
    return _download(task, BytesIO(clip), len(clip), sha256(clip).hexdigest(), said)


def _download(task: Task, content: Any, size: int, digest: str, said: Mapping[str, str]) -> Download:
    headers = (("content-type", _TYPES[_kind(task)]), ("cache-control", "private, no-cache"), *said.items())
    return Download(content=content, size=size, digest=digest, modified=task.timeline.ends_at, headers=headers)
