"""The journal as an HTTP Archive (HAR 1.2), which browsers and many tools read.

What the format has no place for is in an object `_evolink` of each entry; readers pass over names with an underscore.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from mock_server.journal.entries import Entry, Message
from mock_server.journal.near_misses import NearMiss
from mock_server.journal.shown import Pairs

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN: Final = -1


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """What all of them have in common: the format's own names."""


class Creator(Shape, frozen=True, kw_only=True):
    """What wrote the archive."""

    name: str
    version: str


class Named(Shape, frozen=True, kw_only=True):
    """A header, a parameter of a query, or a cookie."""

    name: str
    value: str


class PostData(Shape, frozen=True, kw_only=True):
    """The body of a request; `comment` says why its text is hidden."""

    mime_type: str
    params: tuple[Named, ...]
    text: str
    comment: str | UnsetType = UNSET


class Content(Shape, frozen=True, kw_only=True):
    """The body of an answer; `comment` says why its text is hidden."""

    size: int
    mime_type: str
    text: str
    comment: str | UnsetType = UNSET


class HarRequest(Shape, frozen=True, kw_only=True):
    """A request. Sizes are bytes, -1 where they are not known."""

    method: str
    url: str
    http_version: str
    cookies: tuple[Named, ...]
    headers: tuple[Named, ...]
    query_string: tuple[Named, ...]
    post_data: PostData | UnsetType = UNSET
    headers_size: int
    body_size: int


class HarResponse(Shape, frozen=True, kw_only=True):
    """An answer; the status is 0 where the client went away before there was one."""

    status: int
    status_text: str
    http_version: str
    cookies: tuple[Named, ...]
    headers: tuple[Named, ...]
    content: Content
    redirect_url: str = msgspec.field(name="redirectURL")
    headers_size: int
    body_size: int


class Cache(Shape, frozen=True, kw_only=True):
    """What a browser's cache did: nothing."""


class Timings(Shape, frozen=True, kw_only=True):
    """Milliseconds; sending and receiving take none that a server could see."""

    send: float
    wait: float
    receive: float


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the format has no place for (`journal.entries.Entry` says what each is)."""

    number: int
    id: str
    universe: str
    at: float
    turn: int
    reused: bool
    operation: str | None
    task: str | None
    account: str | None
    clauses: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]
    unknown_fields: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class HarEntry(Shape, frozen=True, kw_only=True):
    """One exchange."""

    started_date_time: str
    time: float
    request: HarRequest
    response: HarResponse
    cache: Cache
    timings: Timings
    connection: str
    facts: Facts = msgspec.field(name="_evolink")


class Log(Shape, frozen=True, kw_only=True):
    """The archive: exchanges in the order in which they began."""

    version: str
    creator: Creator
    entries: tuple[HarEntry, ...]


class Har(Shape, frozen=True, kw_only=True):
    """An archive, as it stands in a file."""

    log: Log


def archive(entries: Sequence[Entry], *, version: str) -> Har:
    """Write entries as an archive; `version` is that of this program."""
    begun = sorted(entries, key=lambda entry: entry.wall)
    creator = Creator(name="evolink-mock", version=version)
    return Har(log=Log(version="1.2", creator=creator, entries=tuple(_entry(entry) for entry in begun)))


def _entry(entry: Entry) -> HarEntry:
    return HarEntry(
        started_date_time=(_EPOCH + timedelta(seconds=entry.wall)).isoformat(timespec="milliseconds"),
        time=entry.milliseconds,
        request=_request(entry),
        response=_response(entry),
        cache=Cache(),
        timings=Timings(send=0, wait=entry.milliseconds, receive=0),
        connection=entry.connection,
        facts=msgspec.convert(entry, Facts, from_attributes=True),
    )


def _request(entry: Entry) -> HarRequest:
    message = entry.request
    had_body = message.size > 0 or message.hidden is not None
    return HarRequest(
        method=entry.method,
        url=entry.url,
        http_version=f"HTTP/{entry.http_version}",
        cookies=_named(parse_cookies(message.headers)),
        headers=_named(message.headers),
        query_string=_named(parse_qsl(urlsplit(entry.url).query, keep_blank_values=True)),
        post_data=PostData(
            mime_type=_header(message, "content-type"),
            params=(),
            text=message.body or "",
            comment=message.hidden or UNSET,
        )
        if had_body
        else UNSET,
        headers_size=_UNKNOWN,
        body_size=message.size,
    )


def _response(entry: Entry) -> HarResponse:
    message, status = entry.answer, entry.status or 0
    return HarResponse(
        status=status,
        status_text=HTTPStatus(status).phrase if status in _PHRASES else "",
        http_version=f"HTTP/{entry.http_version}",
        cookies=(),
        headers=_named(message.headers),
        content=Content(
            size=message.size,
            mime_type=_header(message, "content-type") or "x-unknown",
            text=message.body or "",
            comment=message.hidden or UNSET,
        ),
        redirect_url=_header(message, "location"),
        headers_size=_UNKNOWN,
        body_size=message.size,
    )


def parse_cookies(headers: Pairs) -> list[tuple[str, str]]:
    """Return the names and values of the cookies that a request brought."""
    cookies = [cookie for name, value in headers if name == "cookie" for cookie in value.split(";")]
    return [(name, value) for name, _, value in (cookie.strip().partition("=") for cookie in cookies)]


def _named(pairs: Sequence[tuple[str, str]]) -> tuple[Named, ...]:
    return tuple(Named(name=name, value=value) for name, value in pairs)


def _header(message: Message, name: str) -> str:
    return dict(message.headers).get(name, "")


_PHRASES: Final = frozenset(HTTPStatus)
