"""Two documents side by side: following references in both, and where in them a comparison is."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from contracts.drift.changes import Change, Side, Step
from contracts.drift.documents import DriftError
from openapi.pages import Document


class Pair(msgspec.Struct, frozen=True):
    """The old and the new version of a part."""

    old: Any
    new: Any

    def part(self, name: Step) -> "Pair":
        """Return a part of both; nothing where it is not there."""
        return Pair(_part(self.old, name), _part(self.new, name))

    @property
    def differs(self) -> bool:
        """Whether they are not the same."""
        return bool(self.old != self.new)


def _part(value: Any, name: Step) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a comparison is.

    Args:
        operation: In which operation.
        side: Whether it is sent by clients or by servers.
        kind: Of what it is: a body, a property, a parameter or a header.
        lead: What `where` begins with.
        path: The way down from there, as it is shown.
        steps: The way from the operation.
    """

    operation: str
    side: Side
    kind: str
    lead: str
    path: str = ""
    steps: tuple[Step, ...] = ()

    def down(self, *steps: Step, name: str, kind: str | None = None) -> "Place":
        """Return a place further down."""
        path = "/".join(filter(None, (self.path, name)))
        return msgspec.structs.replace(self, path=path, steps=(*self.steps, *steps), kind=kind or self.kind)

    def change(self, what: str, old: Any = None, new: Any = None, *, steps: tuple[Step, ...] = ()) -> Change:
        """Return a change here; before a name that begins with a dash stands what it is of, such as `request-body`."""
        name = f"{self.side}-{self.kind}{what}" if what.startswith("-") else what
        where = f"{self.lead}: {self.path}" if self.path else self.lead
        return Change(id=name, operation=self.operation, where=where, old=old, new=new, steps=(*self.steps, *steps))


class Documents:
    """The two documents, in which references are followed.

    Args:
        old: The old one.
        new: The new one.
    """

    def __init__(self, old: Document, new: Document) -> None:
        self.whole: Final = Pair(old, new)

    def resolve(self, pair: Pair) -> Pair:
        """Return both parts, or what they refer to.

        Raises:
            DriftError: A reference leads nowhere, or in a circle.
        """
        return Pair(_resolve(pair.old, self.whole.old), _resolve(pair.new, self.whole.new))

    def part(self, pair: Pair, name: Step) -> Pair:
        """Return a part of both, references followed."""
        return self.resolve(pair.part(name))

    @staticmethod
    def names(pair: Pair) -> list[str]:
        """Return the names in either of two objects, those of the old one first."""
        old, new = (side if isinstance(side, Mapping) else {} for side in (pair.old, pair.new))
        return list({**dict.fromkeys(old), **dict.fromkeys(new)})


def _resolve(part: Any, document: Document) -> Any:
    seen: list[str] = []
    while isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
        reference = part["$ref"]
        if reference in seen:
            raise DriftError(f"$ref {reference} leads back to itself")
        seen.append(reference)
        part = _follow(reference, document)
    return part


def _follow(reference: str, document: Document) -> Any:
    if not reference.startswith("#/"):
        raise DriftError(f"$ref {reference} leads out of its document; bundle it first")
    part: Any = document
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(part, Mapping) or name not in part:
            raise DriftError(f"$ref {reference} leads nowhere")
        part = part[name]
    return part
