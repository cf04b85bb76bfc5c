"""What is asked of reference videos, and what follows from what is found of them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest, VideoProbeFailed
from mock_server.core.models.references import (
    Finding,
    Measured,
    ReferenceRules,
    Sizing,
    Unread,
    broken_rules,
    join,
    path_of,
    referred_urls,
    size_up,
    size_up_unreached,
    stated_length,
)
from mock_server.core.types import SECOND
from mock_server.core.wording import shown_value
from mock_server.models.layers import bundled_models

RULES = ReferenceRules("video_urls", ("mp4", "mov"), 2 * SECOND, 30 * SECOND, 104_857_600)
PICTURE = ReferenceRules("image_url", ("png",), 0, 0, 100, "image", single=True)
GOOD_PICTURE = Measured(None, "png", 100, (8, 8), transparent=True)
GOOD = Measured(3 * SECOND, "mp4", 1_000)
AWAY = Unread("is far away", reached=False)
BAD = Unread("is no video")


def test_the_model_asks_what_its_page_says() -> None:
    """Two formats, 2 to 30 seconds, 100 MB."""
    assert bundled_models()["wan2.6-reference-video-flash"].references == (RULES,)


@pytest.mark.clauses("VIDEO-FORMAT", "VIDEO-LENGTH", "VIDEO-SIZE")
@pytest.mark.parametrize(
    ("found", "broken"),
    [
        (Measured(2 * SECOND), None),
        (Measured(30 * SECOND), None),
        (Measured(2 * SECOND - 1), ("must last 2 to 30 seconds", 1.999999, "VIDEO-LENGTH")),
        (Measured(30 * SECOND + 1), ("must last 2 to 30 seconds", 30.000001, "VIDEO-LENGTH")),
        (Measured(31 * SECOND), ("must last 2 to 30 seconds", 31, "VIDEO-LENGTH")),
        (Measured(0), ("must last 2 to 30 seconds", 0, "VIDEO-LENGTH")),
        (Measured(format="mp4"), None),
        (Measured(format="mov"), None),
        (Measured(format="webm"), ("must be mp4 or mov", "webm", "VIDEO-FORMAT")),
        (Measured(size=104_857_600), None),
        (Measured(size=104_857_601), ("must have at most 104857600 bytes", 104_857_601, "VIDEO-SIZE")),
        (Measured(), None),
    ],
    ids=str,
)
def test_each_rule_has_two_sides(found: Measured, broken: tuple[str, object, str] | None) -> None:
    """The last that is allowed, and the first that is not; what is not known breaks nothing."""
    told = [(each.message, each.value, each.clause) for each in broken_rules(RULES, found, "video_urls[0]")]
    assert told == ([] if broken is None else [broken])


def test_all_that_is_broken_is_told_at_once() -> None:
    """Of every video, with its field and its value."""
    findings = [Measured(1_990_000, "mp4", 104_857_601), GOOD, Measured(format="png")]
    with pytest.raises(InvalidRequest) as caught:
        size_up(RULES, findings, lenient=True)
    assert str(caught.value) == (
        "video_urls[0] must last 2 to 30 seconds, got 1.99; "
        "video_urls[0] must have at most 104857600 bytes, got 104857601; "
        'video_urls[2] must be mp4 or mov, got "png"'
    )
    assert caught.value.param == "video_urls[0]"
    assert caught.value.clauses == ("VIDEO-LENGTH", "VIDEO-SIZE", "VIDEO-FORMAT")


@pytest.mark.clauses("VIDEO-PROBE")
@pytest.mark.parametrize(
    ("findings", "lenient", "told"),
    [
        ([BAD], True, "video_urls[0] is no video"),
        ([GOOD, AWAY, BAD], True, "video_urls[2] is no video"),
        ([GOOD, AWAY, BAD], False, "video_urls[1] is far away; video_urls[2] is no video"),
        ([Measured(0), BAD], True, "video_urls[1] is no video"),
        ([AWAY], False, "video_urls[0] is far away"),
    ],
)
def test_what_cannot_be_read_is_told_first(findings: Sequence[Finding], lenient: bool, told: str) -> None:  # noqa: FBT001 - of the table
    """All of it, before the rules that others break; and what cannot be reached only where that is not allowed."""
    with pytest.raises(VideoProbeFailed) as caught:
        size_up(RULES, findings, lenient=lenient)
    assert str(caught.value) == told
    assert caught.value.param == told[: len("video_urls[0]")]
    assert caught.value.clauses == ("VIDEO-PROBE",)


def test_what_cannot_be_reached_counts_and_is_noted() -> None:
    """Its length is not known; the others keep theirs, in their order."""
    note = "video_urls[1] is far away; the price list's default counts for it"
    assert size_up(RULES, [GOOD, AWAY, GOOD], lenient=True) == Sizing((3 * SECOND, None, 3 * SECOND), (note,))
    assert size_up_unreached(RULES, 2, "is far away") == size_up(RULES, [AWAY, AWAY], lenient=True)


@pytest.mark.clauses("IMAGE-FORMAT")
def test_pictures_have_no_length_and_an_error_of_the_request() -> None:
    """What cannot be read of them is no failed probe of a video, and what cannot be reached is taken as it is."""
    note = "image_url is far away; it is taken as it is"
    assert size_up(PICTURE, [GOOD_PICTURE], lenient=False) == Sizing()
    assert size_up(PICTURE, [AWAY], lenient=True) == Sizing(None, (note,))
    with pytest.raises(InvalidRequest, match=r"^image_url is no video$") as caught:
        size_up(PICTURE, [BAD], lenient=True)
    assert (caught.value.param, caught.value.clauses) == ("image_url", ())


def test_references_of_several_kinds_count_together() -> None:
    """Videos alone have lengths; the notes of all are kept in order."""
    videos, pictures = Sizing((SECOND, None), ("first",)), Sizing(None, ("second", "third"))
    assert join([videos]) is videos
    assert join([pictures, videos]) == Sizing((SECOND, None), ("second", "third", "first"))
    assert join([pictures, pictures]).lengths is None
    assert join([]) == Sizing()


def test_where_references_are_named() -> None:
    """In a list, or as the one URL of their field; a field that is left out names none."""
    assert referred_urls(RULES, {"video_urls": ["a", "b"]}) == ["a", "b"]
    assert referred_urls(PICTURE, {"image_url": "a"}) == ("a",)
    assert referred_urls(RULES, {"image_url": "a"}) == ()
    assert (path_of(RULES, 1), path_of(PICTURE, 0)) == ("video_urls[1]", "image_url")


@pytest.mark.parametrize(
    ("url", "length"),
    [
        ("https://a.test/b.mp4#t=12.5", 12_500_000),
        ("https://a.test/b.mp4#t=2", 2_000_000),
        ("https://a.test/b.mp4#t=0.000001", 1),
        ("https://a.test/b.mp4#t=007", 7_000_000),
        ("https://a.test/b.mp4#t=999999.999999", 999_999_999_999),
        ("https://a.test/b.mp4", None),
        ("https://a.test/b.mp4#", None),
        ("https://a.test/b.mp4#time=5", None),
        ("https://a.test/b.mp4#xywh=1&t=5", None),
        ("https://a.test/b.mp4?t=5", None),
    ],
)
def test_a_url_can_state_how_long_its_video_is(url: str, length: int | None) -> None:
    """Its fragment does, which is sent to nobody; any other fragment says nothing."""
    assert stated_length(url, "video_urls[0]") == length


@pytest.mark.parametrize(
    "said",
    [
        "",
        "5s",
        "-5",
        "+5",
        "5.",
        ".5",
        "5,5",
        "10,20",
        "1e3",
        "nan",
        " 5",
        "5 ",
        "5#t=6",
        "5&x",
        "1234567",
        "\N{ARABIC-INDIC DIGIT FIVE}",
    ],
)
def test_a_length_that_is_none_is_refused(said: str) -> None:
    """Whoever begins to state one is told how, rather than passed over."""
    with pytest.raises(InvalidRequest) as caught:
        stated_length(f"https://a.test/b.mp4#t={said}", "video_urls[2]")
    told = "video_urls[2] must state its length in seconds, such as #t=12.5, got "
    assert str(caught.value) == told + shown_value(f"#t={said}")
    assert caught.value.param == "video_urls[2]"


@given(st.decimals(0, 999_999, places=6))
def test_stated_lengths_are_exact(seconds: Decimal) -> None:
    """To the microsecond, without a float in between."""
    assert stated_length(f"https://a.test/b.mp4#t={seconds:f}", "x") == int(seconds * SECOND)


@given(st.text(max_size=12))
def test_any_statement_is_read_or_refused(said: str) -> None:
    """As seconds from 0 on, or with the one error."""
    try:
        length = stated_length(f"https://a.test/#t={said}", "x")
    except InvalidRequest:
        return
    assert length is not None
    assert length == int(Decimal(said) * SECOND)
