"""How large a file may be, what type it has, and how little memory it takes."""

import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest
from starlette.types import ASGIApp, Message

from mock_server.app import create_app
from mock_server.core.files.errors import FileTooLarge
from mock_server.core.files.types import HEAD, SUFFIXES, media_type
from mock_server.http.bodies import read_pieces
from mock_server.settings import Settings
from tests.files.forms import BOUNDARY, TYPE
from tests.files.uploading import PNG, contents, listed, refused, send_base64, send_form
from tests.serving import FILES, KEY, Serve, bearer

pytestmark = pytest.mark.anyio

LIMIT: Final = 100_000
MEGABYTE: Final = 1_048_576
BLOCK: Final = 98_304
"""Bytes of a piece: a multiple of three, as base64 has it."""

TYPES: Final = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo"),
    (b"RIFF\x24\x00\x00\x00CDR9", None),
    (b"ID3\x04\x00", "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "audio/mpeg"),
    (b"\xff\xf3\x90", "audio/mpeg"),
    (b"\xff\xf1\x50\x80", "audio/aac"),
    (b"\xff\xfe<\x00", None),
    (b"OggS\x00", "audio/ogg"),
    (b"fLaC\x00", "audio/flac"),
    (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
    (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
    (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
    (b"\x00\x00\x00\x08wide", "video/quicktime"),
    (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
    (b"\x00\x00\x00\x1cftypavif", None),
    (b"\x00\x00\x00\x1cftypheic", None),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
    (b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska"),
    (b"<html><script>", None),
    (b"<svg xmlns=", None),
    (b"%PDF-1.7", None),
    (b"PK\x03\x04", None),
    (b"MZ\x90", None),
    (b"\x7fELF", None),
    (b"hello, world", None),
    (b"\xff", None),
    (b"", None),
]


@pytest.mark.clauses("FILE-TYPE")
@pytest.mark.parametrize(("head", "kind"), TYPES, ids=lambda value: ascii(value)[:30])
def test_types(head: bytes, kind: str | None) -> None:
    """A file is what it begins as."""
    assert media_type(head) == media_type((head + bytes(HEAD))[:HEAD]) == kind or len(head) < 2
    assert kind is None or kind in SUFFIXES


@pytest.mark.clauses("FILE-TYPE", "FILE-ERROR")
async def test_a_name_does_not_make_a_type(client: httpx2.AsyncClient) -> None:
    """What calls itself a picture and is none is refused; a picture is one under any name."""
    refusals = [
        await send_form(client, b"<script>alert(1)</script>", name="cat.png", file_name="cat.png"),
        await send_base64(client, b"%PDF-1.7", file_name="cat.png"),
        await send_form(client, b""),
        await client.post(f"{FILES}upload/base64", json={"base64_data": ""}),
    ]
    for answer in refusals:
        assert refused(answer)[:2] == (400, 40002)
        assert answer.headers["x-mock-clauses"] == "FILE-TYPE"
    assert (await send_form(client, PNG, name="page.html")).json()["data"]["mime_type"] == "image/png"
    assert len(await listed(client)) == 1


@pytest.fixture
async def limited(serve: Serve, tmp_path: Path) -> httpx2.AsyncClient:
    """A client of a server that takes small files only, in a folder that can be looked at."""
    return await serve(file_limit=LIMIT, files_directory=str(tmp_path))


def filled(size: int) -> bytes:
    """Return a picture of so many bytes."""
    return PNG + bytes(size - len(PNG))


@pytest.mark.clauses("FILE-LIMIT")
async def test_the_limit_is_exact(limited: httpx2.AsyncClient, tmp_path: Path) -> None:
    """A file of just the limit is taken, one byte more is not, by either way; nothing of it is left."""
    for send in (send_base64, send_form):
        assert (await send(limited, filled(LIMIT))).json()["data"]["file_size"] == LIMIT
        answer = await send(limited, filled(LIMIT + 1))
        assert refused(answer)[:2] == (400, 40001)
        assert answer.headers["x-mock-clauses"] == "FILE-LIMIT"
    assert contents(tmp_path) == [filled(LIMIT)]


@pytest.mark.clauses("FILE-LIMIT")
@pytest.mark.parametrize(("length", "read"), [(b"", 5), (b"400", 5), (b"401", 0), (b"nonsense", 5)])
async def test_a_body_without_end_is_not_read_to_it(length: bytes, read: int) -> None:
    """It is refused before it has come, by its Content-Length, or once too much has."""
    came = 0

    async def receive() -> Message:
        nonlocal came
        came += 1
        return {"type": "http.request", "body": bytes(100), "more_body": True}

    with pytest.raises(FileTooLarge):
        async for _ in read_pieces({b"content-length": length}, receive, most=400, refusal=FileTooLarge):
            pass
    assert came == read


async def test_a_form_that_is_all_head_has_a_limit(limited: httpx2.AsyncClient) -> None:
    """A body is read up to the limit and a little more, whatever it consists of."""
    body = f"--{BOUNDARY}--\r\n".encode() + bytes(LIMIT + 70_000)
    answer = await limited.post(f"{FILES}upload/stream", content=body, headers={"content-type": TYPE})
    assert refused(answer)[:2] == (400, 40001)


def content(size: int) -> Iterator[bytes]:
    """Yield a picture of so many bytes, in pieces."""
    yield PNG.ljust(BLOCK, b"\0")
    for _ in range(size // BLOCK - 1):
        yield bytes(BLOCK)


def form_of(size: int) -> Iterator[bytes]:
    """Yield a form with such a picture."""
    yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
    yield from content(size)
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def text_of(size: int) -> Iterator[bytes]:
    """Yield an object with such a picture as base64."""
    yield b'{"base64_data": "'
    yield from (b64encode(piece) for piece in content(size))
    yield b'"}'


async def peak_of(app: ASGIApp, path: str, media_type: str, pieces: Iterator[bytes]) -> int:
    """Post a body, and return how much more memory was in use at any time than before."""
    messages: list[Message] = []

    async def receive() -> Message:
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Message) -> None:
        messages.append(message)

    headers = [(b"authorization", f"Bearer {KEY}".encode()), (b"content-type", media_type.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "root_path": "", "query_string": b"", "headers": headers}
    tracemalloc.start()
    try:
        await app({**scope, "scheme": "http", "http_version": "1.1"}, receive, send)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert messages[0]["status"] == 200, messages
    return peak


@pytest.mark.uncounted
@pytest.mark.clauses("FILE-LIMIT")
@pytest.mark.parametrize(
    ("way", "media_type", "written"), [("stream", TYPE, form_of), ("base64", "application/json", text_of)]
)
async def test_a_large_file_takes_little_memory(
    way: str, media_type: str, written: Callable[[int], Iterator[bytes]]
) -> None:
    """Of 95 MB no more than a few are in memory at any time, by either way."""
    app = create_app(Settings(speed=0))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1", headers=bearer()
        ) as client,
    ):
        assert await peak_of(app, f"{FILES}upload/{way}", media_type, written(95 * MEGABYTE)) < 4 * MEGABYTE
        (row,) = (await client.get(f"{FILES}list")).json()["data"]["files"]
        assert row["file_size"] == 95 * MEGABYTE // BLOCK * BLOCK
