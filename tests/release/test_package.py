"""What is published: an archive of the sources, and a wheel that has each file of the packages and no other."""

import tarfile
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Literal

import pytest
from build import ProjectBuilder
from packaging.metadata import Metadata
from pyproject_hooks import quiet_subprocess_runner
from trove_classifiers import classifiers

from tests.release.project import PROJECT, ROOT

pytestmark = pytest.mark.uncounted

PACKAGES = ("contracts", "mock_server", "openapi")
KINDS = {
    *{".cjs", ".css", ".html", ".js", ".json", ".mjs", ".mp3", ".mp4", ".png", ".py", ".sql", ".svg", ".txt", ".yaml"},
    *{".go", ".java", ".typed"},
}
"""What a package consists of: a file of another kind is there by mistake, or belongs here."""

ABOUT = f"evolink_mock-{PROJECT['version']}.dist-info"
SOURCES = f"evolink_mock-{PROJECT['version']}"


@dataclass(frozen=True)
class Built:
    """The sources' archive, the wheel made of this checkout, and both made again of the unpacked archive."""

    sources: Path
    wheel: Path
    sources_again: Path
    wheel_again: Path

    def read(self, name: str) -> bytes:
        """Read a file of the wheel."""
        with zipfile.ZipFile(self.wheel) as wheel:
            return wheel.read(name)


def build(of: Path, kind: Literal["sdist", "wheel"], into: Path) -> Path:
    """Build as `python -m build --no-isolation` does."""
    return Path(ProjectBuilder(of, runner=quiet_subprocess_runner).build(kind, into))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Everything that is built, once for all tests of it."""
    place = tmp_path_factory.mktemp("dist")
    sources = build(ROOT, "sdist", place)
    with tarfile.open(sources) as archive:
        archive.extractall(place, filter="data")
    unpacked = place / SOURCES
    again = place / "again"
    return Built(sources, build(ROOT, "wheel", place), build(unpacked, "sdist", again), build(unpacked, "wheel", again))


@pytest.fixture(scope="module")
def names(built: Built) -> set[str]:
    """The files of the wheel."""
    with zipfile.ZipFile(built.wheel) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def metadata(built: Built) -> Metadata:
    """What the wheel says of itself; every field is held against the standard."""
    return Metadata.from_email(built.read(f"{ABOUT}/METADATA"), validate=True)


def files(package: str) -> set[str]:
    """Return the files of a package in this checkout."""
    found = (path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_the_wheel_has_each_file_of_the_packages_and_no_other(names: set[str]) -> None:
    """Code and data are in it, and besides them only what says what it is."""
    about = {f"{ABOUT}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert names == {*about, *(name for package in PACKAGES for name in files(package))}


def test_the_wheel_has_no_file_of_another_kind(names: set[str]) -> None:
    """No cache, note, key or database lies in a package by mistake; all of one kind are read by something."""
    inside = [PurePosixPath(name) for name in names if not name.startswith(ABOUT)]
    assert {path.suffix or path.name for path in inside} - {"py.typed"} == KINDS
    assert [path for path in inside if any(part.startswith(".") for part in path.parts)] == []


def test_each_package_tells_its_types(names: set[str]) -> None:
    """Type checkers of users look for this file."""
    assert names.issuperset(f"{package}/py.typed" for package in PACKAGES)


def test_the_licence_comes_along(built: Built) -> None:
    """Whoever has the wheel alone has the licence too."""
    assert built.read(f"{ABOUT}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_the_metadata_is_that_of_the_project(metadata: Metadata) -> None:
    """It has what an index shows: name, number, licence, Python, and the README."""
    assert (metadata.name, str(metadata.version)) == (PROJECT["name"], PROJECT["version"])
    assert metadata.license_expression == PROJECT["license"]
    assert str(metadata.requires_python) == PROJECT["requires-python"]
    assert metadata.description == (ROOT / "README.md").read_text("utf-8")
    assert metadata.description_content_type == "text/markdown"


def test_the_classifiers_are_known(metadata: Metadata) -> None:
    """An index refuses one that it does not know."""
    assert set(metadata.classifiers or ()) == set(PROJECT["classifiers"]) <= classifiers


def test_what_the_package_offers_is_there(built: Built) -> None:
    """Commands, the plugin of pytest and the dashboard's judge can be imported by the names that are published."""
    offered = ConfigParser(delimiters="=")
    offered.read_string(built.read(f"{ABOUT}/entry_points.txt").decode())
    assert set(offered) - {"DEFAULT"} == {"console_scripts", "pytest11", "evolink_mock.judges"}
    for group in set(offered) - {"DEFAULT"}:
        for target in offered[group].values():
            module, _, attribute = target.partition(":")
            assert attrgetter(attribute or "__name__")(import_module(module))


def test_the_sources_are_whole(built: Built) -> None:
    """All that the project consists of is in the archive, and nothing that somebody's tools have left behind."""
    with tarfile.open(built.sources) as archive:
        inside = [PurePosixPath(name).relative_to(SOURCES) for name in archive.getnames()]
    assert {path.parts[0] for path in inside} == {
        *PACKAGES,
        *("tests", "docs", "examples", "benchmarks", ".ci", ".github", ".dockerignore", ".gitignore"),
        *("pyproject.toml", "constraints.txt", "schemathesis.toml", "conftest.py", "action.yml", "Makefile", "LICENSE"),
        *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "PKG-INFO"),
    }
    left = ("__pycache__", ".hypothesis", ".pytest_cache", ".coverage", ".venv", "build", "dist")
    assert [path for path in inside if set(left) & set(path.parts)] == []


def test_whoever_builds_it_gets_the_same_bytes(built: Built) -> None:
    """Of this checkout or of the published sources, at another time and place, both come out the same."""
    assert built.sources_again.read_bytes() == built.sources.read_bytes()
    assert built.wheel_again.read_bytes() == built.wheel.read_bytes()
