"""Base64 text in a JSON object, read as it comes in."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any, Final

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BodyTooLarge, InvalidRequest, MalformedBody
from mock_server.core.validation import decode_json
from mock_server.files.base64_text import Base64Reader
from mock_server.files.extraction import Extraction
from tests.files.forms import PLACES, cut
from tests.files.uploading import PNG, refused, send_base64
from tests.serving import FILES, Serve

ROUTE: Final = f"{FILES}upload/base64"
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('"\\/{}[],:\n\u00e9'))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.just("field"), inner, max_size=3),
    max_leaves=8,
)


def extract(pieces: list[bytes], *, limit: int = 1_000_000) -> tuple[bytes, Any]:
    """Take the text of `field` out of an object, and return it with the rest."""
    taken: list[bytes] = []
    extraction = Extraction("field", taken.append, limit=limit)
    for piece in pieces:
        extraction.feed(piece)
    return b"".join(taken), extraction.finish()


def decode(pieces: list[bytes]) -> bytes:
    """Decode base64."""
    taken: list[bytes] = []
    reader = Base64Reader(taken.append)
    for piece in pieces:
        reader.feed(piece)
    reader.finish()
    return b"".join(taken)


@given(VALUES, PLACES, st.booleans(), st.none() | st.integers(0, 2))
def test_a_text_is_taken_out_of_any_document(value: Any, places: list[int], plain: bool, indent: int | None) -> None:  # noqa: FBT001
    """What is left is the document with an empty text there, and the text is all there, however it is cut."""
    text = json.dumps(value, ensure_ascii=plain, indent=indent).encode()
    expected, rest = b"", value
    if isinstance(value, dict) and isinstance(value.get("field"), str):
        expected, rest = value["field"].encode(), {**value, "field": ""}
    assert extract(cut(text, places)) == (expected, rest)


@given(st.binary() | TEXTS.map(str.encode) | VALUES.map(lambda value: json.dumps(value).encode()[:-1]), PLACES)
def test_what_is_no_json_is_refused(text: bytes, places: list[int]) -> None:
    """Whatever comes is either JSON, as others read it, or refused."""
    try:
        taken, _ = extract(cut(text, places))
    except MalformedBody:
        with pytest.raises(MalformedBody):
            decode_json(text)
    else:
        assert not taken


@pytest.mark.parametrize(
    "text",
    [
        b'{"field": "a\nb"}',
        b'{"field": "\\x"}',
        b'{"field": "\\ud800"}',
        b'{"field": "\\ud800\\u0041"}',
        b'{"field": "a"',
        b'{"field": "a", "field": ""}',
    ],
)
def test_a_text_that_is_not_written_as_json_has_it(text: bytes) -> None:
    """What is taken out is held to the same rules as what is kept."""
    with pytest.raises(MalformedBody):
        extract([text])


def test_the_rest_has_a_limit() -> None:
    """However long the text is that is taken out."""
    text = b'{"field": "%s", "other": "%s"}' % (b"x" * 10_000, b"y" * 100)
    assert extract([text], limit=200)[0] == b"x" * 10_000
    with pytest.raises(BodyTooLarge):
        extract([text], limit=100)


@given(
    content=st.binary(),
    places=PLACES,
    head=st.sampled_from([b"", b"data:;base64,", b"DATA:a/b;c=d;BASE64,"]),
    data=st.data(),
)
def test_base64_reads_the_same_however_it_is_cut(
    content: bytes, places: list[int], head: bytes, data: st.DataObject
) -> None:
    """Bare or as a data URL, with spaces in it, with its padding or without."""
    text = b64encode(content)
    text = text.rstrip(b"=") if data.draw(st.booleans()) else text
    at = data.draw(st.integers(0, len(text)))
    assert decode(cut(head + text[:at] + b" \r\n" + text[at:], places)) == content


BROKEN: Final = {
    "a letter that is none": b"QUJD$UJD",
    "another alphabet": b"QUI-_w==",
    "one letter too many": b"QUJDQ",
    "more after the end": b"QQ==QUJD",
    "only padding": b"====",
    "too much padding": b"QUI==",
    "no comma": b"data:image/png;base64",
    "no comma in sight": b"data:" + b"x" * 300 + b",QUJD",
    "no base64": b"data:text/plain,hello",
    "not ASCII": "\u00e9".encode(),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_base64(text: bytes) -> None:
    """At once and letter by letter: it is refused by what is wrong with it."""
    for pieces in ([text], [bytes([byte]) for byte in text]):
        with pytest.raises(InvalidRequest, match=r"^base64_data (is|goes)"):
            decode(pieces)


@given(st.binary(), PLACES)
def test_any_bytes_are_base64_or_refused(text: bytes, places: list[int]) -> None:
    """Nothing else is raised."""
    with suppress(InvalidRequest):
        decode(cut(text, places))


@pytest.mark.anyio
@pytest.mark.clauses("FILE-UPLOAD-BASE64", "FILE-ERROR")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty"),
        (b"[]", "the request body must be an object"),
        (b"{}", "base64_data is required"),
        (b'{"base64_data": 1}', "base64_data must be"),
        (b'{"base64_data": "QUJD", "file_name": 1}', "file_name must be"),
        (b'{"base64_data": "$$$$"}', "base64_data is not base64"),
        (b'{"base64_data": "QUJD"', "the body is not valid JSON"),
    ],
)
async def test_bodies_that_are_refused(client: httpx2.AsyncClient, body: bytes, message: str) -> None:
    """By the contract, or by what the text is not."""
    answer = await client.post(ROUTE, content=body, headers={"content-type": "application/json"})
    assert refused(answer)[:2] == (400, 400)
    assert message in answer.json()["msg"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["base64_data", "base64\\u005fdata"])
async def test_a_name_may_be_written_otherwise(client: httpx2.AsyncClient, name: str) -> None:
    """Escapes in the name and in the text mean what they mean in any JSON."""
    text = b64encode(PNG).decode().replace("/", "\\/").replace("+", "\\u002b")
    body = f'{{"{name}": "\\n{text}"}}'.encode()
    answer = await client.post(ROUTE, content=body)
    assert answer.json()["data"]["file_size"] == len(PNG)


@pytest.mark.anyio
@pytest.mark.clauses("HTTP-413", "HTTP-415")
async def test_bodies_that_are_too_large_or_of_another_type(serve: Serve) -> None:
    """What is beside the file has the limit of every body."""
    client = await serve(body_limit=1_024)
    assert refused(await send_base64(client, other="x" * 2_000))[:2] == (413, 413)
    answer = await client.post(ROUTE, content=b"{}", headers={"content-type": "text/plain"})
    assert refused(answer)[:2] == (415, 415)
