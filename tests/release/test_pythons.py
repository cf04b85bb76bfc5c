"""The Pythons that the package is said to run on are those that it is tested on."""

import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.release.project import PROJECT, ROOT

SAID = "Programming Language :: Python :: 3."
MINORS = [f"3.{name.removeprefix(SAID)}" for name in PROJECT["classifiers"] if name.startswith(SAID)]


def test_each_is_tested() -> None:
    """CI runs everything on each of them, and on no other."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == MINORS


def test_the_first_is_the_oldest_that_is_let_in() -> None:
    """Installers refuse the package on an older one."""
    allowed = SpecifierSet(PROJECT["requires-python"])
    first = Version(MINORS[0])
    assert allowed.contains(first)
    assert not allowed.contains(f"{first.major}.{first.minor - 1}")
