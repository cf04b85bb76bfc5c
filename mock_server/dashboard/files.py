"""The dashboard itself, and the files that it is made of, as a browser gets them."""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from mock_server.api.endpoint import error_answer, send_answer
from mock_server.control.access import check_access
from mock_server.core.errors import ApiError, NotFound
from mock_server.simulator import Simulator

PATH: Final = "/_mock/"
"""Where the dashboard is."""

INDEX: Final = "index.html"
"""The file that a browser is shown."""

TOKEN_PLACE: Final = b"{token}"
"""Where in it the token belongs."""

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""What a browser may do with it: load what is served beside it, and nothing that was written into it."""

_TYPES: Final = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_METHODS: Final = ("GET", "HEAD")
_ELSEWHERE: Final = (
    f"what GET {PATH} shows is for browsers (Accept: text/html), and GET {PATH}openapi.json describes the control API"
)


class Dashboard:
    """An ASGI app that serves the dashboard to a browser; who does not ask for HTML is told where else to look.

    Args:
        simulator: What it shows.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request; one without the slash at the end is sent to the path that the links in it start from."""
        headers = dict(scope["headers"])
        try:
            if scope["method"] not in _METHODS or b"text/html" not in headers.get(b"accept", b""):
                raise NotFound(_ELSEWHERE)
            check_access(scope["method"], headers, self._simulator)
        except ApiError as error:
            await send_answer(error_answer(error), scope, send)
            return
        if scope["path"] != PATH:
            await _send(send, 307, {"location": PATH, "content-length": "0"}, ())
            return
        body = read_assets()[INDEX].replace(TOKEN_PLACE, self._simulator.token.encode())
        await send_file(scope, send, INDEX, body, {"cache-control": "no-store", **HEADERS})


class Assets:
    """An ASGI app that serves the files of the dashboard. They hold no secret, so anybody may have them."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one file.

        Raises:
            HTTPException: There is none of this name.
        """
        name: str = scope["path_params"]["name"]
        body = read_assets().get(name)
        if body is None or name == INDEX:
            raise HTTPException(NotFound.status)
        headers = {"cache-control": "no-cache", "etag": f'"{blake2b(body, digest_size=8).hexdigest()}"', **HEADERS}
        if dict(scope["headers"]).get(b"if-none-match") == headers["etag"].encode():
            await _send(send, 304, headers, ())
        else:
            await send_file(scope, send, name, body, headers)


@cache
def read_assets() -> Mapping[str, bytes]:
    """Return the files that the dashboard is made of, by name."""
    folder = files("mock_server.dashboard").joinpath("assets")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def send_file(scope: Scope, send: Send, name: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Answer with a file of a name that says its type; to HEAD, with the head alone."""
    media_type = f"{_TYPES[name.rpartition('.')[2]]}; charset=utf-8"
    sizes = {"content-type": media_type, "content-length": str(len(body))}
    await _send(send, 200, {**sizes, **headers}, (body,) if scope["method"] == "GET" else ())


async def _send(send: Send, status: int, headers: Mapping[str, str], pieces: Iterable[bytes]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"".join(pieces)})
