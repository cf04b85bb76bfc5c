"""Servers with one fault each: the simulator, with something done to its answers on the way."""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Fault: TypeAlias = Callable[[Scope, int, Any], tuple[int, Any]]
"""Gets the request, the status and the decoded body, and returns the status and the body that go out."""


def faulty(app: ASGIApp, fault: Fault) -> ASGIApp:
    """Return an app whose JSON answers have a fault."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, receive, keep)
        start, body = kept[0], b"".join(message.get("body", b"") for message in kept[1:])
        status, changed = fault(scope, start["status"], msgspec.json.decode(body) if body else None)
        payload = msgspec.json.encode(changed) if body else b""
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await send({**start, "status": status, "headers": [*headers, (b"content-length", b"%d" % len(payload))]})
        await send({"type": "http.response.body", "body": payload})

    return serve


def open_to_all(app: ASGIApp) -> ASGIApp:
    """Return an app in which whoever has a key can read everybody's tasks."""
    owners: dict[str, bytes] = {}

    def note(scope: Scope, status: int, body: Any) -> tuple[int, Any]:
        if scope["method"] == "POST" and status == 200 and "id" in body:
            owners[body["id"]] = dict(scope["headers"])[b"authorization"]
        return status, body

    noting = faulty(app, note)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        owner = owners.get(scope.get("path", "").rpartition("/")[2])
        if owner is not None and any(name == b"authorization" for name, _ in scope["headers"]):
            others = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
            scope = {**scope, "headers": [*others, (b"authorization", owner)]}
        await noting(scope, receive, send)

    return serve
