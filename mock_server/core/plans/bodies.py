"""What can be wrong with the body of an answer, or of a callback."""

import gzip
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

import msgspec

from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.forms import Choice, Json, Number, Text
from mock_server.core.plans.match import API
from mock_server.core.plans.paths import with_value, without_value
from mock_server.core.plans.plan import USUAL, BasePlan, Fault, usual_number
from mock_server.core.plans.reply import Reply

BodyFault: TypeAlias = Literal[
    "truncated",
    "empty",
    "html",
    "text",
    "padded",
    "trailing",
    "array",
    "null",
    "bom",
    "charset",
    "utf-8",
    "surrogate",
    "nan",
    "big-number",
    "twice",
    "nested",
    "corrupted",
    "gzip-label",
    "gzip-twice",
    "too-long",
    "too-short",
]
"""What can be wrong with a body."""

LARGEST: Final = 67_108_864
"""The most bytes that a plan can add to an answer: 64 MiB."""

BODY_FAULTS: Final[Mapping[str, Fault]] = {
    "truncated": Fault("only so much of it is there, and the length says so", 50, 100, "percent"),
    "empty": Fault("nothing is there"),
    "html": Fault("it is an HTML page, as a proxy would send it"),
    "text": Fault("the Content-Type says that it is plain text"),
    "padded": Fault("so many blanks follow it", 1_000_000, LARGEST, "bytes"),
    "trailing": Fault("something that is not JSON follows it"),
    "array": Fault("it stands in an array"),
    "null": Fault("it is null"),
    "bom": Fault("a byte order mark goes before it"),
    "charset": Fault("the Content-Type says that it is UTF-16, which it is not"),
    "utf-8": Fault("a text in it has bytes that are not UTF-8"),
    "surrogate": Fault("a text in it has half of a surrogate pair"),
    "nan": Fault("a number in it is NaN"),
    "big-number": Fault("a number in it is 2^53 + 1"),
    "twice": Fault("its first member stands in it again, as null"),
    "nested": Fault("a member of it is nested so deeply", 100_000, 10_000_000, "levels"),
    "corrupted": Fault("after so much of it one byte is another", 50, 99, "percent"),
    "gzip-label": Fault("the Content-Encoding says that it is packed, which it is not"),
    "gzip-twice": Fault("it is packed twice, and the Content-Encoding says once"),
    "too-long": Fault(
        "the Content-Length says so much more than comes; then the connection ends", 10, LARGEST, "bytes"
    ),
    "too-short": Fault("the Content-Length says so much less than comes, down to nothing", 10, LARGEST, "bytes"),
}
"""What each does, and its number."""

HTML_PAGE: Final = b"""<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><h1>502 Bad Gateway</h1><p>The server returned an invalid or incomplete response.</p></body></html>
"""
"""What a proxy shows when it has nothing else."""


class BodyPlan(BasePlan, frozen=True, tag="body"):
    """The body goes wrong in one way, or members of it are changed, or both; members first."""

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download", "callback")
    leading: ClassVar[tuple[str, ...]] = ("fault",)
    faults: ClassVar[Mapping[str, Fault]] = BODY_FAULTS

    fault: Annotated[BodyFault | None, Choice(get_args(BodyFault)), "what is wrong with it"] = None
    number: Annotated[float, Number(0, LARGEST), "how much, as the fault has it"] = USUAL
    set: Annotated[Mapping[str, Any], Members(Json()), "members that are set, by path"] = {}
    without: Annotated[tuple[str, ...], Several(Text()), "paths of members that are left out"] = ()

    def __post_init__(self) -> None:
        """Take the usual number if none was said."""
        usual_number(self, self.fault, self.number)

    def slots(self) -> frozenset[str]:
        """Return the fault, and each member that it changes."""
        members = {f"body member {path}" for path in (*self.set, *self.without)}
        return frozenset(members if self.fault is None else {"body fault", *members})

    def broken(self) -> str | None:
        """Refuse a plan that changes nothing, and a number that the fault does not take."""
        if self.fault is not None:
            return self.faults[self.fault].refuse(self.fault, self.number)
        if self.number:
            return "number is given without a fault"
        return None if self.slots() else "it changes nothing; fault, set or without is needed"


