import json
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest, MalformedBody, Violation
from mock_server.core.models.model import Model
from mock_server.core.validation import DEEPEST, choose_model, decode_json, refuse

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=12,
)
raw_documents = st.builds(lambda document: json.dumps(document).encode(), documents)


@dataclass(frozen=True)
class TooLong:
    """A duration out of bounds, as a validator reports it."""

    path: str = "duration"
    value: object = 11
    message: str = "must be at most 10"
    clause: str | None = "DURATION-RANGE"


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a document in which one byte was put in, changed or lost."""
    raw = draw(raw_documents)
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + draw(st.binary(max_size=2)) + raw[at + draw(st.integers(0, 2)) :]


def refusal(raw: bytes) -> str:
    """Read what is said of a body that is no document."""
    with pytest.raises(MalformedBody) as caught:
        decode_json(raw)
    return str(caught.value)


@pytest.mark.clauses("OP-CREATE")
@given(documents, st.booleans(), st.sampled_from([None, 2]))
def test_every_document_arrives_as_it_was_sent(document: object, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    """Any JSON document, however it is spaced and escaped, is read as what it says."""
    assert decode_json(json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()) == document


@pytest.mark.uncounted
@pytest.mark.clauses("OP-CREATE")
@given(st.one_of(st.binary(), damaged(), st.text().map(str.encode)))
@example(b"\xef\xbb\xbf{}")
@example(b'"\x00"')
@example(b"1" * 4301)
@example(b"1e309")
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    """Any bytes are either a document, and then the one that Python reads, or a malformed body."""
    try:
        document = decode_json(raw)
    except MalformedBody:
        return
    assert document == json.loads(raw)


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"a": 1, "b": 2, "c": 3, "b": 4}', "b"),
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"x": {"a": 1, "a": 2}}', "a"),
        (b'[[{"": 1, "": 2}]]', ""),
    ],
)
def test_no_name_stands_twice(raw: bytes, name: str) -> None:
    """A name that stands twice in one object is refused, at any depth, even with equal values."""
    assert refusal(raw) == f'the name "{name}" stands twice in one object'


@pytest.mark.clauses("OP-CREATE")
def test_space_around_a_document_says_nothing() -> None:
    """All four characters that JSON calls space, before it and behind it."""
    assert decode_json(b' \t\r\n{"a": [1]} \t\r\n') == {"a": [1]}
    assert refusal(b' \t\r\n{"a": 1, "a": 2} \t\r\n') == 'the name "a" stands twice in one object'


def test_a_name_may_stand_in_two_objects() -> None:
    """The same name in different objects is no repetition."""
    assert decode_json(b'{"a": {"a": [{"a": 1}, {"a": 2}]}}') == {"a": {"a": [{"a": 1}, {"a": 2}]}}


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize("raw", [b"", b"  \n"])
def test_an_empty_body_is_called_empty(raw: bytes) -> None:
    """Nothing, and white space alone, is told as what it is."""
    assert refusal(raw) == "the body is empty"


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize(
    "raw",
    [
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"{} x",
        b"{}{}",
        b"{'a': 1}",
        b"[1,]",
        b'{"a" 1}',
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"1e400",
        b"1" * 5_000,
        b"nul",
        b'"\t"',
        b'"\\x"',
        b'"open',
        b'"\\ud800"',
        b'"\\udc00"',
        b'"\\ud800\\u0041"',
        b'{"\\udfff": 1}',
        b"\xef\xbb\xbf{}",
        b"\x0c{}",
    ],
)
def test_what_is_not_json(raw: bytes) -> None:
    """What RFC 8259 and I-JSON do not have is refused: NaN, lone surrogates, byte order marks, loose ends."""
    assert refusal(raw).startswith("the body is not valid JSON (")


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize(
    ("raw", "position"),
    [(b'{"ab": "cd\xff"}', 10), (b"\xff", 0), (b'{"\xff": 1}', 2), (b'["\xe2\x82"]', 2), (b'"\xed\xa0\x80"', 1)],
)
def test_bad_utf8_is_told_with_its_place(raw: bytes, position: int) -> None:
    """Bytes that are no UTF-8 are refused with their place in the body."""
    assert refusal(raw) == f"the body is not valid UTF-8 (byte {position})"


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize("raw", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000])
def test_deep_nesting_is_refused(raw: bytes) -> None:
    """A body made to exhaust the stack is refused like any other that cannot be read."""
    assert refusal(raw) == "the body is nested too deeply: at most 128 levels are read"


@given(st.text("[{", min_size=1, max_size=300), st.integers(0, 200))
@example("[" * 127, 200)
@example("{" * 128, 0)
def test_so_many_levels_are_read_and_no_more(opening: str, beside: int) -> None:
    """Depth counts, not the number of lists and objects: validators give up on what is far deeper."""
    texts = {"[": ("[", "]"), "{": ('{"a":', "}")}
    inner = "".join(texts[kind][0] for kind in opening) + "1" + "".join(texts[kind][1] for kind in reversed(opening))
    raw = f"[{inner}{',[]' * beside}]".encode()
    if len(opening) < DEEPEST:
        assert decode_json(raw) == json.loads(raw)
    else:
        assert refusal(raw) == f"the body is nested too deeply: at most {DEEPEST} levels are read"


def test_whole_numbers_of_any_size_are_exact() -> None:
    """A whole number beyond 64 bits is read exactly."""
    assert decode_json(b"[123456789012345678901234567890]") == [123456789012345678901234567890]


@pytest.mark.clauses("MODEL-REQ")
def test_a_model_is_found_by_its_name(flash: Model) -> None:
    """A request for a model that is served gets that model."""
    assert choose_model({"model": flash.id}, {flash.id: flash}) is flash
    assert choose_model({"model": flash.id}, {flash.id: flash}, left_out="another") is flash


@pytest.mark.clauses("MODEL-REQ", "MODEL-ENUM")
def test_a_model_that_is_meant_where_none_is_named(flash: Model) -> None:
    """It is taken for a request without the field alone, not for one that names nothing in it."""
    models = {"first": flash, "second": flash}
    assert choose_model({}, models, left_out="second") is flash
    with pytest.raises(InvalidRequest) as caught:
        choose_model({"model": None}, models, left_out="second")
    assert caught.value.detail == "model must be one of first, second"


@pytest.mark.clauses("OP-CREATE", "MODEL-REQ", "MODEL-ENUM")
@pytest.mark.parametrize(
    ("body", "detail", "param", "clause"),
    [
        ([1], "the request body must be an object", None, "OP-CREATE"),
        (7, "the request body must be an object, got 7", None, "OP-CREATE"),
        ({}, "model is required", "model", "MODEL-REQ"),
        ({"model": "wan9"}, 'model must be one of {id}, got "wan9"', "model", "MODEL-ENUM"),
        ({"model": 3}, "model must be one of {id}, got 3", "model", "MODEL-ENUM"),
        ({"model": ["{id}"]}, "model must be one of {id}", "model", "MODEL-ENUM"),
    ],
)
def test_a_request_must_name_a_model(flash: Model, body: object, detail: str, param: str | None, clause: str) -> None:
    """A body that is no object, or names no model that is served, is refused with the reason."""
    with pytest.raises(InvalidRequest) as caught:
        choose_model(body, {flash.id: flash})
    assert caught.value.detail == detail.format(id=flash.id)
    assert (caught.value.param, caught.value.clauses) == (param, (clause,))


@pytest.mark.clauses("ERR-400", "ERR-PARAM")
def test_a_request_is_refused_for_what_it_breaks() -> None:
    """The validators' findings become the refusal, and a body without any passes."""
    found: tuple[Violation, ...] = (TooLong(),)
    with pytest.raises(InvalidRequest, match="duration must be at most 10, got 11") as caught:
        refuse(found)
    assert (caught.value.param, caught.value.clauses) == ("duration", ("DURATION-RANGE",))
    refuse(iter(()))
