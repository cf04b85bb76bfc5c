"""Names and folders that mean harm: they are shown as data, and decide nothing."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.files.file import clean_name, clean_path
from tests.files.uploading import PNG, contents, refused, send_base64
from tests.serving import FILES, Serve

pytestmark = pytest.mark.anyio

HOSTILE: Final = [
    *("..", "../", "../../etc/passwd", "..\\..\\windows\\win.ini", "....//....//x", "./x", "a/../../b", "/", "//", "."),
    *("%2e%2e%2fetc%2fpasswd", "%252e%252e%252f", "..%c0%af..", "/etc/passwd", "C:\\x", "C:x", "\\\\host\\share\\x"),
    *("a\x00.png", "a.png\x00.html", "name.", "name ", " name", "CON", "nul.png", "COM1", "aux"),
    *("\uff0e\uff0e\uff0fetc", "a\u2044b", "e\u0301.png", "\u202egnp.exe", ".htaccess", ".git/config", "-rf", "~/x"),
    *('a"; filename="evil.html', "a\r\nx-evil: 1", "a;b", "a'b", "<script>", "a?b#c", "a&b=c", "A.PNG", "a.png"),
    *("\u4f60\u597d.png", "\U0001f600", "\u200b", "x" * 255, "\u00e9" * 255, "$(id)", "`id`", "{{7*7}}", "%s%n", "a|b"),
]
DISPOSITION: Final = re.compile(
    r"(inline|attachment); filename=\"[A-Za-z0-9._-]*\"; filename\*=UTF-8''[A-Za-z0-9._%~-]+"
)


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> httpx2.AsyncClient:
    """A client of a server that keeps what is in files in a folder that can be looked at."""
    return await serve(files_directory=str(tmp_path / "depot" / "files"))


def files_in(folder: Path) -> list[str]:
    """Return where all files under a folder are."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


async def assert_harmless(client: httpx2.AsyncClient, data: dict[str, str], folder: Path) -> None:
    """See that a file is where it belongs, under a name of our own, and is served as what it is."""
    (only,) = files_in(folder)
    assert re.fullmatch(r"depot/files/evolink-mock-\w+/[0-9a-f]{2}/[0-9a-f]{64}", only)
    assert contents(folder) == [PNG]
    assert re.fullmatch(r"/[0-9A-Z]{18}/uploads/[^?#\\]+", unquote(urlsplit(data["file_url"]).path))
    for link in (data["file_url"], data["download_url"]):
        answer = await client.get(link, headers={"authorization": ""})
        assert (answer.status_code, answer.content) == (200, PNG), link
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert DISPOSITION.fullmatch(answer.headers["content-disposition"])
        assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.uncounted
@pytest.mark.clauses("FILE-STORED", "FILE-DOWNLOAD")
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
async def test_names_that_mean_harm(client: httpx2.AsyncClient, tmp_path: Path, name: str) -> None:
    """As folder and as name: what was said is shown as it was said, and nothing of it is on the disk."""
    answer = await send_base64(client, file_name=name, upload_path=name)
    data = answer.json()["data"]
    assert data["original_name"] == name
    assert ".." not in data["upload_path"].split("/")
    assert "/" not in data["file_name"]
    await assert_harmless(client, data, tmp_path)


@pytest.mark.uncounted
@pytest.mark.parametrize("name", [name for name in HOSTILE if not set(name) & {"\r", "\n", "\x00"}], ids=ascii)
async def test_file_names_of_forms_that_mean_harm(client: httpx2.AsyncClient, tmp_path: Path, name: str) -> None:
    """What a part says in its Content-Disposition is shown, and decides even less."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    form = f'--b\r\ncontent-disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'.encode() + PNG
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post(f"{FILES}upload/stream", content=form + b"\r\n--b--\r\n", headers=headers)
    data = answer.json()["data"]
    assert data["original_name"] in (name, name.rpartition("\\")[2])
    assert data["file_name"] == f"{data['file_id']}.png"
    await assert_harmless(client, data, tmp_path)


@pytest.mark.parametrize("field", ["file_name", "upload_path"])
async def test_a_name_that_is_too_long(client: httpx2.AsyncClient, tmp_path: Path, field: str) -> None:
    """It is refused, rather than cut off and taken for another one."""
    answer = await send_base64(client, PNG, **{field: "x" * 256})
    assert refused(answer) == (400, 400, f"Invalid request parameters: {field} has more than 255 characters")
    assert contents(tmp_path) == []


@given(st.text())
def test_clean_names(text: str) -> None:
    """Whatever is cleaned is one plain part of a path, and cleaning it again changes nothing."""
    name = clean_name(text)
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert not set(name) & set("/\\\0\r\n\"';:%?#<>|* \u202e\uff0f")
    assert clean_name(name) == name


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b.c", "\\", "%2e", "~"]) | st.text()).map("/".join))
def test_clean_paths(text: str) -> None:
    """No part of a cleaned folder is empty or leads up, and cleaning it again changes nothing."""
    path = clean_path(text)
    assert not path or not set(path.split("/")) & {"", ".", ".."}
    assert clean_path(path) == path
