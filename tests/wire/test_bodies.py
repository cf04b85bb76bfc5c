"""What each fault of a body puts on the wire, to the byte."""

import gzip
import json
from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.links import LINK_FAULTS
from tests.wire.conftest import World

Change = Callable[[bytes], bytes]


def plainly(body: bytes) -> bytes:
    """Return a body as it is."""
    return body


def noting(note: bytes) -> Change:
    """Return what adds a member to a JSON object."""
    return lambda body: body[:-1] + b',"note":' + note + b"}"


def twice(body: bytes) -> bytes:
    """Return a JSON object whose first member stands in it again."""
    first = next(iter(json.loads(body)))
    return body[:-1] + b',"%b":null}' % first.encode()


def corrupted(body: bytes) -> bytes:
    """Return a body with another byte in its middle."""
    half = len(body) // 2
    return body[:half] + bytes([body[half] ^ 0x55]) + body[half + 1 :]


class Row(msgspec.Struct, frozen=True):
    """What is to be seen: the body; by how much its length is not said as it is, after which the connection ends."""

    body: Change = plainly
    headers: dict[str, str] = {}
    more: int = 0


ROWS: Final = {
    "truncated": Row(lambda body: body[: len(body) // 2]),
    "empty": Row(lambda _: b""),
    "html": Row(lambda _: b"<!DOCTYPE html>", {"content-type": "text/html; charset=utf-8"}),
    "text": Row(headers={"content-type": "text/plain; charset=utf-8"}),
    "padded": Row(lambda body: body + b" " * 1_000_000),
    "trailing": Row(lambda body: body + b"\n<!-- end -->"),
    "array": Row(lambda body: b"[" + body + b"]"),
    "null": Row(lambda _: b"null"),
    "bom": Row(lambda body: b"\xef\xbb\xbf" + body),
    "charset": Row(headers={"content-type": "application/json; charset=utf-16"}),
    "utf-8": Row(noting(b'"\xff\xfe"')),
    "surrogate": Row(noting(b'"\\ud800"')),
    "nan": Row(noting(b"NaN")),
    "big-number": Row(noting(b"9007199254740993")),
    "twice": Row(twice),
    "nested": Row(noting(b"[" * 100_000 + b"]" * 100_000)),
    "corrupted": Row(corrupted),
    "gzip-label": Row(headers={"content-encoding": "gzip"}),
    "gzip-twice": Row(lambda body: gzip.compress(gzip.compress(body, mtime=0), mtime=0), {"content-encoding": "gzip"}),
    "too-long": Row(more=10),
    "too-short": Row(more=-10),
}


@pytest.mark.parametrize("operation", ["query", "list", "credits", "create"])
@pytest.mark.parametrize("fault", BODY_FAULTS)
def test_what_is_on_the_wire(world: World, fault: str, operation: str) -> None:
    """The status is the true one; the body has the fault, and its length is true unless that is what is wrong."""
    row = ROWS[fault]
    true = world.ask(operation, to_end=False, headers={"idempotency-key": "one"})
    world.plan(f"body {fault} on={operation}")
    seen = world.ask(operation, to_end=row.more != 0, headers={"idempotency-key": "one"})
    assert (seen.start, seen.end) == (true.start, "FIN" if row.more else "open")
    expected = row.body(true.body)
    assert seen.body.startswith(expected) if fault == "html" else seen.body == expected
    assert int(seen.headers["content-length"]) == len(seen.body) + row.more
    closing = {"connection": "close"} if row.more else {}
    changed = {name: value for name, value in seen.headers.items() if value != true.headers.get(name)}
    assert changed.items() - {("content-length", str(len(seen.body) + row.more))} == {
        ("x-request-id", seen.headers["x-request-id"]),
        *row.headers.items(),
        *closing.items(),
        *({("date", seen.headers["date"])} if "date" in changed else ()),
        *({("idempotency-replayed", "true")} if operation == "create" else ()),
    }


ANSWERS: Final = {
    "expires": ("expires:0", b"HTTP/1.1 403 Forbidden", b"This link has expired\n"),
    "redirect": ("redirect origin=http://127.0.0.1:9", b"HTTP/1.1 302 Found", b""),
    "status": ("status:410", b"HTTP/1.1 410 Gone", None),
    "no-range": ("no-range", b"HTTP/1.1 200 OK", plainly),
    "slow": ("slow:0", b"HTTP/1.1 200 OK", plainly),
}
"""Of the faults that links alone have: the words, the first line, and the body, or what makes it of the file."""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fault", LINK_FAULTS)
def test_what_a_link_puts_on_the_wire(world: World, fault: str, method: str) -> None:
    """The link of a task that was created so goes wrong, whenever it is fetched; to HEAD, in its head."""
    file = world.ask("result", to_end=False).body
    words, start, body = ANSWERS.get(fault, (fault, b"HTTP/1.1 200 OK", ROWS.get(fault, Row()).body))
    row = ROWS.get(fault, Row())
    world.plan(f"link {words}")
    world.finish_task()
    for _ in range(2):
        seen = world.ask("result", to_end=row.more != 0, method=method)
        assert seen.start == start
        assert seen.end == ("FIN" if row.more else "open")
        whole = body if isinstance(body, bytes) else None if body is None else body(file)
        if fault == "html":
            assert seen.headers["content-type"] == "text/html; charset=utf-8"
        elif whole is not None:
            assert seen.body == (b"" if method == "HEAD" else whole)
            assert int(seen.headers["content-length"]) == len(whole) + row.more
        if fault == "redirect":
            assert seen.headers["location"] == f"http://127.0.0.1:9{world.requests['result'][1]}"
    struck = [entry["faults"] for entry in world.exchanges() if entry["operation"] == "result"]
    assert struck == [[], [f"link {fault}"], [f"link {fault}"]]


def test_a_link_that_is_still_good(world: World) -> None:
    """A plan that does not matter yet, or is not of the link at all, does nothing to it and is not named."""
    world.plan("link expires:1000", "task results=always")
    world.finish_task()
    assert world.ask("result", to_end=False).start == b"HTTP/1.1 200 OK"
    assert world.exchanges()[-1]["faults"] == []


def test_links_have_two_methods(world: World) -> None:
    """Any other is refused, whatever is planned for the link."""
    world.plan("disconnect on=result")
    assert world.ask("result", to_end=False, method="POST").start == b"HTTP/1.1 405 Method Not Allowed"
