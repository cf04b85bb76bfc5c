"""Making each page stand alone: what it refers to on another page is copied in."""

import copy
from collections.abc import Mapping

from openapi.pages import Document
from openapi.references import ComponentReference, find_references, parse_reference


def bundle(pages: Mapping[str, Document]) -> dict[str, Document]:
    """Return a copy of the pages in which every `$ref` stays on its own page.

    Raises:
        ValueError: a `$ref` leads nowhere, or to a component whose name the page uses for something else.
    """
    return {name: _bundle_page(name, pages) for name in pages}


def _bundle_page(home: str, pages: Mapping[str, Document]) -> Document:
    page = copy.deepcopy(pages[home])
    waiting: list[tuple[object, str]] = [(page, home)]
    brought: dict[ComponentReference, ComponentReference] = {}
    while waiting:
        node, origin = waiting.pop()
        for holder in list(find_references(node)):
            reference = parse_reference(holder["$ref"])
            source = reference._replace(page=reference.page or origin)
            target = reference._replace(page=None)
            holder["$ref"] = str(target)
            component = _find(source, pages, home)
            if source.page == home or brought.get(target) == source:
                continue
            named = page.setdefault("components", {}).setdefault(target.kind, {})
            if target.name in named:
                raise ValueError(f"page {home} brings in {source}, but has another component of that name")
            named[target.name] = copy.deepcopy(component)
            brought[target] = source
            waiting.append((named[target.name], str(source.page)))
    return page


def _find(source: ComponentReference, pages: Mapping[str, Document], home: str) -> object:
    try:
        return pages[str(source.page)]["components"][source.kind][source.name]
    except KeyError:
        raise ValueError(f"page {home} refers to {source}, which does not exist") from None
