"""Draw which room imports which: for each package a Mermaid diagram, made from the imports that the code has."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import grimp

PACKAGES: Final = ("mock_server", "contracts")


def draw_imports() -> tuple[str, ...]:
    """Draw the rooms of each package; an arrow that follows from others is left out, as in a chain of command."""
    rooms = imports_of_rooms(grimp.build_graph(*PACKAGES, cache_dir=None))
    return tuple(_draw(package, rooms) for package in PACKAGES)


def imports_of_rooms(graph: grimp.ImportGraph) -> Mapping[str, set[str]]:
    """Return what each room imports: a room is a module at the top of a package, or a folder with all that is in it."""
    imports: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        imports[_room(module)] |= {_room(other) for other in graph.find_modules_directly_imported_by(module)}
    return {room: others - {room} for room, others in imports.items() if "." in room}


def reach(room: str, imports: Mapping[str, set[str]]) -> set[str]:
    """Return the rooms that a room's imports lead to, near and far."""
    found: set[str] = set()
    ahead = {room}
    while ahead:
        ahead = set().union(*(imports.get(each, set()) for each in ahead)) - found
        found |= ahead
    return found


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _draw(package: str, imports: Mapping[str, set[str]]) -> str:
    own = {
        room: {other for other in others if other.startswith(f"{package}.")}
        for room, others in imports.items()
        if room.startswith(f"{package}.") and not room.endswith("__main__")
    }
    arrows = sorted(
        f"  {room.split('.')[1]} --> {other.split('.')[1]}"
        for room, others in own.items()
        for other in others - set().union(*(reach(between, own) for between in others))
    )
    return "\n".join(["```mermaid", "flowchart TD", *arrows, "```"]) + "\n"
