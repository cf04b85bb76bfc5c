"""Where what is in files is kept, and that nothing is left of what is not."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import httpx2
import pytest
from starlette.types import Message

from mock_server.app import create_app
from mock_server.core.files.errors import FileTooLarge, StorageFailed
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from mock_server.store.depot import Depot, Incoming
from tests.files.forms import TYPE, form, part
from tests.files.uploading import GIF, PNG, contents, listed, refused, send_form, stored
from tests.serving import FILES, KEY, Serve, Wall, bearer

pytestmark = pytest.mark.anyio


def read(depot: Depot, digest: str) -> bytes | None:
    """Return a content."""
    file = depot.open(digest)
    if file is None:
        return None
    with file:
        return file.read()


def test_contents_are_kept_once_under_their_digest(tmp_path: Path) -> None:
    """What is kept twice is there once; what is discarded is not there, and may be discarded again."""
    depot = Depot(tmp_path, kept=True)
    assert depot.open("0" * 64) is None
    digest = depot.keep(PNG)
    assert depot.keep(PNG) == digest
    assert (list(depot.digests()), read(depot, digest)) == ([digest], PNG)
    for _ in range(2):
        depot.discard(digest)
    assert (list(depot.digests()), read(depot, digest)) == ([], None)
    depot.close()
    assert tmp_path.exists()


def test_a_depot_that_nobody_uses_makes_nothing(tmp_path: Path) -> None:
    """Neither in its place nor anywhere else."""
    depot = Depot(tmp_path / "files")
    depot.tidy()
    depot.discard("0" * 64)
    assert (depot.open("0" * 64), list(depot.digests())) == (None, [])
    depot.close()
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_depot_ends(tmp_path: Path) -> None:
    """Its folder is one of its own, and goes with it; what else is there stays."""
    (tmp_path / "other").write_bytes(b"mine")
    one, two = Depot(tmp_path), Depot(tmp_path)
    one.keep(PNG)
    two.keep(GIF)
    one.close()
    assert contents(tmp_path) == [GIF, b"mine"]
    two.close()
    assert contents(tmp_path) == [b"mine"]


def test_what_arrives_leaves_nothing_unless_it_is_placed(tmp_path: Path) -> None:
    """However the context ends."""
    depot = Depot(tmp_path, kept=True)
    with depot.receive(10) as incoming:
        incoming.write(b"0123456789")
        assert (incoming.size, incoming.head) == (10, b"0123456789")
        with pytest.raises(FileTooLarge):
            incoming.write(b"!")
    with pytest.raises(KeyError), depot.receive(10):
        raise KeyError
    assert contents(tmp_path) == []


def test_leftovers_of_a_server_that_was_killed(tmp_path: Path) -> None:
    """What began to arrive an hour ago is removed, what arrives now is not."""
    depot = Depot(tmp_path, kept=True)
    with depot.receive(10), depot.receive(10):
        one, _ = (tmp_path / "arriving").iterdir()
        os.utime(one, (0, 0))
        depot.tidy()
        assert len(list((tmp_path / "arriving").iterdir())) == 1


def break_disk(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Let the disk fail at a step."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "begin":
        monkeypatch.setattr("tempfile.mkstemp", fail)
    elif step == "place":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        whole = Incoming.__enter__

        class Full:
            """A file on a disk that is full."""

            def __init__(self, file: BinaryIO) -> None:
                self.write = fail
                self.close = file.close

        def enter(self: Incoming) -> Incoming:
            whole(self)
            self._file = Full(self._file)  # type: ignore[assignment]
            return self

        monkeypatch.setattr(Incoming, "__enter__", enter)


@pytest.mark.clauses("FILE-ERROR")
@pytest.mark.parametrize("step", ["begin", "write", "place"])
async def test_a_disk_that_fails(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The upload fails with a code of its own, and what was there is as it was."""
    client = await serve(files_directory=str(tmp_path))
    data = await stored(client, GIF, file_name="x")
    with monkeypatch.context() as patch:
        break_disk(patch, step)
        assert refused(await send_form(client, PNG, file_name="x")) == (500, 50001, "File could not be stored")
    assert await listed(client) == [data["file_id"]]
    assert (await client.get(data["download_url"])).content == GIF
    assert contents(tmp_path) == [GIF]


def test_the_message_of_a_failure_names_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files are is nobody's business."""
    break_disk(monkeypatch, "begin")
    with pytest.raises(StorageFailed) as raised:
        Depot(tmp_path).keep(PNG)
    assert str(tmp_path) not in str(raised.value)


@pytest.mark.clauses("FILE-OVERWRITE", "FILE-DELETE")
async def test_what_nobody_has_goes(serve: Serve, tmp_path: Path, wall: Wall) -> None:
    """A content is removed with the last file that has it: replaced, deleted, expired or reset."""
    client = await serve(files_directory=str(tmp_path))
    await stored(client, PNG, file_name="a", upload_path="x")
    await stored(client, PNG, file_name="b", upload_path="x")
    await stored(client, GIF, file_name="a", upload_path="x")
    assert contents(tmp_path) == [GIF, PNG]
    data = await stored(client, GIF, file_name="b", upload_path="x")
    assert contents(tmp_path) == [GIF]
    await client.delete(f"{FILES}{data['file_id']}")
    assert contents(tmp_path) == [GIF]
    wall.advance(72 * 3_600)
    assert await listed(client) == []
    assert contents(tmp_path) == []
    await stored(client, PNG)
    await client.post("/_mock/reset")
    assert contents(tmp_path) == []


async def test_files_outlive_a_server_that_keeps_its_state(tmp_path: Path) -> None:
    """They are beside the state file; what no file has is swept when a server begins."""
    settings = Settings(state=str(tmp_path / "mock.db"), speed=0)
    links = []
    for turn in range(2):
        app = create_app(settings, store=SqliteStore(tmp_path / "mock.db"))
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1", headers=bearer()
            ) as client,
        ):
            assert contents(tmp_path / "mock.db.files") == ([] if turn == 0 else [PNG])
            links.append((await stored(client, PNG, file_name="a"))["file_url"])
            assert (await client.get(links[0])).content == PNG
        Depot(tmp_path / "mock.db.files", kept=True).keep(GIF)


@pytest.mark.parametrize("plans", [(), ("delay 0 at=before-body",)])
async def test_a_client_that_goes_away_leaves_nothing(tmp_path: Path, plans: tuple[str, ...]) -> None:
    """In the middle of a form: no file, no answer, nothing on the disk, whatever is planned for the answer."""
    app = create_app(Settings(speed=0, files_directory=str(tmp_path), plans=plans))
    came: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": form(part("file", PNG))[:200], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    seen: list[list[bytes]] = []

    async def receive() -> Message:
        seen.append(contents(tmp_path))
        return next(came)

    async def send(_message: Message) -> None:
        raise AssertionError

    headers = [(b"authorization", f"Bearer {KEY}".encode()), (b"content-type", TYPE.encode())]
    scope = {"type": "http", "method": "POST", "path": f"{FILES}upload/stream", "query_string": b"", "headers": headers}
    async with app.router.lifespan_context(app):
        await app({**scope, "scheme": "http", "http_version": "1.1", "root_path": ""}, receive, send)
        assert seen[0] == [b""]
        assert contents(tmp_path) == []