def spoil(reply: Reply, plans: tuple[BodyPlan, ...]) -> Reply:
    """Change the body of an answer: first its members, where it is JSON, and then what the fault does."""
    for plan in plans:
        if plan.set or plan.without:
            reply = msgspec.structs.replace(reply, body=_with_members(reply.body, plan))
    for plan in plans:
        if plan.fault is not None:
            reply = _SPOILS[plan.fault](reply, int(plan.number))
    return reply


def _with_members(body: bytes, plan: BodyPlan) -> bytes:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return body
    for path in plan.without:
        document = without_value(document, path)
    for path, value in plan.set.items():
        document = with_value(document, path, value)
    return msgspec.json.encode(document)


def _with_body(change: Callable[[bytes, int], bytes]) -> Callable[[Reply, int], Reply]:
    return lambda reply, number: msgspec.structs.replace(reply, body=change(reply.body, number))


def _with_member(member: bytes) -> Callable[[Reply, int], Reply]:
    """Put a member at the end of the body's object; of another body, behind it."""

    def change(body: bytes, _: int) -> bytes:
        head, end, tail = body.rpartition(b"}")
        comma = b"" if head.rstrip().endswith(b"{") else b","
        return head + comma + member + end + tail if end and not tail.strip() else body + member

    return _with_body(change)


def _labelled(name: str, value: str) -> Callable[[Reply, int], Reply]:
    return lambda reply, _: reply.with_headers({name: (value,)})


def _replaced(body: bytes, content_type: str) -> Callable[[Reply, int], Reply]:
    change = _labelled("content-type", content_type)
    return lambda reply, number: msgspec.structs.replace(change(reply, number), body=body)


def _corrupted(body: bytes, percent: int) -> bytes:
    at = len(body) * percent // 100
    return body[:at] + bytes([byte ^ 0x55 for byte in body[at : at + 1]]) + body[at + 1 :]


def _first_twice(reply: Reply, number: int) -> Reply:
    try:
        document = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, RecursionError):
        document = None
    name = next(iter(document), "") if isinstance(document, dict) else ""
    return _with_member(msgspec.json.encode(name) + b":null")(reply, number)


def _packed_twice(reply: Reply, _: int) -> Reply:
    packed = gzip.compress(gzip.compress(reply.body, mtime=0), mtime=0)
    return msgspec.structs.replace(reply, body=packed).with_headers({"content-encoding": ("gzip",)})


def _declared(reply: Reply, more: int) -> Reply:
    return msgspec.structs.replace(reply, length=max(0, len(reply.body) + more))


_SPOILS: Final[Mapping[str, Callable[[Reply, int], Reply]]] = {
    "truncated": _with_body(lambda body, percent: body[: len(body) * percent // 100]),
    "empty": _with_body(lambda _, __: b""),
    "html": _replaced(HTML_PAGE, "text/html; charset=utf-8"),
    "text": _labelled("content-type", "text/plain; charset=utf-8"),
    "padded": _with_body(lambda body, size: body + b" " * size),
    "trailing": _with_body(lambda body, _: body + b"\n<!-- end -->"),
    "array": _with_body(lambda body, _: b"[" + body + b"]"),
    "null": _with_body(lambda _, __: b"null"),
    "bom": _with_body(lambda body, _: b"\xef\xbb\xbf" + body),
    "charset": _labelled("content-type", "application/json; charset=utf-16"),
    "utf-8": _with_member(b'"note":"\xff\xfe"'),
    "surrogate": _with_member(b'"note":"\\ud800"'),
    "nan": _with_member(b'"note":NaN'),
    "big-number": _with_member(b'"note":9007199254740993'),
    "twice": _first_twice,
    "nested": lambda reply, depth: _with_member(b'"note":' + b"[" * depth + b"]" * depth)(reply, depth),
    "corrupted": _with_body(_corrupted),
    "gzip-label": _labelled("content-encoding", "gzip"),
    "gzip-twice": _packed_twice,
    "too-long": _declared,
    "too-short": lambda reply, less: _declared(reply, -less),
}
