import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.lettering import HEIGHT, UNKNOWN, draw_text, plain, text_width

pytestmark = pytest.mark.uncounted

TYPED = string.ascii_letters + string.digits + string.punctuation + " "


def test_every_character_that_can_be_typed_has_a_letter_of_its_own() -> None:
    """No two letters look alike, and only the space is blank."""
    drawn = {character: draw_text(character, scale=1) for character in TYPED + UNKNOWN}
    assert len(set(drawn.values())) == len(TYPED) + 1
    assert [character for character, rows in drawn.items() if not any(map(any, rows))] == [" "]


def test_a_letter_is_drawn_as_the_font_shows_it() -> None:
    """A dot is as many pixels as the scale says, and the letter is followed by a blank column."""
    rows = ["..".join("#" if dot else "." for dot in row) for row in draw_text("T", scale=1)]
    assert rows[:2] == ["#..#..#..#..#...", "......#........."]
    assert draw_text("T", scale=2)[0] == draw_text("T", scale=2)[1] == b"\xff" * 10 + bytes(2)


@given(text=st.text(st.sampled_from(TYPED), min_size=1, max_size=40), scale=st.integers(1, 6))
def test_a_line_is_as_large_as_said(text: str, scale: int) -> None:
    """Its width follows from the number of letters, its height from the scale; pixels are ink or none."""
    rows = draw_text(text, scale=scale)
    assert len(rows) == HEIGHT * scale
    assert {len(row) for row in rows} == {text_width(len(text), scale=scale)}
    assert set(b"".join(rows)) <= {0, 255}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain, as it is.", "Plain, as it is."),
        ("  two\n\tlines \r\n", "two lines"),
        ("naïve façade", "naive facade"),
        (
            "\N{LEFT DOUBLE QUOTATION MARK}hm\N{RIGHT DOUBLE QUOTATION MARK} \N{EM DASH} 5\N{HORIZONTAL ELLIPSIS}",
            '"hm" - 5...',
        ),
        ("海滩 at dawn", f"{UNKNOWN}{UNKNOWN} at dawn"),
        ("", ""),
    ],
)
def test_what_the_font_does_not_have_is_shown_as_well_as_it_can_be(text: str, shown: str) -> None:
    """Accents go, quotes and dashes become the ones that are typed, and the rest is shown as unknown."""
    assert plain(text) == shown


@given(st.text())
def test_any_text_can_be_drawn(text: str) -> None:
    """Whatever a prompt has in it, something can be drawn for it."""
    shown = plain(text)
    assert plain(shown) == shown
    assert len(draw_text(f"{shown}!", scale=1)) == HEIGHT
