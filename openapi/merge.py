"""One document made of several pages, as a server serves it and a fuzzer reads it."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from openapi.joining import join_creations, names_model
from openapi.pages import Document
from openapi.references import find_references, parse_reference

_Components: TypeAlias = dict[str, dict[str, Any]]
_Renames: TypeAlias = dict[tuple[str, str], str]


def merge(
    pages: Mapping[str, Document],
    *,
    title: str,
    version: str = "1.0.0",
    description: str = "",
    servers: Sequence[Mapping[str, Any]] = (),
) -> Document:
    """Join the pages in their order; they stay as they are.

    Components of one name and one content become one. Where the contents differ, the later page's component takes
    the page's name in front: `ErrorResponse` of `get-credits` becomes `GetCreditsErrorResponse`. Each operation says
    in `x-source` whether its page is published or observed. Operations of one path that are told apart by the model
    that a body names become one, which takes what any of them takes.

    Raises:
        ValueError: two pages describe the same operation, or a new name is taken already.
    """
    components: _Components = {}
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "servers": [dict(server) for server in servers],
        "security": next((page.get("security", []) for page in pages.values()), []),
        "paths": {},
        "components": components,
        "tags": [],
    }
    for name, original in pages.items():
        page = copy.deepcopy(original)
        _rename(page, _find_collisions(components, name, page.get("components", {})))
        _settle_operations(page, shared_security=merged["security"])
        _join_paths(merged["paths"], name, page["paths"])
        for kind, named in page.get("components", {}).items():
            components.setdefault(kind, {}).update(named)
        known = {tag["name"] for tag in merged["tags"]}
        merged["tags"] += [tag for tag in page.get("tags", []) if tag["name"] not in known]
    return copy.deepcopy(merged)


def _find_collisions(taken: _Components, page: str, offered: _Components) -> _Renames:
    """Return the new names of components that differ from those taken, or that refer to one that does."""
    pairs = [(kind, name) for kind, named in offered.items() for name in named if name in taken.get(kind, {})]
    renames: _Renames = {}
    grown = True
    while grown:
        colliding = [
            (kind, name)
            for kind, name in pairs
            if offered[kind][name] != taken[kind][name] or _refers_to(offered[kind][name], renames)
        ]
        grown = len(colliding) > len(renames)
        renames = {(kind, name): _join_words(page, name) for kind, name in colliding}
    for (kind, name), new in renames.items():
        if new in taken[kind] or new in offered[kind]:
            raise ValueError(f"component {name} of page {page} cannot be renamed: {new} is taken")
    return renames


def _join_words(page: str, name: str) -> str:
    """Return `GetCreditsUsage` for the component `Usage` of the page `get-credits`."""
    return "".join(word[:1].upper() + word[1:] for word in [*re.split(r"[^A-Za-z0-9]+", page), name])


def _refers_to(node: object, renames: _Renames) -> bool:
    references = (parse_reference(holder["$ref"]) for holder in find_references(node))
    return any((reference.kind, reference.name) in renames for reference in references)


def _rename(page: Document, renames: _Renames) -> None:
    for holder in find_references(page):
        reference = parse_reference(holder["$ref"])
        holder["$ref"] = str(reference._replace(name=renames.get(reference[1:], reference.name)))
    for kind, named in page.get("components", {}).items():
        page["components"][kind] = {renames.get((kind, name), name): content for name, content in named.items()}
    operations = [operation for item in page["paths"].values() for operation in item.values()]
    for holder in [page, *operations]:
        if "security" in holder:
            holder["security"] = [
                {renames.get(("securitySchemes", scheme), scheme): scopes for scheme, scopes in requirement.items()}
                for requirement in holder["security"]
            ]


def _settle_operations(page: Document, *, shared_security: list[Any]) -> None:
    """Write into each operation what its page said for all of them and the merged document no longer says."""
    security = page.get("security", [])
    for item in page["paths"].values():
        for operation in item.values():
            operation["x-source"] = page["info"].get("x-source", "published")
            if security != shared_security:
                operation.setdefault("security", security)


def _join_paths(joined: dict[str, Any], page: str, paths: Mapping[str, Any]) -> None:
    for path, item in paths.items():
        for method, operation in item.items():
            present = joined.setdefault(path, {}).get(method)
            if present is not None and not (names_model(present) and names_model(operation)):
                raise ValueError(f"page {page} describes {method.upper()} {path}, which another page describes already")
            joined[path][method] = operation if present is None else join_creations(present, operation, path)
