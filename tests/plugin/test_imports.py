"""Who has the plugin installed and does not use it does not wait for it."""

import sys
import tomllib
from importlib import import_module
from pathlib import Path

from tests.running import printed_by

ROOT = Path(__file__).parents[2]
HEAVY = ("anyio", "httpx", "httpx2", "msgspec", "mock_server", "openapi", "respx", "starlette", "uvicorn", "yaml")
PROGRAM = f"""
import sys, pytest
before = set(sys.modules)
import contracts.plugin
print(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}}))
assert not {{*{HEAVY}}} & set(sys.modules)
"""


def test_the_plugin_imports_nothing_but_itself() -> None:
    """Neither what serves nor what sends."""
    assert printed_by(sys.executable, "-c", PROGRAM, folder=ROOT) == "['contracts']\n"


def test_the_plugin_is_where_pytest_looks_for_it() -> None:
    """By the entry point of its name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"evolink": "contracts.plugin"}
    assert callable(import_module("contracts.plugin").pytest_configure)
