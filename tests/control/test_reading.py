from collections.abc import Mapping
from itertools import chain
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from mock_server.control.operations import OPERATIONS
from mock_server.reading import ReadingError, read, words
from mock_server.settings import Settings

Name = Annotated[str, Meta(pattern="^[a-z]+$", description="letters from a to z")]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """What is inside."""

    size: Annotated[int, Meta(ge=1)]
    to: "Part | None" = None


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    """One field of each kind."""

    number: Annotated[int, Meta(ge=0, le=9)] = 0
    least: Annotated[int, Meta(ge=1)] = 1
    most: Annotated[int, Meta(le=1)] = 1
    rate: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    share: float = 0.0
    flag: bool = False
    mode: Literal["real", "frozen"] | None = None
    only: Literal["this"] = "this"
    name: Name = "a"
    text: str = ""
    filled: Annotated[str, Meta(min_length=1)] = "a"
    short: Annotated[str, Meta(max_length=3)] = ""
    both: Annotated[str, Meta(min_length=1, max_length=3)] = "a"
    raw: bytes = b""
    either: float | Name = 0
    parts: tuple[Part, ...] = ()
    few: Annotated[tuple[int, ...], Meta(max_length=2)] = ()
    sizes: Mapping[Name, Annotated[int, Meta(ge=0)]] = {}
    by_name: Mapping[Name, Part] = {}
    renamed: Annotated[int, Meta(ge=0)] = msgspec.field(default=0, name="from")
    anything: Any = None


class Empty(msgspec.Struct, forbid_unknown_fields=True):
    """What knows no name."""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"number": -1}, "number: expected a whole number from 0 to 9, got -1"),
        ({"number": 2**70}, f"number: expected a whole number from 0 to 9, got {2**70}"),
        ({"number": 1.5}, "number: expected a whole number from 0 to 9, got 1.5"),
        ({"number": True}, "number: expected a whole number from 0 to 9, got true"),
        ({"number": "1"}, 'number: expected a whole number from 0 to 9, got "1"'),
        ({"number": None}, "number: expected a whole number from 0 to 9, got null"),
        ({"number": []}, "number: expected a whole number from 0 to 9, got a list of 0"),
        ({"number": {"a": 1}}, "number: expected a whole number from 0 to 9, got an object"),
        ({"number": "x" * 100}, f'number: expected a whole number from 0 to 9, got "{"x" * 58}…'),
        ({"least": 0}, "least: expected a whole number of at least 1, got 0"),
        ({"most": 2}, "most: expected a whole number of at most 1, got 2"),
        ({"rate": 0}, "rate: expected a number above 0 and of at most 1000000, got 0"),
        ({"rate": float("nan")}, "rate: expected a number above 0 and of at most 1000000, got nan"),
        ({"share": "half"}, 'share: expected a number, got "half"'),
        ({"flag": 1}, "flag: expected true or false, got 1"),
        ({"mode": "real "}, 'mode: expected frozen or real, got "real "'),
        ({"only": "that"}, 'only: expected this, got "that"'),
        ({"name": "A"}, 'name: expected letters from a to z, got "A"'),
        ({"text": 1}, "text: expected a text, got 1"),
        ({"filled": ""}, 'filled: expected a text that is not empty, got ""'),
        ({"short": "long"}, 'short: expected a text of at most 3 characters, got "long"'),
        ({"both": ""}, 'both: expected a text of 1 to 3 characters, got ""'),
        ({"raw": 1}, "raw: expected a text in base64, got 1"),
        ({"either": "A"}, 'either: expected a number or letters from a to z, got "A"'),
        ({"parts": {}}, "parts: expected a list, got an object"),
        ({"parts": [{"size": 1}, 2]}, "parts[1]: expected an object, got 2"),
        ({"parts": [{"size": 1}, {"size": 0}]}, "parts[1].size: expected a whole number of at least 1, got 0"),
        ({"parts": [{"size": 1, "to": {}}]}, "parts[0].to.size: it is required"),
        ({"few": [1, 2, 3]}, "few: expected a list of at most 2 entries, got a list of 3"),
        ({"few": [1, "2"]}, 'few[1]: expected a whole number, got "2"'),
        ({"sizes": {"a": 1, "b": -1}}, "sizes.b: expected a whole number of at least 0, got -1"),
        ({"sizes": {"A": 1}}, "sizes.A: the name must be letters from a to z"),
        ({"sizes": {1: 1}}, "sizes.1: the name must be letters from a to z"),
        ({"sizes": 5}, "sizes: expected an object, got 5"),
        ({"by_name": {"a": {"size": 1}, "b": {}}}, "by_name.b.size: it is required"),
        ({"by_name": {"a": {"syze": 1}}}, "by_name.a.syze: unknown name; did you mean size?"),
        ({"from": -1}, "from: expected a whole number of at least 0, got -1"),
        ([], "expected an object, got a list of 0"),
        (None, "expected an object, got null"),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit(value: object, message: str) -> None:
    """The message names the place, what is expected there, and what came."""
    with pytest.raises(ReadingError) as raised:
        read(value, Whole)
    error = raised.value
    assert str(error) == message
    assert (f"{error.path}: {error.rule}" if error.path else error.rule) == message


