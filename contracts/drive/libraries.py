"""Libraries as they come: something is opened for each as soon as it is imported, at once if it has been.

So who does not use a library does not wait for it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import Any, Self, TypeAlias

Opening: TypeAlias = Callable[[ModuleType], AbstractContextManager[object]]
"""Returns what is opened for a library."""


class Libraries(MetaPathFinder):
    """Waits for libraries, while it is used as a context manager; in the end, what was opened is closed.

    Of several that wait for the same library, the one that was opened first has it first.

    Args:
        opening: What is opened for which library, by its name; of those that are there, in this order.
    """

    def __init__(self, opening: Mapping[str, Opening]) -> None:
        self._awaited = dict(opening)
        self._opened = ExitStack()
        self._lock = RLock()  # libraries are imported on any thread

    def __enter__(self) -> Self:
        with ExitStack() as unless_opened:
            unless_opened.push(self)
            sys.meta_path.insert(0, self)
            for name in [name for name in self._awaited if name in sys.modules]:
                import_module(name)  # another thread may be at it
                self._open(name)
            unless_opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for no more."""
        sys.meta_path.remove(self)
        with self._lock:
            self._awaited.clear()
            self._opened.close()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a library that is awaited where the others find it."""
        if fullname not in self._awaited:
            return None
        others = sys.meta_path[sys.meta_path.index(self) + 1 :]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next(filter(None, found), None)
        if spec is not None and spec.loader is not None:
            spec.loader = Arrival(spec, spec.loader, partial(self._open, fullname))
        return spec

    def _open(self, name: str) -> None:
        with self._lock:
            opening = self._awaited.pop(name, None)
            if opening is not None:
                self._opened.enter_context(opening(sys.modules[name]))


class Arrival(Loader):
    """Loads a library as its own loader does, and tells when it is there.

    Args:
        spec: What is known of it.
        loader: Its own loader.
        tell: Called then.
    """

    def __init__(self, spec: ModuleSpec, loader: Loader, tell: Callable[[], object]) -> None:
        self._spec = spec
        self._loader = loader
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        """Return what the loader has; it is asked for resources, too."""
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run it, as if its own loader alone had been there."""
        self._spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._tell()
