import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal.masking import KEY_MARK, MARK, PIECE, Mask, Vocabulary, pieces, readings, unescape

pytestmark = pytest.mark.uncounted

SENTENCE = 'A "woman" in Zürich walks\n through 雪 and 😀 at 50% + more\\less'
WRITINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "the beginning": lambda text: text[: PIECE + 3] + "…",
    "a part": lambda text: "got " + text[7 : 7 + PIECE],
    "JSON": json.dumps,
    "JSON in Unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "percent": quote,
    "a form": quote_plus,
    "percent twice": lambda text: quote(quote(text)),
    "percent, whole": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 within more": lambda text: "data:x/y;base64,a" + base64.b64encode(b"##" + text.encode() + b"#").decode(),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"a": text}).encode()).decode(),
    "percent of base64": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
}
NO_WORDS = Vocabulary(())


def shows(text: str, secret: str) -> bool:
    """Tell whether any piece of a secret stands in a text."""
    return any(piece in text for piece in pieces(secret))


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_secret_is_taken_out_however_it_is_written(writing: str) -> None:
    """Plain or escaped, whole or in part: no piece is left, and what stands around it may stay."""
    text = f"before {WRITINGS[writing](SENTENCE)} after"
    masked = Mask([SENTENCE], NO_WORDS).text(text)
    assert MARK in masked
    assert not any(shows(reading, SENTENCE) for reading in (masked, *readings(masked)))


@given(
    secret=st.text(min_size=PIECE, max_size=60),
    around=st.tuples(st.text(max_size=20), st.text(max_size=20)),
    writing=st.sampled_from([writing for writing in WRITINGS if writing not in {"the beginning", "a part"}]),
)
def test_no_secret_survives(secret: str, around: tuple[str, str], writing: str) -> None:
    """Whatever the secret and whatever stands around it: it is in no reading of what is left."""
    masked = Mask([secret], NO_WORDS).text(WRITINGS[writing](secret).join(around))
    assert not shows(masked, secret)
    assert not shows(unescape(masked), secret)


@given(st.text(alphabet=st.characters(exclude_characters="-"), max_size=80))
def test_a_text_without_secrets_stays(text: str) -> None:
    """Where nothing secret is, nothing is changed."""
    assert Mask([], NO_WORDS).text(text) == text


def test_a_short_secret_is_not_looked_for() -> None:
    """A secret such as a word of seven letters would be found everywhere."""
    assert Mask(["dancing"], NO_WORDS).text("dancing in the snow") == "dancing in the snow"


def test_only_the_secret_is_taken_out() -> None:
    """The rest of a text stays; pieces that follow each other have one mark."""
    mask = Mask(["a person dancing in the snow", "8 to 11!"], NO_WORDS)
    assert mask.text("got a person dancing in the… and more") == f"got {MARK}… and more"
    assert mask.text("a person dancing in the snowa person dancing") == MARK
    assert mask.text("x a person dancing, dancing in the snow y") == f"x {MARK},{MARK} y"
    assert mask.text("8 to 11! or 8 to 1") == f"{MARK} or 8 to 1"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sk-a", KEY_MARK),
        ("the key sk-other_KEY.9 is", f"the key {KEY_MARK} is"),
        ("1sk-a_sk-b", f"1{KEY_MARK}"),
        ("sk%2Dother", MARK),
        ("task-unified-1757169743-7cvnl5zw", "task-unified-1757169743-7cvnl5zw"),
        ("a desk-lamp", "a desk-lamp"),
        (KEY_MARK, KEY_MARK),
    ],
)
def test_what_looks_like_a_key(text: str, masked: str) -> None:
    """Any text of the form of our keys is taken out, be it known or not; ids of tasks are no keys."""
    assert Mask([], NO_WORDS).text(text) == masked


def test_words_of_the_contract_stay() -> None:
    """A prompt that mentions a model does not hide the model's name, and one that is a word hides no word."""
    words = Vocabulary(["wan2.6-reference-video-flash", "processing"])
    mask = Mask(["make it with wan2.6-reference-video-flash", "processing", "reference"], words)
    assert mask.text("wan2.6-reference-video-flash is processing") == "wan2.6-reference-video-flash is processing"
    assert mask.text("make it with") == MARK


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"a\"b\\c\/d\n\t", 'a"b\\c/d\n\t'),
        (r"\u00e9\ud83d\ude00", "é😀"),
        (r"\ud83d alone", "? alone"),
        (r"\x \u12 \\", "\\x \\u12 \\"),
    ],
)
def test_unescape(text: str, read: str) -> None:
    """What JSON would read is read, half a pair is no character, and what is no escape stays."""
    assert unescape(text) == read
