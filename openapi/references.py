"""Finding the references in a document, and what they lead to."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_COMPONENT: Final = re.compile(r"(?:(?P<page>[^#/]+)\.yaml)?#/components/(?P<kind>\w+)/(?P<name>[\w.-]+)")


class ComponentReference(NamedTuple):
    """Where a `$ref` leads: a component of this page, or of the page that is named."""

    page: str | None
    kind: str
    name: str

    def __str__(self) -> str:
        page = f"{self.page}.yaml" if self.page else ""
        return f"{page}#/components/{self.kind}/{self.name}"


def find_references(node: object) -> Iterator[dict[str, Any]]:
    """Yield every object in `node`, itself included, that has a `$ref`; writing to it changes `node`."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node
        for value in node.values():
            yield from find_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from find_references(value)


def parse_reference(text: str) -> ComponentReference:
    """Read the text of a `$ref`.

    Raises:
        ValueError: it does not lead to a component; our documents refer to nothing else.
    """
    found = _COMPONENT.fullmatch(text)
    if found is None:
        raise ValueError(f"$ref must lead to a component, such as #/components/schemas/Usage; got {text!r}")
    return ComponentReference(found["page"], found["kind"], found["name"])
