import gzip
import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import MalformedBody
from mock_server.core.plans import BodyFault, BodyPlan, Reply, spoil
from mock_server.core.plans.bodies import HTML_PAGE
from mock_server.core.validation import decode_json

TYPE = ("content-type", "application/json")
BODY = b'{"id":"task-1","status":"completed","usage":{"cost":1}}'


def spoilt(*plans: BodyPlan, body: bytes = BODY) -> Reply:
    """Spoil an answer."""
    return spoil(Reply(200, (TYPE,), body), plans)


def note(text: bytes) -> bytes:
    """Return the body with one member more."""
    return BODY[:-1] + b',"note":' + text + b"}"


@pytest.mark.parametrize(
    ("fault", "number", "body", "headers", "length"),
    [
        ("truncated", 50, BODY[:27], {}, None),
        ("truncated", 0, b"", {}, None),
        ("empty", -1, b"", {}, None),
        ("html", -1, HTML_PAGE, {"content-type": "text/html; charset=utf-8"}, None),
        ("text", -1, BODY, {"content-type": "text/plain; charset=utf-8"}, None),
        ("padded", 3, BODY + b"   ", {}, None),
        ("trailing", -1, BODY + b"\n<!-- end -->", {}, None),
        ("array", -1, b"[" + BODY + b"]", {}, None),
        ("null", -1, b"null", {}, None),
        ("bom", -1, b"\xef\xbb\xbf" + BODY, {}, None),
        ("charset", -1, BODY, {"content-type": "application/json; charset=utf-16"}, None),
        ("utf-8", -1, note(b'"\xff\xfe"'), {}, None),
        ("surrogate", -1, note(b'"\\ud800"'), {}, None),
        ("nan", -1, note(b"NaN"), {}, None),
        ("big-number", -1, note(b"9007199254740993"), {}, None),
        ("twice", -1, BODY[:-1] + b',"id":null}', {}, None),
        ("nested", 3, note(b"[[[]]]"), {}, None),
        ("corrupted", 50, BODY[:27] + bytes([BODY[27] ^ 0x55]) + BODY[28:], {}, None),
        ("gzip-label", -1, BODY, {"content-encoding": "gzip"}, None),
        (
            "gzip-twice",
            -1,
            gzip.compress(gzip.compress(BODY, mtime=0), mtime=0),
            {"content-encoding": "gzip"},
            None,
        ),
        ("too-long", 10, BODY, {}, len(BODY) + 10),
        ("too-short", 10, BODY, {}, len(BODY) - 10),
        ("too-short", 1_000, BODY, {}, 0),
    ],
    ids=range(23),
)
def test_what_a_fault_does(
    fault: BodyFault, number: float, body: bytes, headers: dict[str, str], length: int | None
) -> None:
    """Each to the body, the headers or the length alone; the status stays."""
    expected = Reply(200, tuple({"content-type": TYPE[1], **headers}.items()), body, length)
    assert spoilt(BodyPlan(fault, number)) == expected


READABLE = {"text", "padded", "array", "null", "charset", "big-number", "gzip-label", "too-long", "too-short"}
"""Faults after which the body is still JSON by all rules."""


@pytest.mark.parametrize("fault", [fault for fault in get_args(BodyFault) if fault != "corrupted"])
def test_whether_a_strict_reader_takes_it(fault: BodyFault) -> None:
    """Faults of the text are refused by a strict reader of JSON, others not; a wrong byte may be anywhere."""
    body = spoilt(BodyPlan(fault)).body
    assert body != b"" or fault == "empty"
    if fault in READABLE:
        decode_json(body)
    else:
        with pytest.raises(MalformedBody):
            decode_json(body)


@given(st.sampled_from(get_args(BodyFault)), st.binary(max_size=40), st.integers(0, 99))
def test_any_body_can_be_spoilt(fault: BodyFault, body: bytes, number: int) -> None:
    """A file, an empty body, a list: each fault does something to any of them, or there is nothing to be done."""
    reply = spoilt(BodyPlan(fault, number), body=body)
    assert reply != Reply(200, (TYPE,), body) or fault in ("truncated", "padded", "corrupted", "empty", "null")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", b'{"":null}'),
        (b"{ }", b'{ "":null}'),
        (b'{"a":1}', b'{"a":1,"a":null}'),
        (b"[]", b'[]"":null'),
        (b"\x00\x01", b'\x00\x01"":null'),
        (b'["}", 1]', b'["}", 1]"":null'),
    ],
)
def test_where_a_member_is_put(body: bytes, expected: bytes) -> None:
    """At the end of an object; behind anything else."""
    assert spoilt(BodyPlan("twice"), body=body).body == expected


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (BodyPlan(set={"status": "archived"}), {"id": 1, "status": "archived", "results": ["a", {"b": 2}]}),
        (
            BodyPlan(set={"status": None, "x.y": 1}),
            {"id": 1, "status": None, "x": {"y": 1}, "results": ["a", {"b": 2}]},
        ),
        (BodyPlan(set={"id.x": 1}), {"id": {"x": 1}, "status": "s", "results": ["a", {"b": 2}]}),
        (BodyPlan(set={"results.1.b": 3}), {"id": 1, "status": "s", "results": ["a", {"b": 3}]}),
        (BodyPlan(set={"results.1.c": 3}), {"id": 1, "status": "s", "results": ["a", {"b": 2, "c": 3}]}),
        (
            BodyPlan(set={"results.0": None, "results.2": 5, "results.x": 5}),
            {"id": 1, "status": "s", "results": [None, {"b": 2}]},
        ),
        (BodyPlan(without=("id", "no", "no.such", "status.x")), {"status": "s", "results": ["a", {"b": 2}]}),
        (BodyPlan(without=("results.0", "results.9", "results.0.b")), {"id": 1, "status": "s", "results": [{}]}),
        (BodyPlan(without=("id",), set={"id": 2}), {"id": 2, "status": "s", "results": ["a", {"b": 2}]}),
    ],
    ids=range(9),
)
def test_how_members_are_changed(plan: BodyPlan, expected: Any) -> None:
    """By path: objects come into being on the way, elements of lists do not; what is not there cannot be left out."""
    body = msgspec.json.encode({"id": 1, "status": "s", "results": ["a", {"b": 2}]})
    assert json.loads(spoilt(plan, body=body).body) == expected


def test_members_are_changed_before_the_fault() -> None:
    """Whatever the order of the plans; what is not JSON has no members."""
    plans = (BodyPlan("trailing"), BodyPlan(set={"a": 1}))
    assert spoilt(*plans, body=b"{}").body == b'{"a":1}\n<!-- end -->'
    assert spoilt(BodyPlan(set={"a": 1}), body=b"\x00").body == b"\x00"
