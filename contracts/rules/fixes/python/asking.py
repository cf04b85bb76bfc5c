"""The body of a create: checked before it is sent, and without what was not asked for."""

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

MODEL = "wan2.6-reference-video-flash"
LONGEST_PROMPT, LONGEST_URL, MOST_VIDEOS = 1500, 2048, 3
SHORTEST, LONGEST = 2, 10


def write_body(
    prompt: str,
    video_urls: Sequence[str],
    *,
    duration: int = 5,
    sound: bool = True,
    quality: Literal["720p", "1080p"] | None = None,
    aspect_ratio: Literal["16:9", "9:16", "1:1", "4:3", "3:4"] | None = None,
    shots: Literal["single", "multi"] | None = None,
    callback_url: str | None = None,
) -> dict[str, Any]:
    """Return the JSON of a request for a video; a ValueError says what cannot be asked for."""
    if not 0 < len(prompt) <= LONGEST_PROMPT:
        raise ValueError(f"a prompt has 1 to {LONGEST_PROMPT} characters, this one {len(prompt)}")
    if not 0 < len(video_urls) <= MOST_VIDEOS or any(
        urlsplit(url).scheme not in {"http", "https"} for url in video_urls
    ):
        raise ValueError(f"1 to {MOST_VIDEOS} http or https URLs are wanted; upload local files first")
    if duration not in range(SHORTEST, LONGEST + 1):
        raise ValueError(f"a video lasts {SHORTEST} to {LONGEST} whole seconds, not {duration!r}")
    if callback_url is not None and (urlsplit(callback_url).scheme != "https" or len(callback_url) > LONGEST_URL):
        raise ValueError("callback_url is the public https URL of the receiver")
    body = {
        "model": MODEL,
        "prompt": prompt,
        "video_urls": list(video_urls),
        "duration": duration,
        "generate_audio": sound,
        "quality": quality,
        "aspect_ratio": aspect_ratio,
        "model_params": None if shots is None else {"shot_type": shots},
        "callback_url": callback_url,
    }
    return {name: value for name, value in body.items() if value is not None}
