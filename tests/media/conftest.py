"""Clips to look at: each is rendered once for all tests of a process."""

from pathlib import Path

import msgspec
import pytest

from mock_server.media.picture import name_of
from mock_server.media.rendering import render
from tests.media.clips import SMALL, Clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """How to get a clip."""
    folder = tmp_path_factory.mktemp("clips")

    def rendered(**changes: object) -> Path:
        picture = msgspec.structs.replace(SMALL, **changes)
        path = folder / name_of(picture)
        if not path.exists():
            render(picture, path)
        return path

    return rendered