def test_an_unknown_name() -> None:
    """One that is much like it is named; if there is none, those that are known are listed."""
    known = ", ".join(field.encode_name for field in msgspec.structs.fields(Whole))
    with pytest.raises(ReadingError) as raised:
        read({"numbr": 1}, Whole)
    assert str(raised.value) == "numbr: unknown name; did you mean number?"
    with pytest.raises(ReadingError) as raised:
        read({"zzz": 1}, Whole)
    assert str(raised.value) == f"zzz: unknown name; known are {known}"
    with pytest.raises(ReadingError) as raised:
        read({"zzz": 1}, Empty)
    assert str(raised.value) == "zzz: unknown name; none is known"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, Whole()),
        ({"number": 2.0, "share": 2.0, "parts": [{"size": 3.0}]}, Whole(number=2, share=2.0, parts=(Part(3),))),
        ({"sizes": {"a": 1.0}, "few": (1.0, 2)}, Whole(sizes={"a": 1}, few=(1, 2))),
        ({"from": 1, "either": "a", "anything": [1.0, {}]}, Whole(renamed=1, either="a", anything=[1.0, {}])),
        ({"mode": None, "rate": 1}, Whole(rate=1.0)),
    ],
    ids=str,
)  # fmt: skip
def test_what_fits(value: object, expected: Whole) -> None:
    """A whole number may be written with a fraction of nothing, as JSON knows no other difference."""
    assert read(value, Whole) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"number": "2", "share": "0.5", "flag": "true"}, Whole(number=2, share=0.5, flag=True)),
        ({"flag": "0", "rate": "3"}, Whole(flag=False, rate=3.0)),
        ({"text": "2", "name": "null", "either": "2.5"}, Whole(text="2", name="null", either=2.5)),
        ({"number": 3, "few": ["1", 2]}, Whole(number=3, few=(1, 2))),
        ({"mode": "real"}, Whole(mode="real")),
    ],
    ids=str,
)
def test_texts(value: object, expected: Whole) -> None:
    """Where values come as texts, each becomes what its field is; what is a text stays one."""
    assert read(value, Whole, texts=True) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"number": "two"}, 'number: expected a whole number from 0 to 9, got "two"'),
        ({"number": "10"}, "number: expected a whole number from 0 to 9, got 10"),
        ({"flag": "maybe"}, 'flag: expected true or false, got "maybe"'),
        ({"mode": "null"}, 'mode: expected frozen or real, got "null"'),
        ({"rate": "null"}, 'rate: expected a number above 0 and of at most 1000000, got "null"'),
    ],
    ids=str,
)
def test_texts_that_do_not_fit(value: object, message: str) -> None:
    """A text that is no number, and null where something is to be."""
    with pytest.raises(ReadingError) as raised:
        read(value, Whole, texts=True)
    assert str(raised.value) == message


def test_what_is_no_object() -> None:
    """Any shape can be read."""
    assert read([1], tuple[int, ...]) == (1,)
    with pytest.raises(ReadingError, match=r"^\[0\]: expected a whole number, got \"x\"$"):
        read(["x"], tuple[int, ...])


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "size", "to", "A"]), inner),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.sampled_from([field.encode_name for field in msgspec.structs.fields(Whole)]), VALUES)


def attempt(value: object, *, texts: bool) -> Whole | ReadingError:
    """Return what is read, or what is said instead."""
    try:
        return read(value, Whole, texts=texts)
    except ReadingError as error:
        return error


@pytest.mark.uncounted
@given(value=OBJECTS, texts=st.booleans())
def test_whatever_comes_is_read_or_explained(value: dict[str, Any], *, texts: bool) -> None:
    """What is read is read again as it is; of what is not, there is a sentence that begins with the field."""
    outcome = attempt(value, texts=texts)
    if isinstance(outcome, ReadingError):
        assert outcome.path.replace("[", ".").partition(".")[0] in value
        assert outcome.rule
    else:
        assert read(msgspec.to_builtins(outcome), Whole) == outcome


SHAPES: list[type[msgspec.Struct]] = [
    Settings,
    *chain.from_iterable((operation.body, operation.query) for operation in OPERATIONS if not operation.raw),
]
PATTERNS = {
    f"{shape.__name__}.{field.name}": field.type
    for shape in SHAPES
    for field in msgspec.structs.fields(shape)
    if "pattern" in repr(field.type)
}


@pytest.mark.parametrize("kind", PATTERNS.values(), ids=list(PATTERNS))
def test_patterns_say_in_words_what_they_take(kind: Any) -> None:
    """Nobody has to read a regular expression."""
    schema = msgspec.json.encode(msgspec.json.schema(kind)).decode()
    assert schema.count('"pattern"') == schema.count('"description"')


def test_there_are_patterns() -> None:
    """The test above looks at settings and at the control API."""
    assert {"Settings.slots_per_group", "ClockChange.advance", "Fork.to"} <= set(PATTERNS)
    assert words(msgspec.inspect.type_info(Name)) == "letters from a to z"
