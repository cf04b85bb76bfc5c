"""What people really call an API with, and what each of them makes of a fault: an exception, by its name, or a result.

The table is of what these libraries do, not of what anybody wishes for. It is what calls within the process must raise
too.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.request import Request, urlopen

import aiohttp
import httpx
import httpx2
import msgspec
import requests

Ask: TypeAlias = Callable[[str, Mapping[str, str], float], Any]
"""Gets the JSON behind a URL, with these headers, and so much patience in seconds."""


def ask_httpx2(url: str, headers: Mapping[str, str], patience: float) -> Any:
    """Get by httpx2."""
    with httpx2.Client(timeout=patience) as client:
        return client.get(url, headers=headers).raise_for_status().json()


def ask_httpx(url: str, headers: Mapping[str, str], patience: float) -> Any:
    """Get by httpx."""
    with httpx.Client(timeout=patience) as client:
        return client.get(url, headers=headers).raise_for_status().json()


def ask_requests(url: str, headers: Mapping[str, str], patience: float) -> Any:
    """Get by requests."""
    answer = requests.get(url, headers=headers, timeout=patience)
    answer.raise_for_status()
    return answer.json()


def ask_aiohttp(url: str, headers: Mapping[str, str], patience: float) -> Any:
    """Get by aiohttp."""

    async def ask() -> Any:
        timeout = aiohttp.ClientTimeout(total=None, sock_read=patience)
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
            session.get(url, headers=headers) as answer,
        ):
            return await answer.json()

    return asyncio.run(ask())


def ask_urllib(url: str, headers: Mapping[str, str], patience: float) -> Any:
    """Get by the standard library."""
    with urlopen(Request(url, headers=dict(headers)), timeout=patience) as answer:  # noqa: S310 - http
        return json.loads(answer.read())


CLIENTS: Final[Mapping[str, Ask]] = {
    "httpx2": ask_httpx2,
    "httpx": ask_httpx,
    "requests": ask_requests,
    "aiohttp": ask_aiohttp,
    "urllib": ask_urllib,
}
"""By their names."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What each client makes of several faults: the name of an exception, or the document, `true` or `other`."""

    httpx: str
    requests: str
    aiohttp: str
    urllib: str
    words: tuple[str, ...]

    def outcomes(self) -> dict[str, str]:
        """Return what each makes of them, by its name; httpx2 is as httpx."""
        return {"httpx2": self.httpx, **{name: getattr(self, name) for name in CLIENTS if name != "httpx2"}}


