"""The small client of the fixes, as a program of a reader's own: our sleeps would move no clock."""

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import contracts.rules

FIXES: Final = Path(contracts.rules.__file__).with_name("fixes")
_NAME: Final = "video_shop"


@pytest.fixture(scope="session")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the small client by its name."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(FIXES / "python", folder / _NAME, ignore=shutil.ignore_patterns("__pycache__"))
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{_NAME}.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == _NAME]:
        del sys.modules[name]
