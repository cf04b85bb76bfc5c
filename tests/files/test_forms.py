"""Forms as they come in: whole and in pieces, and whatever else calls itself one."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest, UnsupportedMediaType
from mock_server.files.forms import FormReader
from tests.files.forms import BOUNDARY, PLACES, TYPE, cut, form, part
from tests.files.uploading import PNG, contents, refused
from tests.serving import FILES, Serve

ROUTE: Final = f"{FILES}upload/stream"


def read(pieces: Sequence[bytes], *, content_type: str = TYPE) -> tuple[bytes, dict[str, str], str]:
    """Read a form, and return its file, its fields and the file's name."""
    taken: list[bytes] = []
    reader = FormReader(content_type, lambda piece: taken.append(bytes(piece)))
    for piece in pieces:
        reader.feed(memoryview(piece))
    return b"".join(taken), dict(reader.finish()), reader.file_name


HEADERS = st.text(st.characters(max_codepoint=255))
NEAR_BOUNDARIES = st.lists(
    st.sampled_from([b"\r\n", b"--", b"\r", b"\n", b"-", BOUNDARY.encode(), BOUNDARY[:4].encode(), b"x", b"\0"])
).map(b"".join)


def is_content(text: bytes) -> bool:
    """Tell whether a text can stand in a part: it does not have the boundary in it."""
    return b"\r\n--" + BOUNDARY.encode() not in b"\r\n" + text


@pytest.mark.clauses("FILE-UPLOAD-STREAM")
@given(content=(NEAR_BOUNDARIES | st.binary()).filter(is_content), places=PLACES, name=st.text("ab\u00e9\u4f60 ."))
def test_a_form_reads_the_same_however_it_is_cut(content: bytes, places: list[int], name: str) -> None:
    """The file comes out as it went in, with the fields beside it, before it and after it."""
    text = form(
        part("upload_path", b"p"), part("file", content, file_name=name, head="Content-Type: x/y\r\n"), part("z", b"")
    )
    for pieces in (cut(text, places), [bytes([byte]) for byte in text]):
        assert read(pieces) == (content, {"upload_path": "p", "file": "", "z": ""}, name)


@given(st.binary() | NEAR_BOUNDARIES, PLACES)
def test_what_is_no_form_is_refused(text: bytes, places: list[int]) -> None:
    """Whatever comes is a form or refused by what is wrong with it; nothing else is raised."""
    with suppress(InvalidRequest):
        read(cut(f"--{BOUNDARY}\r\n".encode() + text, places))


@given(st.data())
def test_a_form_that_ends_early_is_refused(data: st.DataObject) -> None:
    """Wherever it is cut off before its last boundary is whole."""
    text = form(part("file", PNG, file_name="a"))
    end = data.draw(st.integers(0, len(text) - 3))
    with pytest.raises(InvalidRequest):
        read([text[:end]])


@given(HEADERS | HEADERS.map("multipart/form-data; boundary={}".format))
def test_any_content_type(text: str) -> None:
    """Whatever it says, it is read or refused; nothing else is raised."""
    with suppress(InvalidRequest, UnsupportedMediaType):
        FormReader(text, bytes)


WHOLE = part("file", PNG, file_name="a.png")
BROKEN: Final = {
    "nothing": (TYPE, b"", "the form ends before its last boundary"),
    "another boundary": (TYPE, form(WHOLE).replace(BOUNDARY.encode(), b"another1"), "the form cannot be read"),
    "no last boundary": (TYPE, WHOLE, "the form ends before its last boundary"),
    "no boundary": ("multipart/form-data", form(WHOLE), "Content-Type must name a boundary"),
    "an empty boundary": ('multipart/form-data; boundary=""', form(WHOLE), "Content-Type must name a boundary"),
    "a huge boundary": (f"multipart/form-data; boundary={'x' * 201}", form(WHOLE), "Content-Type must name a bound"),
    "10,000 parts": (TYPE, form(*(part(str(number), b"") for number in range(10_000))), "has at most 16 parts"),
    "a huge header": (TYPE, form(part("file", PNG, head=f"x: {'y' * 100_000}\r\n")), "the form cannot be read"),
    "many headers": (TYPE, form(part("file", PNG, head="x: y\r\n" * 100)), "the form cannot be read"),
    "a header without an end": (TYPE, f"--{BOUNDARY}\r\nx: ".encode() + b"y" * 100_000, "the form cannot be read"),
    "two files": (TYPE, form(WHOLE, WHOLE), 'the form has more than one part "file"'),
    "no file": (TYPE, form(part("upload_path", b"x")), "file is required"),
    "a long field": (TYPE, form(WHOLE, part("upload_path", b"x" * 5_000)), '"upload_path" has more than 4096 bytes'),
    "a field that is no text": (TYPE, form(WHOLE, part("file_name", b"\xff")), '"file_name" is not valid UTF-8'),
}


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> httpx2.AsyncClient:
    """A client of a server whose folder can be looked at."""
    return await serve(files_directory=str(tmp_path))


@pytest.mark.anyio
@pytest.mark.clauses("FILE-UPLOAD-STREAM", "FILE-ERROR")
@pytest.mark.parametrize(("content_type", "body", "message"), BROKEN.values(), ids=BROKEN)
async def test_broken_forms(
    client: httpx2.AsyncClient, tmp_path: Path, content_type: str, body: bytes, message: str
) -> None:
    """Each is refused by what is wrong with it, and nothing is left on the disk."""
    answer = await client.post(ROUTE, content=body, headers={"content-type": content_type})
    assert refused(answer)[:2] == (400, 400)
    assert message in answer.json()["msg"]
    assert contents(tmp_path) == []


@pytest.mark.anyio
@pytest.mark.clauses("HTTP-415")
@pytest.mark.parametrize("content_type", [None, "application/json", "multipart/mixed; boundary=x", "\xff", ";"])
async def test_no_form_at_all(client: httpx2.AsyncClient, content_type: str | None) -> None:
    """A body of another type is told so."""
    headers = {} if content_type is None else {b"content-type": content_type.encode("latin-1")}
    answer = await client.post(ROUTE, content=form(WHOLE), headers=headers)
    assert refused(answer)[:2] == (415, 415)


@pytest.mark.anyio
async def test_what_follows_a_form_means_nothing(client: httpx2.AsyncClient) -> None:
    """The form counts."""
    body = form(WHOLE) + b"--frontier\r\nanything" * 100
    answer = await client.post(ROUTE, content=body, headers={"content-type": TYPE})
    assert answer.json()["data"]["file_size"] == len(PNG)
