import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest

CORE = Path(str(files("mock_server.core")))

SOURCES = {str(source.relative_to(CORE)): source.read_text("utf-8") for source in CORE.rglob("*.py")}

ROOMS = {room.name: room for room in files("mock_server").iterdir() if room.is_dir() and not room.name.startswith("_")}

SIMULATOR = {
    f"{room}/{source.name}": source.read_text("utf-8")
    for room, folder in {"": files("mock_server"), **ROOMS}.items()
    for source in folder.iterdir()
    if source.name.endswith(".py")
}

PURE = {
    *(
        "bisect",
        "collections.abc",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "gzip",
        "hashlib",
    ),
    *("heapq", "hmac", "http"),
    *("ipaddress", "json", "re", "string", "struct", "typing", "unicodedata", "urllib.parse", "msgspec"),
}
"""What the core may import besides itself: nothing here has a clock, a socket, dice or a file."""


def imported(source: str) -> set[str]:
    """Return the names of the modules that a module imports, wherever it does."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {"." * node.level + (node.module or "") for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_core_imports_itself_and_what_is_pure(name: str) -> None:
    """A list of what is allowed, so that a new module elsewhere needs no new prohibition."""
    others = {module for module in imported(SOURCES[name]) if not module.startswith("mock_server.core")}
    assert others <= PURE


@pytest.mark.parametrize("name", sorted(SOURCES | SIMULATOR))
def test_the_code_names_no_model(name: str) -> None:
    """What belongs to one model is in its file; the rules and the routes know none by name."""
    assert not re.search(r"wan2|seedance|kling", (SOURCES | SIMULATOR)[name], re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_core_never_asks_what_time_it_is(name: str) -> None:
    """The time comes in as an argument: nothing that would read a clock is called."""
    assert not re.search(r"datetime\.now|\.today\(|utcnow|time\.time|perf_counter|monotonic", SOURCES[name])


def test_the_core_is_there_to_be_read() -> None:
    """The tests above read every module of the core, and of the simulator around it."""
    assert {"ids.py", "views.py", "tasks/billing.py", "plans/engine.py", "tasks/timeline.py"} <= set(SOURCES)
    assert {"/app.py", "callbacks/callbacks.py", "operations/tasks.py"} <= set(SIMULATOR)
    assert imported("import time, os.path\ndef f():\n    from random import choice") == {"time", "os.path", "random"}
