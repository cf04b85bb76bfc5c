"""Uploads by URL, and the way out that they share with callbacks."""

from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from contracts.drive.receiver import Action, Close, Dribble, Hang, Raw, Receiver, Reply, Reset
from mock_server.core.files.errors import FileTooLarge
from mock_server.egress.egress import Egress, EgressError, EgressTimeout
from mock_server.egress.routes import read_route
from tests.files.uploading import PNG, contents, listed, refused
from tests.serving import FILES, Serve

pytestmark = pytest.mark.anyio

ROUTE: Final = f"{FILES}upload/url"
URL: Final = "https://pictures.example.com/some/cat%20one.png?size=1"
CHUNKED: Final = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(PNG), PNG)


async def answered(serve: Serve, action: Action, url: str = URL, **settings: Any) -> httpx2.Response:
    """Upload from a receiver that does something, and return what is answered."""
    with Receiver(action, host="pictures.example.com") as receiver:
        client = await serve(callback_routes=(receiver.route,), callback_ca=str(receiver.ca_file), **settings)
        return await client.post(ROUTE, json={"file_url": url})


@pytest.mark.clauses("FILE-UPLOAD-URL")
@pytest.mark.parametrize(
    "action",
    [Reply(200, PNG), Raw(CHUNKED), Raw(b"HTTP/1.0 200 OK\r\n\r\n" + PNG)],
    ids=["whole", "in chunks", "until the end"],
)
async def test_an_upload_by_url(serve: Serve, action: Action) -> None:
    """The file is fetched by the route, and called as the URL calls it; its type is what it is."""
    answer = await answered(serve, action)
    data = answer.json()["data"]
    assert (data["file_size"], data["mime_type"]) == (len(PNG), "image/png")
    assert (data["original_name"], data["upload_path"]) == ("cat one.png", "images/png")


@pytest.mark.clauses("FILE-UPLOAD-URL", "FILE-ERROR")
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Reply(404, PNG), "the answer has the status 404"),
        (Reply(302, headers={"location": "https://pictures.example.com/"}), "the answer has the status 302"),
        (Reply(204), "the answer has the status 204"),
        (Close(), "the connection was closed before the answer was whole"),
        (Reset(), "the connection was reset"),
        (Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n" + PNG), "the connection was closed before the answer"),
        (Raw(b"220 ready\r\n"), "the answer is not HTTP/1.1"),
    ],
    ids=["missing", "redirect", "empty", "closed", "reset", "cut off", "another protocol"],
)
async def test_a_url_that_cannot_be_read(serve: Serve, tmp_path: Path, action: Action, reason: str) -> None:
    """Whatever is not a whole file is told in a few words, no redirect is followed, and nothing is left."""
    answer = await answered(serve, action, files_directory=str(tmp_path))
    status, code, message = refused(answer)
    assert (status, code) == (400, 40004)
    assert message.startswith(f"Failed to download the file from the URL: {reason}")
    assert contents(tmp_path) == []


@pytest.mark.clauses("FILE-LIMIT", "FILE-TYPE")
async def test_what_is_fetched_has_the_same_rules(serve: Serve) -> None:
    """Its size and its type are looked at, whatever the answer's head says of them."""
    large = Raw(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n" + PNG + bytes(2_000_000))
    assert refused(await answered(serve, large, file_limit=100_000))[:2] == (400, 40001)
    page = Reply(200, b"<html>", headers={"content-type": "image/png"})
    assert refused(await answered(serve, page))[:2] == (400, 40002)


@pytest.mark.clauses("FILE-UPLOAD-URL")
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://other.example.com/a.png", 40004),
        ("http://127.0.0.1:1/a.png", 40004),
        ("http://169.254.169.254/latest", 40004),
        ("http://[::1]/", 40004),
        ("http://127.1/", 40004),
        ("file:///etc/passwd", 400),
        ("ftp://pictures.example.com/a", 400),
        ("https://pictures.example.com\\@evil.example/", 400),
        ("nothing", 400),
        (7, 400),
        (None, 400),
    ],
)
async def test_urls_that_nobody_connects_to(serve: Serve, url: object, code: int) -> None:
    """Without a route nothing is connected to, and with public addresses alone nothing internal."""
    for egress in ("routes", "public"):
        if url == "https://other.example.com/a.png" and egress == "public":
            continue  # a name that would be asked for
        client = await serve(egress=egress)
        assert refused(await client.post(ROUTE, json={"file_url": url}))[:2] == (400, code)
        assert await listed(client) == []


def to(receiver: Receiver, *, tls: bool = True) -> Egress:
    """Return a way out that leads to a receiver."""
    return Egress(dict([read_route(receiver.route)]), ca_file=receiver.ca_file if tls else None)


async def test_what_is_asked(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """A plain GET, on a connection of its own, without the user and the fragment of the URL."""
    with Receiver(Reply(200, PNG), tls=tls) as receiver:
        taken: list[bytes] = []
        await to(receiver, tls=tls).fetch("https://user:secret@hooks.example.com/a?b#c", taken.append, seconds=10)
        (came,) = receiver.wait_for(1)
    assert b"".join(taken) == PNG
    assert (came.method, came.path, came.body) == ("GET", "/a?b", b"")
    assert came.headers == {
        "host": "hooks.example.com",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "evolink-mock/1",
        "connection": "close",
    }


@pytest.mark.parametrize("action", [Hang(), Dribble(every=0.05), Reply(after=60)], ids=["hang", "dribble", "late"])
async def test_a_fetch_has_its_time(tls: bool, action: Action) -> None:  # noqa: FBT001 - a fixture
    """Also for an answer that comes byte by byte."""
    with Receiver(action, tls=tls) as receiver:
        with pytest.raises(EgressTimeout, match=r"^no whole answer within 0\.2 s$"):
            await to(receiver, tls=tls).fetch(receiver.url, bytes, seconds=0.2)
        assert len(receiver.wait_for(1)) == 1


async def test_an_answer_without_end_is_read_until_it_is_refused() -> None:
    """Whoever takes the file can end it; what comes after that is nobody's."""
    with Receiver(Raw(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(3_000_000))) as receiver:
        taken = 0

        def take(piece: bytes) -> None:
            nonlocal taken
            taken += len(piece)
            if taken > 1_000:
                raise FileTooLarge

        egress = to(receiver)
        with pytest.raises(FileTooLarge):
            await egress.fetch(receiver.url, take, seconds=10)
        assert taken < 1_000_000
    with pytest.raises(EgressError, match="refused"):
        await egress.fetch(receiver.url, take, seconds=10)
