"""ARCHITECTURE.md leads to what is there: each room is in its tables, and each file that it names exists."""

import re
from pathlib import Path

import pytest

from tests.docs.conftest import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PACKAGES = [ROOT / package for package in ("mock_server", "contracts")]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_room_is_told_of(package: Path) -> None:
    """A folder with modules is in the table of its package, and what is in the table is there."""
    section = TEXT.partition(f"`{package.name}/` is")[2].partition("\n\n`")[0].partition("\nImports run")[0]
    told = {name for row in re.findall(r"^\| (.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)/`", row)}
    rooms = {folder.name for folder in package.iterdir() if any(folder.glob("*.py"))}
    assert len(rooms) > 10
    assert told == rooms


def test_every_file_is_there() -> None:
    """A file is named as it is below its package, and so is a module that a journey passes."""
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?\.?[a-z_]*\.(?:py|yaml))", TEXT))
    passed = set(
        re.findall(r"`([a-z_]+(?:/[a-z_]+)+)(?:\.[a-z_]+)?`", TEXT.partition("## Journeys")[2].partition("\n## ")[0])
    )
    assert len(named) > 10
    assert len(passed) > 10
    paths = named | {f"{module}.py" for module in passed}
    places = [ROOT, ROOT / "openapi", *PACKAGES]
    lost = [path for path in sorted(paths) if not any((place / path).exists() for place in places)]
    assert [path for path in lost if not any((place / path.removesuffix(".py")).is_dir() for place in places)] == []
