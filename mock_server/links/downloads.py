"""How a link is answered with its file: whole, or the part that was asked for, or as a plan has it.

Starlette's FileResponse is not used. It answers a Range that it cannot read with 400 and HEAD with 206, makes its ETag
of times, and knows no conditions but If-Range; and what plans are to change must be an answer before it is sent.
"""

from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from starlette.types import Scope, Send

from mock_server.core.http.dates import http_date
from mock_server.core.http.ranges import Part, Version, choose_part
from mock_server.core.plans import FAITHFUL, Reply, Script
from mock_server.core.types import SECOND, Instant
from mock_server.http.bodies import PORTION
from mock_server.http.connection import CONNECTION, Connection, heed_end
from mock_server.http.wire import Wire
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.universes.clock import Wall
from mock_server.universes.universe import Universe

Pair: TypeAlias = tuple[str, str]

_TEXTS: Final = {
    HTTPStatus.NOT_MODIFIED: b"",
    HTTPStatus.PRECONDITION_FAILED: b"The file is another one than is wanted\n",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: b"The file has no such part\n",
}
_PLAIN: Final = ("content-type", "text/plain; charset=utf-8")


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a link leads to: open to be read, with what is said of it.

    `digest` is that of its content, `modified` when it was made by the universe's clock, and `headers` what is said
    besides: its Content-Type at least.
    """

    content: Any
    size: int
    digest: str
    modified: Instant
    headers: tuple[Pair, ...]


class Choice(msgspec.Struct, frozen=True):
    """What is answered: a head, and the bytes of the file from `begin` up to `end`, or else the head's own body."""

    head: Reply
    begin: int
    end: int


Found: TypeAlias = Download | Reply
"""What a link leads to: a file, or an answer that says why there is none."""


async def answer_link(
    scope: Scope, send: Send, script: Script, find: Callable[[], Awaitable[Found]], *, universe: Universe, wall: Wall
) -> None:
    """Answer a link as a script has it.

    A file goes out piece by piece, unless plans have a hand in it: what they change is read as a whole.

    Args:
        scope: The request.
        send: The server's side of what goes out.
        script: What is done with the request; an `answer` of it is for `find` to give.
        find: Finds what the link leads to.
        universe: Where it is.
        wall: Where real time comes from.
    """
    wire = Wire(scope, send)

    async def make() -> Reply:
        found = await find()
        if not isinstance(found, Reply):
            with found.content:
                found = _read(found, choose(found, scope, ranges=script.ranges, now=min(wall(), universe.now())))
        return wire.change(found, script, wall=wall())

    if script is not FAITHFUL:
        await wire.perform(script, make)
        return
    found = await find()
    if isinstance(found, Reply):
        await wire.put(found, FAITHFUL)
        return
    with found.content:
        await _send(found, choose(found, scope, now=min(wall(), universe.now())), scope, send)


def choose(download: Download, scope: Scope, *, ranges: bool = True, now: Instant) -> Choice:
    """Choose what is answered; without `ranges` never a part. `now` is real time, or the universe's if earlier."""
    version = Version(download.size, f'"{download.digest}"', _told(download.modified, now))
    headers = _headers(scope)
    if not ranges:
        headers.pop("range", None)
    part = choose_part(version, headers, method=scope["method"], now=now)
    return Choice(_head(download, version, part, ranges=ranges), part.begin, part.end)


def _told(modified: Instant, now: Instant) -> Instant | None:
    """Return when a file was made, once that second is over: while it lasts, another one could be made in it.

    A universe's clock may be ahead of real time, by which answers are dated; no file is said to be newer than that.
    """
    return modified if modified // SECOND < now // SECOND else None


def _headers(scope: Scope) -> dict[str, str]:
    """Return the request's headers; of a name that stands several times, all values."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _head(download: Download, version: Version, part: Part, *, ranges: bool) -> Reply:
    text = _TEXTS.get(HTTPStatus(part.status))
    validators = [("etag", version.etag)]
    if version.modified is not None:
        validators.append(("last-modified", http_date(version.modified)))
    if ranges:
        validators.append(("accept-ranges", "bytes"))
    if text is None:
        named = [*download.headers, *validators]
        if part.status == HTTPStatus.PARTIAL_CONTENT:
            named.append(("content-range", f"bytes {part.begin}-{part.end - 1}/{version.size}"))
        return Reply(part.status, tuple(named), b"")
    named = [pair for pair in download.headers if not pair[0].startswith("content-")]
    if text:
        named.append(_PLAIN)
    if part.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        named.append(("content-range", f"bytes */{version.size}"))
    return Reply(part.status, (*named, *validators), text)


def _read(download: Download, choice: Choice) -> Reply:
    """Return an answer with all in it that it sends of the file."""
    body = b"".join(_pieces(download, choice))
    return msgspec.structs.replace(choice.head, body=body or choice.head.body)


async def _send(download: Download, choice: Choice, scope: Scope, send: Send) -> None:
    """Send an answer piece by piece, as long as the client is there; to HEAD, the head alone."""
    exchange: Exchange = scope[EXCHANGE]
    exchange.keeps_answer = False
    head, size = choice.head, choice.end - choice.begin or len(choice.head.body)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head.headers]
    if head.status != HTTPStatus.NOT_MODIFIED:
        headers.append((b"content-length", b"%d" % size))
    await send({"type": "http.response.start", "status": head.status, "headers": headers})
    connection = scope.get("state", {}).get(CONNECTION)
    if scope["method"] != "HEAD":
        for piece in _pieces(download, choice) if choice.begin < choice.end else [head.body]:
            if isinstance(connection, Connection) and connection.lost:
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await heed_end()
    await send({"type": "http.response.body", "body": b""})


def _pieces(download: Download, choice: Choice) -> Iterator[bytes]:
    """Read the chosen bytes piece by piece."""
    download.content.seek(choice.begin)
    left = choice.end - choice.begin
    while piece := download.content.read(min(PORTION, left)):
        left -= len(piece)
        yield piece
