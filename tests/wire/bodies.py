"""What each fault of a body makes of it."""

import gzip
import json
from collections.abc import Callable
from typing import Final

import msgspec

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
