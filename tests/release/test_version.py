"""The number of the package stands in pyproject.toml, and everything else asks for it."""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.release.project import PROJECT, ROOT
from tests.running import printed_by

pytestmark = pytest.mark.uncounted

RELEASE = re.compile(r"evolink-mock@v([\d.]+\d)")
SHOWING = {".md", ".yml"}


def test_everything_tells_the_number_of_the_package(tmp_path: Path) -> None:
    """With another number in its metadata, the package tells that one everywhere."""
    about = tmp_path / "evolink_mock-98.7.6.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.4\nName: evolink-mock\nVersion: 98.7.6\n")
    told = printed_by(
        sys.executable, "-m", "tests.release.places", folder=ROOT, environment={"PYTHONPATH": str(tmp_path)}
    )
    places = json.loads(told)
    assert len(places) == 8
    assert set(places.values()) == {"98.7.6"}, places


def test_the_number_is_that_of_the_project() -> None:
    """What is installed here was installed since the number changed."""
    assert version("evolink-mock") == PROJECT["version"]


def test_documents_show_the_number_of_the_project() -> None:
    """Where a document or a recipe says which release to take, it is this one."""
    files = [path for folder in ("docs", "examples") for path in (ROOT / folder).rglob("*.*") if path.suffix in SHOWING]
    shown = {number for path in files for number in RELEASE.findall(path.read_text("utf-8"))}
    assert shown == {PROJECT["version"]}
