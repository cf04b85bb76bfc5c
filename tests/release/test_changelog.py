"""The changelog keeps to its form, and tells of the release that is under way."""

import re
from datetime import date
from itertools import pairwise

import pytest
from packaging.version import Version

from tests.release.project import PROJECT, ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text("utf-8")
UNRELEASED = "[Unreleased]"
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
"""What Keep a Changelog sorts changes by, in its order."""

RELEASE = re.compile(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})")
HEADINGS = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
RELEASES = [RELEASE.fullmatch(heading) for heading in HEADINGS if heading != UNRELEASED]
SECTIONS = re.split(r"^## .*\n", TEXT, flags=re.MULTILINE)[1:]


def test_each_section_is_a_release_with_its_day() -> None:
    """Newest first; what is not released yet stands above all."""
    assert UNRELEASED not in HEADINGS[1:]
    assert None not in RELEASES, HEADINGS
    found = [(Version(release[1]), date.fromisoformat(release[2])) for release in RELEASES if release]
    assert all(newer[0] > older[0] and newer[1] >= older[1] for newer, older in pairwise(found))


def test_the_number_of_the_project_is_told_of() -> None:
    """It is the newest release, or the next one, which is then told of as not released yet."""
    newest = next((release[1] for release in RELEASES if release), "0.0.0")
    assert HEADINGS[0] == UNRELEASED or newest == PROJECT["version"]
    assert Version(newest) <= Version(PROJECT["version"])


@pytest.mark.parametrize("section", SECTIONS, ids=HEADINGS)
def test_changes_are_sorted_by_kind(section: str) -> None:
    """Each is an item under one of the six headings, and none of these is empty."""
    before, *parts = re.split(r"^### ", section, flags=re.MULTILINE)
    assert before.strip() == ""
    kinds = [part.partition("\n")[0] for part in parts]
    assert kinds == [kind for kind in KINDS if kind in kinds]
    for part in parts:
        lines = part.partition("\n")[2].strip().splitlines()
        assert lines
        assert [line for line in lines if not line.startswith(("- ", "  "))] == []
