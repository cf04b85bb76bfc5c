"""What a server hands an app, and what an app is not to send."""

from typing import Any

from starlette.types import Message, Scope

from tests.serving import CREATE, KEY


def scope(method: str = "POST", path: str = CREATE, **more: Any) -> Scope:
    """Return what a server hands an app."""
    headers = [(b"authorization", f"Bearer {KEY}".encode()), (b"host", b"localhost")]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
        "http_version": "1.1", "query_string": b"a=1", "headers": headers, **more,
    }  # fmt: skip


async def unwanted(message: Message) -> None:
    """Let nothing be sent."""
    raise AssertionError(message)
