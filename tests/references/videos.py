"""Videos of any length that are made at once, and what a task is to cost that refers to them."""

from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any, Final

import av
import httpx2
from av import VideoFrame

from tests.serving import CREATE, example

RATE: Final = 2.38
"""Credits for each second of input and output, at 720p and with sound."""

_TICK: Final = Fraction(1, 1_000)


@cache
def video(seconds: float = 3, *, container: str = "mp4") -> bytes:
    """Return a video of so many seconds, to the millisecond: one frame that stays; `container` is `mp4` or `mov`."""
    file = BytesIO()
    with av.open(file, "w", format=container) as muxer:
        stream = muxer.add_stream("mpeg4", rate=30)
        stream.width = stream.height = 64
        stream.codec_context.time_base = stream.time_base = _TICK
        frame = VideoFrame(64, 64, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.time_base = 0, _TICK
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            packet.duration = round(seconds * 1_000)
            muxer.mux(packet)
    return file.getvalue()


async def referring(client: httpx2.AsyncClient, *urls: str, key: str = "", **changes: Any) -> httpx2.Response:
    """Create a task of 5 seconds that refers to videos; `key` is its idempotency key."""
    headers = {"idempotency-key": key} if key else {}
    return await client.post(CREATE, json=example(video_urls=list(urls), **changes), headers=headers)


async def counted(client: httpx2.AsyncClient, *urls: str) -> float:
    """Create such a task, and return for how many seconds its videos are counted."""
    answer = await referring(client, *urls)
    assert answer.status_code == 200, answer.text
    reserved: float = answer.json()["usage"]["credits_reserved"]
    return round(reserved / RATE - 5, 6)


async def notes(client: httpx2.AsyncClient) -> list[str]:
    """Return the notes of the newest exchange."""
    answer = await client.get("/_mock/journal", params={"newest": 1})
    noted: list[str] = answer.json()["entries"][0]["notes"]
    return noted


def origin(client: httpx2.AsyncClient) -> str:
    """Return what links begin with that a client gets."""
    return str(client.base_url).rstrip("/")


def refusal(answer: httpx2.Response) -> tuple[int, str, str, str]:
    """Return the status, code, field and reason of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"], error["message"].partition(": ")[2]


def probe_failed(reason: str, *, field: str = "video_urls[0]") -> tuple[int, str, str, str]:
    """Return the refusal of a video that cannot be measured."""
    return 400, "video_probe_failed", field, f"{field} {reason}"
