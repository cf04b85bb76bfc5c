"""A mutant: our simulator with one fault, and who is expected to catch it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any, TypeAlias

import msgspec
import pytest

from tests.mutants.wrapping import ChangeAnswer, ChangeRequest

Patch: TypeAlias = Callable[[Any], Any]
"""Returns what stands in the place of something of the simulator; it gets the original."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One fault.

    Args:
        id: Its short name, in words with dashes.
        wrong: What is wrong, in one sentence.
        probes: The ids of the probes that expose it.
        rules: The ids of the rules that must find it, all of them.
        clauses: The clauses that it breaks.
        told: What a finding of one of the rules says, or part of it.
        answers: Changes what is answered.
        requests: Changes what is asked.
        patches: What else takes the place of something of the simulator, by its dotted name.
        rendered: Whether results are to be videos of the tasks' lengths.
    """

    id: str
    wrong: str
    probes: tuple[str, ...]
    rules: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    told: str = ""
    answers: ChangeAnswer | None = None
    requests: ChangeRequest | None = None
    patches: Mapping[str, Patch] = {}
    rendered: bool = False


@contextmanager
def patched(patches: Mapping[str, Patch]) -> Iterator[None]:
    """Put something in the place of parts of the simulator, as long as this is open."""
    with pytest.MonkeyPatch.context() as patching:
        for place, make in patches.items():
            patching.setattr(place, make(resolve_name(place)))
        yield


def always(value: Any) -> Patch:
    """Return a patch that puts a value in the place of whatever is there."""
    return lambda _: value