_TABLE: Final = (
    Row(
        "RemoteProtocolError",
        "ConnectionError",
        "ServerDisconnectedError",
        "RemoteDisconnected",
        (
            "disconnect before-response close",
            "disconnect before-response half-close",
        ),
    ),
    Row(
        "ReadError",
        "ConnectionError",
        "ClientOSError",
        "ConnectionResetError",
        (
            "disconnect before-response reset",
            "disconnect in-head reset",
        ),
    ),
    Row(
        "ReadTimeout",
        "ReadTimeout",
        "SocketTimeoutError",
        "TimeoutError",
        (
            "disconnect before-response silence",
            "disconnect in-head silence",
        ),
    ),
    Row(
        "RemoteProtocolError",
        "JSONDecodeError",
        "ServerDisconnectedError",
        "JSONDecodeError",
        (
            "disconnect in-head close",
            "disconnect in-head half-close",
        ),
    ),
    Row(
        "RemoteProtocolError",
        "ChunkedEncodingError",
        "ClientPayloadError",
        "IncompleteRead",
        (
            "disconnect after-head close",
            "disconnect after-head half-close",
            "disconnect in-body close",
            "disconnect in-body half-close",
            "framing no-last-chunk",
            "body too-long",
        ),
    ),
    Row(
        "ReadError",
        "ChunkedEncodingError",
        "ClientPayloadError",
        "ConnectionResetError",
        (
            "disconnect after-head reset",
            "disconnect in-body reset",
        ),
    ),
    Row(
        "ReadTimeout",
        "ConnectionError",
        "SocketTimeoutError",
        "TimeoutError",
        (
            "disconnect after-head silence",
            "disconnect in-body silence",
        ),
    ),
    Row("RemoteProtocolError", "ChunkedEncodingError", "ClientResponseError", "IncompleteRead", ("framing bad-chunk",)),
    Row("true", "true", "ClientResponseError", "true", ("framing length-and-chunked",)),
    Row("RemoteProtocolError", "InvalidHeader", "ClientResponseError", "true", ("framing two-lengths",)),
    Row("true", "JSONDecodeError", "true", "HTTPError", ("framing provisional",)),
    Row("true", "ConnectionError", "ClientResponseError", "LineTooLong", ("framing huge-header",)),
    Row("RemoteProtocolError", "ConnectionError", "ClientResponseError", "BadStatusLine", ("framing garbage",)),
    Row(
        "JSONDecodeError",
        "JSONDecodeError",
        "JSONDecodeError",
        "JSONDecodeError",
        (
            "body truncated",
            "body trailing",
            "body corrupted",
        ),
    ),
    Row("JSONDecodeError", "JSONDecodeError", "other", "JSONDecodeError", ("body empty",)),
    Row(
        "JSONDecodeError",
        "JSONDecodeError",
        "ContentTypeError",
        "JSONDecodeError",
        (
            "body html",
            "answer 204",
        ),
    ),
    Row(
        "true",
        "true",
        "ContentTypeError",
        "true",
        (
            "body text",
            "head without=content-type",
        ),
    ),
    Row(
        "other",
        "other",
        "other",
        "other",
        (
            "body array",
            "body null",
            "body surrogate",
            "body nan",
            "body big-number",
            "body twice",
        ),
    ),
    Row("true", "JSONDecodeError", "JSONDecodeError", "true", ("body bom",)),
    Row("true", "JSONDecodeError", "UnicodeDecodeError", "true", ("body charset",)),
    Row("UnicodeDecodeError", "other", "UnicodeDecodeError", "UnicodeDecodeError", ("body utf-8",)),
    Row("RecursionError", "RecursionError", "RecursionError", "RecursionError", ("body nested",)),
    Row("DecodingError", "ContentDecodingError", "ClientPayloadError", "true", ("body gzip-label",)),
    Row("UnicodeDecodeError", "JSONDecodeError", "UnicodeDecodeError", "UnicodeDecodeError", ("body gzip-twice",)),
    Row(
        "JSONDecodeError",
        "JSONDecodeError",
        "ClientResponseError",
        "JSONDecodeError",
        (
            "body too-short",
            "head headers.content-length=5",
        ),
    ),
    Row(
        "HTTPStatusError",
        "HTTPError",
        "ClientResponseError",
        "HTTPError",
        (
            "answer 503",
            "answer 429 retry-after=1",
        ),
    ),
    Row("RemoteProtocolError", "JSONDecodeError", "ServerDisconnectedError", "HTTPError", ("answer 102",)),
    Row("HTTPStatusError", "JSONDecodeError", "ContentTypeError", "HTTPError", ("answer 304",)),
    Row(
        "HTTPStatusError",
        "TooManyRedirects",
        "TooManyRedirects",
        "HTTPError",
        ("answer 307 headers.location=/v1/credits",),
    ),
    Row("RemoteProtocolError", "JSONDecodeError", "other", "HTTPError", ("head status=101",)),
    Row(
        "RemoteProtocolError",
        "true",
        "ClientResponseError",
        "true",
        (
            "head headers.content-length=many",
            "head headers.transfer-encoding=gzip",
        ),
    ),
    Row(
        "RemoteProtocolError", "ConnectionError", "ClientResponseError", "LineTooLong", ("framing huge-header:1000000",)
    ),
    Row(
        "true",
        "true",
        "true",
        "true",
        (
            "disconnect after-response close",
            "disconnect after-response reset",
            "disconnect after-response half-close",
            "disconnect after-response silence",
            "framing chunked",
            "framing trailer",
            "framing http10",
            "framing double-headers",
            "framing bare-lf",
            "body padded",
            "head without=content-length",
            "delay 1ms in-head",
            "delay 1ms in-body",
            "delay 1ms before-body",
        ),
    ),
)

EXPECTED: Final[Mapping[str, Mapping[str, str]]] = {words: row.outcomes() for row in _TABLE for words in row.words}
"""To each fault, in the short form of plans, what each client makes of it when it gets a document."""


def outcome(ask: Ask, true: Any, *request: Any) -> str:
    """Return what a client makes of an answer: `true` is the document that there should be."""
    try:
        return "true" if ask(*request) == true else "other"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
        return type(error).__name__
