"""What the project says of itself: its number, its extras, and what each of them brings with it, pinned."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT: Final = Path(__file__).parents[2]
"""Where the project is."""

PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
"""The table `project` of pyproject.toml."""

BASE: Final = "base"
"""What an install without an extra is called here."""

EXTRAS: Final = tuple(name for name in PROJECT["optional-dependencies"] if name != "dev")
"""The extras that users have."""

PINNED_ON: Final = {"python_full_version": "3.11.0", "python_version": "3.11"}
"""Where the pins were written: CONTRIBUTING.md says how."""


def read_pins() -> dict[NormalizedName, str]:
    """Return the version of each distribution that constraints.txt pins."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def find_needed(extra: str = BASE, *, on: Mapping[str, str] = {}) -> set[NormalizedName]:
    """Return the distributions that an install brings with it, down to the last, as those installed here say.

    Markers ask the Python that runs this, or what `on` says in its place.
    """
    wanted = list(_own(extra, on))
    met: set[tuple[NormalizedName, frozenset[str]]] = set()
    while wanted:
        requirement = wanted.pop()
        asked = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if asked not in met:
            met.add(asked)
            wanted += _following(requirement, on)
    return {name for name, _ in met}


def _own(extra: str, on: Mapping[str, str]) -> Iterator[Requirement]:
    """Read what pyproject.toml wants for an extra, which may name others, and for the base."""
    more = [] if extra == BASE else PROJECT["optional-dependencies"][extra]
    for requirement in map(Requirement, [*PROJECT["dependencies"], *more]):
        if requirement.name == PROJECT["name"]:
            for other in requirement.extras:
                yield from _own(other, on)
        elif _applies(requirement, on):
            yield requirement


def _following(requirement: Requirement, on: Mapping[str, str]) -> Iterator[Requirement]:
    """Read what a distribution wants in turn; nothing is known of one that this Python does without."""
    try:
        declared = requires(requirement.name) or []
    except PackageNotFoundError:
        return
    for following in map(Requirement, declared):
        if any(_applies(following, {**on, "extra": extra}) for extra in requirement.extras or {""}):
            yield following


def _applies(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(dict(environment))
