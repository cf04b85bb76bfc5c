"""Images and sounds as files."""

from pathlib import Path
from typing import Final

import pytest

from mock_server.links.videos import placeholder
from mock_server.media.picture import SUFFIXES, Kind, Picture, name_of

HEADS: Final[dict[Kind, bytes]] = {"video": b"ftyp", "image": b"PNG", "audio": b"ID3"}


@pytest.mark.parametrize("kind", SUFFIXES)
def test_the_same_picture_is_the_same_file(tmp_path: Path, kind: Kind) -> None:
    """Whatever kind it has, it is rendered to the same bytes each time, and goes by a name of its kind."""
    pytest.importorskip("av")
    from mock_server.media.rendering import render  # noqa: PLC0415 - it takes the extra

    picture = Picture(task="task", prompt="A cat", width=64, height=96, seconds=1, kind=kind)
    files = [tmp_path / name for name in ("one", "two")]
    for file in files:
        render(picture, file)
    one, two = (file.read_bytes() for file in files)
    assert one == two
    assert HEADS[kind] in one[:16]
    assert name_of(picture).endswith(f".{SUFFIXES[kind]}")


@pytest.mark.parametrize("kind", SUFFIXES)
def test_what_is_packaged(kind: Kind) -> None:
    """There is a small file of each kind."""
    assert HEADS[kind] in placeholder(kind)[:16]
    assert len(placeholder(kind)) < 100_000
