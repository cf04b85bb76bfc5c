from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal.contract import load_contract, schema_at
from mock_server.journal.nearest import likeness, nearest, nearest_name
from openapi.violations import CompiledSchema
from tests.journal.noting import CREATION

SCHEMA = load_contract().operations[CREATION].body_schema
FIELDS = (
    "model",
    "video_urls",
    "video_urls[0]",
    "aspect_ratio",
    "quality",
    "duration",
    "generate_audio",
    "callback_url",
)
VIDEO = "https://a.test/b.mp4"


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("duration", "5", (5,)),
        ("duration", " 5 ", (5,)),
        ("duration", 5.5, (5, 6)),
        ("duration", "5.5", (5, 6)),
        ("duration", 12, (10,)),
        ("duration", "12", (10,)),
        ("duration", 12.5, (10,)),
        ("duration", 1, (2,)),
        ("duration", -3, (2,)),
        ("duration", 1.5, (2,)),
        ("duration", [7], (7,)),
        ("duration", float("inf"), (10,)),
        ("duration", True, ()),
        ("duration", "five", ()),
        ("duration", "1e3", ()),
        ("duration", None, ()),
        ("quality", "1080P", ("1080p",)),
        ("quality", "1080", ("1080p",)),
        ("quality", 720, ("720p",)),
        ("quality", "full hd", ()),
        ("aspect_ratio", "16x9", ("16:9",)),
        ("aspect_ratio", "9/16", ("9:16",)),
        ("aspect_ratio", "16:10", ("16:9",)),
        ("aspect_ratio", "1x1", ("1:1",)),
        ("aspect_ratio", "square", ()),
        ("model", "sora", ("wan2.6-reference-video-flash",)),
        ("model", 26, ("wan2.6-reference-video-flash",)),
        ("model", "WAN2.6-reference-video-flash", ("wan2.6-reference-video-flash",)),
        ("generate_audio", "true", (True,)),
        ("generate_audio", " False", (False,)),
        ("generate_audio", 1, (True,)),
        ("generate_audio", 0, (False,)),
        ("generate_audio", "no", ()),
        ("generate_audio", 2, ()),
        ("video_urls", VIDEO, ([VIDEO],)),
        ("video_urls", [VIDEO] * 4, ()),
        ("video_urls", [], ()),
        ("video_urls[0]", "a.test/b.mp4", (VIDEO,)),
        ("video_urls[0]", "//a.test/b.mp4", (VIDEO, "http://a.test/b.mp4")),
        ("video_urls[0]", "clip.mp4 of mine", ()),
        ("callback_url", "http://a.test/b", ("https://a.test/b",)),
        ("callback_url", "HTTP://a.test/b", ("https://a.test/b",)),
        ("callback_url", "hooks.test:8443/done?x=1", ("https://hooks.test:8443/done?x=1",)),
        ("callback_url", "here", ()),
        ("model_params.shot_type", "Single", ("single",)),
        ("model_params", [{"shot_type": "multi"}], ({"shot_type": "multi"},)),
        ("model_params", "multi", ()),
    ],
    ids=repr,
)
def test_the_nearest_right_form(field: str, wrong: Any, right: tuple[Any, ...]) -> None:
    """The fewest small changes that make a value right; where none do, nothing is made up."""
    schema = schema_at(SCHEMA, field)
    assert schema is not None
    found = nearest(wrong, schema)
    assert found == right
    assert [type(form) for form in found] == [type(form) for form in right]


@given(
    field=st.sampled_from(FIELDS),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ),
)
def test_what_is_told_is_right(field: str, value: Any) -> None:
    """Whatever was sent: the contract accepts every form that is told, and no form is told twice."""
    schema = schema_at(SCHEMA, field)
    assert schema is not None
    found = nearest(value, schema)
    assert all(CompiledSchema(schema).violations(form) == () for form in found)
    assert all(form not in found[:number] for number, form in enumerate(found))


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("callbackUrl", "callback_url"),
        ("callback-url", "callback_url"),
        ("CALLBACK_URL", "callback_url"),
        ("video_url", "video_urls"),
        ("promt", "prompt"),
        ("aspectRatio", "aspect_ratio"),
        ("seed", None),
        ("", None),
        ("resolution", None),
    ],
)
def test_the_nearest_name(name: str, right: str | None) -> None:
    """Another way of writing a name, or a letter or two; names that are only a little alike are not taken for one."""
    assert nearest_name(name, SCHEMA["properties"]) == right
    assert nearest_name(name, ()) is None


def test_likeness() -> None:
    """From nothing in common to the same."""
    assert likeness("abc", "xyz") == 0
    assert likeness("abc", "abc") == 1
