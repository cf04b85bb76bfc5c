"""Simulators that serve pages of a test's own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest

from mock_server.models.pages import Catalogue, open_catalogue
from tests.pages.writing import write
from tests.serving import Serve

Documents: TypeAlias = Mapping[str, Mapping[str, Any]]
Open: TypeAlias = Callable[[Documents], Catalogue]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for pages."""
    return tmp_path / "pages"


@pytest.fixture
def opened(folder: Path) -> Open:
    """What opens a catalogue with pages, given by the names of their files."""

    def open_pages(documents: Documents) -> Catalogue:
        for name, document in documents.items():
            write(folder, document, name)
        return open_catalogue([str(folder)])

    return open_pages


@pytest.fixture
def served(serve: Serve, folder: Path) -> Callable[..., Any]:
    """What serves pages, given by the names of their files, and returns a client."""

    async def start(documents: Documents, **settings: Any) -> httpx2.AsyncClient:
        for name, document in documents.items():
            write(folder, document, name)
        return await serve(pages=(str(folder),), **settings)

    return start
