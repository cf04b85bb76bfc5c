"""A receiver: it notes which task was told of, and answers; the work is done after that, by what it reads itself."""

import asyncio
import json
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LARGEST, LONGEST = 2**20, 5.0


def make_receiver(note: Callable[[str], bool], path: str) -> Starlette:
    """Return an app that answers callbacks at a path, just as it stands in callback_url.

    `note` stores the id of a task for good, and tells whether it is one of ours.
    """

    async def receive(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return Response(status_code=415)
        try:
            async with asyncio.timeout(LONGEST):
                task = json.loads(await read(request))["id"]
        except TimeoutError:
            return Response(status_code=408)
        except (ValueError, TypeError, KeyError):
            return Response(status_code=400)
        return Response(status_code=204 if note(str(task)) else 404)

    return Starlette(routes=[Route(path, receive, methods=["POST"])])


async def read(request: Request) -> bytes:
    """Read a body that is not too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise ValueError("the body is too large")
    return bytes(body)
