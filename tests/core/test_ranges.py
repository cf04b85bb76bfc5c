"""What of a file is sent, whatever is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.http.dates import http_date
from mock_server.core.http.ranges import Part, Version, choose_part
from mock_server.core.types import SECOND

NOW = 1_795_334_400 * SECOND
MADE = NOW - 100 * SECOND + 1
FILE = Version(1_000, '"abc"', MADE)
WHOLE = Part(200, 0, 1_000)
SAME = Part(304)
FAILED = Part(412)
DATE, EARLIER, LATER = (http_date(MADE + seconds * SECOND) for seconds in (0, -1, 1))
OLD_FORM = "Sunday, 22-Nov-26 07:58:20 GMT"


def chosen(version: Version = FILE, *, method: str = "GET", **headers: str) -> Part:
    """Return what is sent of the file to a request with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return choose_part(version, named, method=method, now=NOW)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", Part(206, 0, 1)),
        ("bytes=0-999", Part(206, 0, 1_000)),
        ("bytes=500-", Part(206, 500, 1_000)),
        ("bytes=999-5000", Part(206, 999, 1_000)),
        ("bytes=-1", Part(206, 999, 1_000)),
        ("bytes=-5000", Part(206, 0, 1_000)),
        ("Bytes=00001-00002", Part(206, 1, 3)),
        ("bytes= ,1-2, ", Part(206, 1, 3)),
        (f"bytes=1-{'9' * 1_000}", Part(206, 1, 1_000)),
        ("bytes=1000-", Part(416)),
        ("bytes=1000-1001", Part(416)),
        ("bytes=-0", Part(416)),
        ("bytes=2-1", WHOLE),
        ("bytes=0-1,5-6", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=-1-2", WHOLE),
        ("bytes=1 - 2", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=\N{ARABIC-INDIC DIGIT ONE}-", WHOLE),
        ("items=0-1", WHOLE),
        ("", WHOLE),
    ],
)
def test_ranges(asked: str, part: Part) -> None:
    """One range that can be had is served, one that cannot gets 416; anything else is passed over."""
    assert chosen(range=asked) == part


def test_ranges_of_a_file_without_bytes() -> None:
    """It has none, and the last bytes of it are all of it."""
    empty = Version(0, '"abc"')
    assert chosen(empty, range="bytes=0-") == Part(416)
    assert chosen(empty, range="bytes=-1") == Part(200)


def test_ranges_are_for_get() -> None:
    """HEAD tells of the whole file, whatever range is asked for."""
    assert chosen(method="HEAD", range="bytes=0-1") == WHOLE


@pytest.mark.parametrize(
    ("validator", "same"),
    [
        ('"abc"', True),
        ('"abd"', False),
        ('W/"abc"', False),
        ('"abc", "abd"', False),
        (DATE, True),
        (EARLIER, False),
        (LATER, False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_if_range(validator: str, same: bool) -> None:  # noqa: FBT001
    """A part of another version is never sent: the validator must be the strong ETag, or the very date."""
    assert chosen(range="bytes=0-1", if_range=validator) == (Part(206, 0, 2) if same else WHOLE)
    assert chosen(Version(1_000, '"abc"'), range="bytes=0-1", if_range=DATE) == WHOLE


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({"if_none_match": '"abc"'}, SAME),
        ({"if_none_match": 'W/"abc"'}, SAME),
        ({"if_none_match": '"x,y", "abc"'}, SAME),
        ({"if_none_match": " * "}, SAME),
        ({"if_none_match": '"abd"'}, WHOLE),
        ({"if_none_match": "abc"}, WHOLE),
        ({"if_none_match": '"abd"', "if_modified_since": LATER}, WHOLE),
        ({"if_none_match": '"abc"', "range": "bytes=0-1"}, SAME),
        ({"if_modified_since": DATE}, SAME),
        ({"if_modified_since": LATER}, SAME),
        ({"if_modified_since": EARLIER}, WHOLE),
        ({"if_modified_since": "yesterday"}, WHOLE),
        ({"if_modified_since": EARLIER, "range": "bytes=0-1"}, Part(206, 0, 2)),
        ({"if_match": '"abc"'}, WHOLE),
        ({"if_match": '"abd", "abc"'}, WHOLE),
        ({"if_match": "*"}, WHOLE),
        ({"if_match": '"abd"'}, FAILED),
        ({"if_match": 'W/"abc"'}, FAILED),
        ({"if_match": "abc"}, FAILED),
        ({"if_match": '"abc"', "if_unmodified_since": EARLIER}, WHOLE),
        ({"if_match": '"abd"', "if_none_match": '"abc"'}, FAILED),
        ({"if_match": '"abc"', "if_none_match": '"abc"'}, SAME),
        ({"if_unmodified_since": EARLIER}, FAILED),
        ({"if_unmodified_since": DATE}, WHOLE),
        ({"if_unmodified_since": "yesterday"}, WHOLE),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(method: str, headers: dict[str, str], part: Part) -> None:
    """In the order of RFC 9110: If-Match or If-Unmodified-Since, If-None-Match or If-Modified-Since, and the range."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    assert choose_part(FILE, named, method=method, now=NOW) == (
        part if method == "GET" or part.status != 206 else WHOLE
    )


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({"if_modified_since": OLD_FORM}, SAME),
        ({"if_unmodified_since": OLD_FORM}, WHOLE),
        ({"range": "bytes=0-1", "if_range": OLD_FORM}, Part(206, 0, 2)),
    ],
    ids=str,
)
def test_a_date_of_the_old_form_is_of_this_century(headers: dict[str, str], part: Part) -> None:
    """A year of two digits is told by the time of the request."""
    assert chosen(FILE, **headers) == part


def test_dates_where_none_is_told() -> None:
    """A file whose date is not told has none: conditions on it are passed over."""
    undated = Version(1_000, '"abc"')
    assert chosen(undated, if_modified_since=LATER) == chosen(undated, if_unmodified_since=EARLIER) == WHOLE


@given(st.integers(1, 2_000), st.integers(0, 3_000), st.none() | st.integers(0, 3_000))
def test_a_range_is_just_what_was_asked_for(size: int, first: int, last: int | None) -> None:
    """As slices of the bytes have it."""
    part = chosen(Version(size, '"x"'), range=f"bytes={first}-{'' if last is None else last}")
    if last is not None and last < first:
        assert part == Part(200, 0, size)
    elif first >= size:
        assert part == Part(416)
    else:
        content = list(range(size))
        assert (part.status, content[part.begin : part.end]) == (
            206,
            content[first : None if last is None else last + 1],
        )


@given(st.text(max_size=40) | st.from_regex(r"bytes=[0-9,\- ]*", fullmatch=True), st.integers(0, 50))
def test_whatever_is_asked_for_is_answered(asked: str, size: int) -> None:
    """No text is too strange, and no part reaches beyond the file."""
    part = chosen(Version(size, '"x"'), range=asked)
    assert part.status in {200, 206, 416}
    assert 0 <= part.begin <= part.end <= size
    assert (part.begin < part.end) or part.status != 206


@given(st.dictionaries(st.sampled_from(["if-match", "if-none-match", "if-modified-since", "if-range"]), st.text()))
def test_whatever_is_demanded_is_answered(headers: dict[str, str]) -> None:
    """No condition is too strange."""
    assert choose_part(FILE, headers, method="GET", now=NOW).status in {200, 304, 412}
