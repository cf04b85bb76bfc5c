"""Pictures and sounds that a request names: looked at where they can be reached, by the rules of the model's page."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from contracts.drive.receiver import Receiver, Reply
from mock_server.core.models.references import Measured, ReferenceRules, broken_rules, path_of
from mock_server.core.types import SECOND
from mock_server.models.layers import bundled_models
from tests.files.uploading import stored
from tests.references.stills import bmp, jpeg, mp3, png
from tests.references.videos import notes, refusal, video
from tests.serving import CREATE, Serve

pytestmark = pytest.mark.anyio

HOST = "media.example.com"
URL = f"https://{HOST}/a"
MODELS = bundled_models()
IMAGE, SOUND = MODELS["wan2.6-image-to-video"].references
SECONDS_OF_SOUND = 44_100 / 1_152
GONE = "leads to no file here, or to one that has expired"


async def begin_with(client: httpx2.AsyncClient, url: str, **fields: Any) -> httpx2.Response:
    """Ask for a video that begins with a picture."""
    body = {"model": "wan2.6-image-to-video", "prompt": "A cat", "image_urls": [url], **fields}
    return await client.post(CREATE, json=body)


async def sing_to(client: httpx2.AsyncClient, url: str, **fields: Any) -> httpx2.Response:
    """Ask for a video to a sound."""
    body = {"model": "wan2.6-text-to-video", "prompt": "A cat", "audio_url": url, **fields}
    return await client.post(CREATE, json=body)


def test_the_pages_say_what_pictures_and_sounds_must_be() -> None:
    """10 MB and 360 to 2000 pixels; 3 to 30 seconds and 15 MB."""
    formats = ("jpg", "png", "bmp", "webp")
    pixels = (360, 2_000)
    assert ReferenceRules("image_urls", formats, 0, 0, 10_485_760, "image", pixels=pixels, transparent=False) == IMAGE
    assert ReferenceRules("audio_url", ("mp3",), 3 * SECOND, 30 * SECOND, 15_728_640, "audio", single=True) == SOUND
    assert MODELS["wan2.6-image-to-video-flash"].references == (IMAGE, SOUND)
    assert MODELS["wan2.6-text-to-video"].references == (SOUND,)


@pytest.mark.clauses(
    "IMAGE-FORMAT",
    "IMAGE-SIZE",
    "IMAGE-PIXELS",
    "IMAGE-OPAQUE",
    "SOUND-FORMAT",
    "SOUND-LENGTH",
    "SOUND-SIZE",
)
@pytest.mark.parametrize(
    ("rules", "found", "broken"),
    [
        (IMAGE, Measured(None, "bmp", 10_485_760, (360, 2_000)), None),
        (IMAGE, Measured(None, "gif"), ("must be jpg or png or bmp or webp", "gif", "IMAGE-FORMAT")),
        (IMAGE, Measured(size=10_485_761), ("must have at most 10485760 bytes", 10_485_761, "IMAGE-SIZE")),
        (IMAGE, Measured(sides=(359, 400)), ("must be 360 to 2000 pixels wide and high", "359x400", "IMAGE-PIXELS")),
        (IMAGE, Measured(sides=(400, 2_001)), ("must be 360 to 2000 pixels wide and high", "400x2001", "IMAGE-PIXELS")),
        (IMAGE, Measured(transparent=True), ("must have no transparency", None, "IMAGE-OPAQUE")),
        (SOUND, Measured(3 * SECOND, "mp3", 15_728_640), None),
        (SOUND, Measured(30 * SECOND), None),
        (SOUND, Measured(3 * SECOND - 1), ("must last 3 to 30 seconds", 2.999999, "SOUND-LENGTH")),
        (SOUND, Measured(30 * SECOND + 1), ("must last 3 to 30 seconds", 30.000001, "SOUND-LENGTH")),
        (SOUND, Measured(format="wav"), ("must be mp3", "wav", "SOUND-FORMAT")),
        (SOUND, Measured(size=15_728_641), ("must have at most 15728640 bytes", 15_728_641, "SOUND-SIZE")),
    ],
)
def test_each_rule_has_two_sides(
    rules: ReferenceRules, found: Measured, broken: tuple[str, object, str] | None
) -> None:
    """The last that is allowed, and the first that is not."""
    path = path_of(rules, 0)
    told = [(each.path, each.message, each.value, each.clause) for each in broken_rules(rules, found, path)]
    assert told == ([] if broken is None else [(path, *broken)])


@pytest.mark.clauses("IMAGE-FORMAT", "IMAGE-PIXELS", "IMAGE-OPAQUE")
@pytest.mark.parametrize(
    ("content", "wrong", "clause"),
    [
        (png(), None, None),
        (jpeg(), None, None),
        (png(width=300), 'must be 360 to 2000 pixels wide and high, got "300x480"', "IMAGE-PIXELS"),
        (png(colour=6), "must have no transparency", "IMAGE-OPAQUE"),
        (mp3(200), 'must be jpg or png or bmp or webp, got "mp3"', "IMAGE-FORMAT"),
        (b"\xff\xd8\xff\xe0", "is no picture that can be read", None),
    ],
)
async def test_a_picture_that_was_uploaded(
    client: httpx2.AsyncClient, content: bytes, wrong: str | None, clause: str | None
) -> None:
    """It is held against the rules; where it breaks one there is no task."""
    answer = await begin_with(client, (await stored(client, content))["file_url"])
    assert answer.status_code == (200 if wrong is None else 400)
    assert wrong is None or refusal(answer) == (400, "invalid_request", "image_urls[0]", f"image_urls[0] {wrong}")
    assert answer.headers.get("x-mock-clauses") == clause
    assert (await client.get("/v1/tasks")).json()["total"] == (wrong is None)


@pytest.mark.clauses("SOUND-FORMAT", "SOUND-LENGTH")
@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (mp3(round(3.01 * SECONDS_OF_SOUND)), None),
        (mp3(round(2.9 * SECONDS_OF_SOUND)), "must last 3 to 30 seconds, got 2.899591"),
        (mp3(1), "is no MP3 that can be read"),
        (video(3), 'must be mp3, got "mp4"'),
    ],
)
async def test_a_sound_that_was_uploaded(client: httpx2.AsyncClient, content: bytes, wrong: str | None) -> None:
    """Its frames tell how long it lasts, and its price does not depend on that."""
    answer = await sing_to(client, (await stored(client, content))["file_url"])
    assert answer.status_code == (200 if wrong is None else 400)
    if wrong is None:
        assert answer.json()["usage"]["credits_reserved"] == 23.8
    else:
        assert refusal(answer) == (400, "invalid_request", "audio_url", f"audio_url {wrong}")


@pytest.mark.clauses("SOUND-LENGTH")
async def test_a_length_that_the_url_states(client: httpx2.AsyncClient) -> None:
    """Of sounds it counts; pictures have none."""
    assert (await sing_to(client, f"{URL}.mp3#t=3")).status_code == 200
    assert refusal(await sing_to(client, f"{URL}.mp3#t=2"))[3] == "audio_url must last 3 to 30 seconds, got 2"
    assert refusal(await sing_to(client, f"{URL}.mp3#t=x"))[2] == "audio_url"
    assert (await begin_with(client, f"{URL}.png#t=1")).status_code == 200


async def test_what_cannot_be_reached_is_let_through(client: httpx2.AsyncClient) -> None:
    """With a note for each; price and task are as they would be."""
    answer = await begin_with(client, f"{URL}.png", audio_url=f"{URL}.mp3")
    assert answer.json()["usage"]["credits_reserved"] == 23.8
    reason = "has no route, and nothing leaves this machine without one; it is taken as it is"
    assert await notes(client) == [f"image_urls[0] {reason}", f"audio_url {reason}"]


async def test_strict_refuses_what_cannot_be_reached(serve: Serve) -> None:
    """And lets through what refers to nothing."""
    client = await serve(media="strict")
    reason = "has no route, and nothing leaves this machine without one"
    told = (400, "invalid_request", "image_urls[0]", f"image_urls[0] {reason}")
    assert refusal(await begin_with(client, f"{URL}.png")) == told
    assert (await client.post(CREATE, json={"model": "wan2.6-text-to-video", "prompt": "A cat"})).status_code == 200


@pytest.fixture
async def connected(serve: Serve, tmp_path: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, Receiver]]:
    """A client of a simulator whose way out leads to a receiver, and that."""
    with Receiver(host=HOST) as receiver:
        settings: dict[str, Any] = {"callback_routes": (receiver.route,), "callback_ca": str(receiver.ca_file)}
        yield await serve(files_directory=str(tmp_path), **settings), receiver


async def test_what_has_a_route_is_fetched(connected: tuple[httpx2.AsyncClient, Receiver]) -> None:
    """A BMP too, which cannot be uploaded; and what is none of it is told by its own name."""
    client, receiver = connected
    receiver.script(Reply(200, bmp()), Reply(200, b"text"), Reply(200, b"text"), Reply(404, b""))
    assert (await begin_with(client, f"{URL}.bmp")).status_code == 200
    assert refusal(await begin_with(client, f"{URL}.png"))[3] == "image_urls[0] is no picture"
    assert refusal(await sing_to(client, f"{URL}.mp3"))[3] == "audio_url is no sound"
    assert refusal(await begin_with(client, f"{URL}.png"))[3].startswith("image_urls[0] cannot be fetched")


async def test_a_result_is_no_picture(client: httpx2.AsyncClient) -> None:
    """The link of a video that was made here is known for what it is."""
    created = (await begin_with(client, f"{URL}.png")).json()
    await client.post("/_mock/clock", json={"advance": 200})
    link = (await client.get(f"/v1/tasks/{created['id']}")).json()["results"][0]
    assert refusal(await begin_with(client, link))[3] == 'image_urls[0] must be jpg or png or bmp or webp, got "mp4"'
    assert refusal(await begin_with(client, f"{link}.png"))[3] == f"image_urls[0] {GONE}"


async def test_sounds_of_other_formats(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a model takes them, their length is not looked for."""
    name = "wan2.6-text-to-video"
    rules = msgspec.structs.replace(SOUND, formats=("wav",))
    changed = {**MODELS, name: msgspec.structs.replace(MODELS[name], references=(rules,))}
    monkeypatch.setattr("mock_server.models.pages.bundled_models", lambda: changed)
    client = await serve()
    wave = b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(64)
    assert (await sing_to(client, (await stored(client, wave))["file_url"])).status_code == 200
