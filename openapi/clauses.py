"""The clauses of the contract: every statement that can hold or be broken, by its number."""

import functools
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

import msgspec


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement of the contract.

    id: such as `PROMPT-MAX`. group: the heading it stands under. says: what must hold.
    source: the page that says it, or `observed`. where: the files that make it hold here.
    unobservable: why nothing can check it yet; None when tests are expected to name it.
    """

    id: str
    group: str
    says: str
    source: str
    where: tuple[str, ...] = ()
    unobservable: str | None = None


@functools.cache
def load_clauses() -> Mapping[str, Clause]:
    """Return every clause by its id, in the order of `clauses.yaml`."""
    text = resources.files(__package__).joinpath("compiled", "clauses.json").read_bytes()
    return MappingProxyType(msgspec.json.decode(text, type=dict[str, Clause]))
