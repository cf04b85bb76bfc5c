"""Applying an OpenAPI Overlay 1.0.0 to the pages.

See https://spec.openapis.org/overlay/v1.0.0.html. Only compiling needs this (`openapi.compile`); at run time the
compiled documents are read, so that JSONPath is no dependency of the program.
"""

import copy
from collections.abc import Mapping
from typing import Any, Literal

import jsonpath
import msgspec

from openapi.pages import Document


class OverlayError(ValueError):
    """An action that cannot be applied; the message names it by number and target."""


class Info(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the overlay is called."""

    title: str
    version: str


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change: `update` merges into whatever `target` selects, `remove` takes it away."""

    target: str
    clauses: str | list[str] = msgspec.field(name="x-clause")
    update: Any = None
    remove: bool = False


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of actions, applied in order."""

    overlay: Literal["1.0.0"]
    info: Info
    actions: tuple[Action, ...]


def apply_overlay(overlay: Overlay, pages: Mapping[str, Document]) -> dict[str, Document]:
    """Return a copy of the pages with every action applied to every page that it selects something in.

    Raises:
        OverlayError: an action selects nothing in any page, or something that it cannot change.
    """
    changed = {name: copy.deepcopy(page) for name, page in pages.items()}
    for number, action in enumerate(overlay.actions, start=1):
        try:
            hits = sum([_apply(action, page) for page in changed.values()])
        except (OverlayError, jsonpath.JSONPathError) as error:
            raise OverlayError(f"action {number}, target {action.target}: {error}") from error
        if not hits:
            raise OverlayError(f"action {number}, target {action.target}: selects nothing in any page")
    return changed


def _apply(action: Action, page: Document) -> int:
    """Change `page` and return how many nodes were selected."""
    selected = {match.path: match for match in jsonpath.compile(action.target, strict=True).finditer(page)}
    if action.remove:
        _remove(list(selected.values()))
    else:
        for match in selected.values():
            _update(match.obj, action.update)
    return len(selected)


def _remove(matches: list[jsonpath.JSONPathMatch]) -> None:
    """Take the nodes away, items of an array from its end, so that the places of the others stay what they were."""
    if any(match.parent is None for match in matches):
        raise OverlayError("the whole document cannot be removed")
    places: list[tuple[Any, int | str]] = [(match.parent.obj, match.parts[-1]) for match in matches if match.parent]
    for container, place in sorted(
        places, key=lambda found: found[1] if isinstance(found[1], int) else 0, reverse=True
    ):
        del container[place]


def _update(selected: object, update: object) -> None:
    if isinstance(selected, list):
        selected.append(copy.deepcopy(update))
    elif isinstance(selected, dict) and isinstance(update, dict):
        _merge(selected, update)
    else:
        raise OverlayError("update works on an array, or with an object on an object")


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    """Merge as the specification says: objects recursively, arrays by appending, everything else by replacing."""
    for key, value in update.items():
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(copy.deepcopy(value))
        else:
            target[key] = copy.deepcopy(value)
