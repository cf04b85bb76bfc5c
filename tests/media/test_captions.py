import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.captions import Panel, caption, clock
from mock_server.media.lettering import draw_text
from mock_server.media.picture import Picture

WIDE = Picture(task="task-unified-1757156493-imcg5zqt", prompt="A cat", width=1280, height=720, seconds=10)


def shows(panel: Panel, text: str, *, scale: int) -> bool:
    """Look for a line of text in a panel, as it is drawn."""
    first, *_ = lines = draw_text(text, scale=scale)
    places = [(y, x) for y, row in enumerate(panel.rows) for x in range(len(row)) if row.startswith(first, x)]
    return any(
        all(panel.rows[y + number][x : x + len(line)] == line for number, line in enumerate(lines)) for y, x in places
    )


def test_a_caption_says_whose_clip_it_is_and_what_was_asked_for() -> None:
    """The task's id is on the first line, the prompt below."""
    panel = caption(WIDE)
    assert shows(panel, WIDE.task, scale=3)
    assert shows(panel, "A cat", scale=3)
    assert not shows(panel, "A dog", scale=3)


def test_a_long_prompt_is_cut_after_two_lines() -> None:
    """As many words as fit are shown, and that there were more."""
    long = caption(msgspec.structs.replace(WIDE, prompt="walks " * 100))
    two = caption(msgspec.structs.replace(WIDE, prompt="walks " * 12))
    assert long.height == two.height > caption(WIDE).height
    assert shows(long, "walks walks...", scale=3)


def test_a_clip_without_a_prompt_says_whose_it_is() -> None:
    """An empty prompt takes no line."""
    panel = caption(msgspec.structs.replace(WIDE, prompt=" "))
    assert panel.height < caption(WIDE).height
    assert shows(panel, WIDE.task, scale=3)


def test_the_clock_shows_minutes_seconds_and_frames() -> None:
    """Frame 299 is the last of the tenth second."""
    assert shows(clock(WIDE, 0), "00:00:00", scale=3)
    assert shows(clock(WIDE, 299), "00:09:29", scale=3)
    assert shows(clock(WIDE, 30 * 61 + 5), "01:01:05", scale=3)


@given(
    width=st.integers(100, 1100).map(lambda half: 2 * half),
    height=st.integers(60, 1100).map(lambda half: 2 * half),
    prompt=st.text(max_size=500),
)
def test_panels_stand_in_the_picture(width: int, height: int, prompt: str) -> None:
    """Whatever the size and the prompt, nothing of a panel is outside, and video can be laid at its corners."""
    picture = msgspec.structs.replace(WIDE, width=width, height=height, prompt=prompt)
    for panel in (caption(picture), clock(picture, 7)):
        assert {len(row) for row in panel.rows} == {panel.width}
        assert [number % 2 for number in (panel.left, panel.top, panel.width, panel.height)] == [0, 0, 0, 0]
        assert panel.left + panel.width <= width
        assert 0 <= panel.top <= panel.top + panel.height <= height
