from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.ids import CountedDice
from mock_server.media.palettes import Colour, between, colour
from mock_server.media.picture import Picture, name_of
from mock_server.media.ridges import Kind, hills, peaks, pines, towers
from mock_server.media.scenes import LANDS, scenes

PLAIN = Picture(task="task-1", prompt="A cat", width=320, height=180, seconds=2)


@pytest.mark.uncounted
@pytest.mark.parametrize("kind", [hills, peaks, pines, towers])
@given(purpose=st.text(max_size=20), columns=st.integers(1, 900), unit=st.integers(30, 960))
def test_land_has_a_height_in_every_column(kind: Kind, purpose: str, columns: int, unit: int) -> None:
    """Every column has a height from 0 to 1, and every window stands in columns that there are."""
    ridge = kind(CountedDice(b"", purpose, 0), columns, unit)
    assert len(ridge.heights) == columns
    assert all(0 <= height <= 1 for height in ridge.heights)
    assert all(0 <= left < left + across <= columns and 0 < share < 1 for left, across, share, _ in ridge.windows)


@given(st.text(min_size=1))
def test_the_shots_of_a_clip_are_unlike_each_other(task: str) -> None:
    """A cut is seen: shots that follow each other have another palette and another land."""
    one, two, three = scenes(msgspec.structs.replace(PLAIN, task=task, shots=3))
    assert one.palette != two.palette != three.palette
    assert one.land != two.land != three.land


def test_a_task_has_its_own_scene() -> None:
    """The same task has the same scene, and tasks differ in every respect."""
    drawn = [scenes(msgspec.structs.replace(PLAIN, task=f"task-{number}"))[0] for number in range(200)]
    again = scenes(msgspec.structs.replace(PLAIN, task="task-7"))[0]
    assert (again.palette, again.land, again.sun_left) == (drawn[7].palette, drawn[7].land, drawn[7].sun_left)
    assert {scene.land for scene in drawn} == set(LANDS)
    assert {scene.to_right for scene in drawn} == {False, True}
    assert len({(scene.palette, scene.land, scene.sun_left) for scene in drawn}) > 100


def test_a_town_has_lights() -> None:
    """Some windows are lit."""
    assert len(towers(CountedDice(b"", "town", 0), 900, 400).windows) > 20


def test_colours_are_as_video_has_them() -> None:
    """Black, white and the primaries of BT.709 are where the standard puts them."""
    assert colour(0x000000) == Colour(16, 128, 128)
    assert colour(0xFFFFFF) == Colour(235, 128, 128)
    assert colour(0x0000FF).blue == 240
    assert colour(0xFF0000).red == 240
    assert between(colour(0x000000), colour(0xFFFFFF), 0.5) == Colour(126, 128, 128)


def test_another_picture_has_another_name() -> None:
    """Whatever is different about a picture, it is another file."""
    changes: list[dict[str, Any]] = [
        {},
        {"task": "t"},
        {"prompt": ""},
        {"width": 2},
        {"height": 2},
        {"seconds": 3},
        {"sound": False},
    ]
    names = {name_of(msgspec.structs.replace(PLAIN, **change)) for change in [*changes, {"shots": 2}]}
    assert len(names) == 8
    assert name_of(PLAIN) in names
    assert PLAIN.frames == 60
