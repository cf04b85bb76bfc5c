"""What is installed besides the package: each distribution is pinned, wanted, and under a known licence."""

from email.message import Message
from importlib.metadata import Distribution, PackageMetadata, distribution
from typing import cast

import pytest

from tests.release.project import BASE, EXTRAS, PINNED_ON, find_needed, read_pins

pytestmark = pytest.mark.uncounted

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Apache Software License",
    "BSD License",
    "MIT License",
    "Mozilla Public License 2.0 (MPL 2.0)",
}
"""Licences under which what users install may be: SPDX's names, and the classifiers' for those that do without."""

PARENTHESES = str.maketrans("()", "  ")


def licences(metadata: PackageMetadata) -> list[str]:
    """Return the names of licences that a distribution gives, by an expression or else by classifiers."""
    (expression,) = metadata.get_all("License-Expression", [""])
    words = [word for word in expression.translate(PARENTHESES).split() if word not in {"AND", "OR"}]
    classifiers = metadata.get_all("Classifier", [])
    named = [name.rpartition(" :: ")[2] for name in classifiers if name.startswith("License :: ")]
    return words or named or metadata.get_all("License", ["none"])


@pytest.fixture
def installed(extra: str) -> list[Distribution]:
    """What an install brings with it."""
    return [distribution(name) for name in sorted(find_needed(extra))]


@pytest.mark.parametrize("extra", [BASE, *EXTRAS])
def test_what_is_installed_is_under_a_known_licence(installed: list[Distribution]) -> None:
    """Each distribution names a licence, and all that it names are allowed."""
    given = {found.name: licences(found.metadata) for found in installed}
    assert {name: names for name, names in given.items() if not ALLOWED.issuperset(names)} == {}


@pytest.mark.parametrize(
    ("header", "value", "names"),
    [
        ("License-Expression", "MIT AND (GPL-3.0-only OR ISC)", ["MIT", "GPL-3.0-only", "ISC"]),
        (
            "Classifier",
            "License :: OSI Approved :: GNU Affero General Public License v3",
            ["GNU Affero General Public License v3"],
        ),
        ("License", "Ask us", ["Ask us"]),
        ("Name", "something", ["none"]),
    ],
)
def test_a_licence_is_found_wherever_it_is_said(header: str, value: str, names: list[str]) -> None:
    """A licence that is not on the list is seen in each of the places, and so is that there is none."""
    metadata = Message()
    metadata[header] = value
    found = licences(cast("PackageMetadata", metadata))
    assert found == names
    assert not ALLOWED.issuperset(found)


def test_the_base_install_is_small() -> None:
    """What serves the API needs no more than this; whoever adds to it says so here."""
    assert len(find_needed(BASE)) <= 17


@pytest.mark.parametrize("extra", [*EXTRAS, "dev"])
def test_all_that_is_installed_is_pinned(extra: str) -> None:
    """Whoever installs by constraints.txt has what the tests ran with, down to the last distribution."""
    assert find_needed(extra) <= set(read_pins())


def test_all_that_is_pinned_is_wanted() -> None:
    """A pin that nothing wants any more goes."""
    assert set(read_pins()) - find_needed("dev", on=PINNED_ON) == set()


def test_tests_run_with_what_is_pinned() -> None:
    """The versions installed here are those of constraints.txt."""
    pins = read_pins()
    here = {name: distribution(name).version for extra in EXTRAS for name in find_needed(extra)}
    assert here == {name: pins[name] for name in here}
