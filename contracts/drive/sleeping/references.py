"""Where a user's modules keep functions by themselves: by `from time import sleep`, in a class, as a default.

Each module is read once: what is imported later is found when somebody looks again.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any, Protocol, TypeAlias

from contracts.drive.sleeping.callers import is_user_module

Exchange: TypeAlias = Mapping[int, object]
"""What is to take the place of what, by its id."""


class Place(Protocol):
    """Where functions are kept."""

    def exchange(self, exchange: Exchange) -> None:
        """Put others in their place."""


@dataclass(frozen=True)
class Names:
    """Names of a module or a class.

    Args:
        holder: The module or the class.
        names: Which of its names.
    """

    holder: Any
    names: tuple[str, ...]

    def exchange(self, exchange: Exchange) -> None:
        """Put others in their place."""
        held = vars(self.holder)
        for name in self.names:
            if id(held.get(name)) in exchange:
                setattr(self.holder, name, exchange[id(held[name])])


@dataclass(frozen=True)
class Defaults:
    """What a function takes for arguments that it is not given.

    Args:
        function: The function.
    """

    function: FunctionType

    def exchange(self, exchange: Exchange) -> None:
        """Put others in their place."""
        function = self.function
        if function.__defaults__:
            function.__defaults__ = tuple(exchange.get(id(value), value) for value in function.__defaults__)
        if function.__kwdefaults__:
            named = function.__kwdefaults__.items()
            function.__kwdefaults__ = {name: exchange.get(id(value), value) for name, value in named}


class References:
    """The places in all modules of users that have been imported."""

    def __init__(self) -> None:
        self._read: dict[str, ModuleType] = {}
        self._places: dict[str, list[Place]] = {}

    def places(self, functions: Sequence[object], libraries: Sequence[ModuleType]) -> Iterator[Place]:
        """Return where functions of these libraries are kept; a module that has none of either is not gone through."""
        wanted = frozenset(map(id, functions))
        marks = wanted | frozenset(map(id, libraries))
        modules, read = sys.modules.copy(), self._read
        names = [] if modules == read else [name for name, module in modules.items() if read.get(name) is not module]
        for name in names:
            self._places.pop(name, None)
            module = modules[name]
            if is_user_module(name) and isinstance(module, ModuleType):
                held = vars(module).copy()
                if not marks.isdisjoint(map(id, held.values())) and (found := list(_places(module, held, wanted))):
                    self._places[name] = found
        self._read = modules
        for name in list(self._places):
            if name in modules:
                yield from self._places[name]


def _places(module: ModuleType, held: Mapping[str, object], wanted: frozenset[int]) -> Iterator[Place]:
    """Go through a module, its classes and its functions."""
    names = tuple(name for name, value in held.items() if id(value) in wanted)
    if names:
        yield Names(module, names)
    for value in held.values():
        if getattr(value, "__module__", None) == module.__name__:
            if isinstance(value, type):
                yield from _places_of_class(value, wanted)
            elif isinstance(value, FunctionType):
                yield from _places_of_function(value, wanted)


def _places_of_class(found: type, wanted: frozenset[int]) -> Iterator[Place]:
    names = tuple(name for name, value in vars(found).items() if id(value) in wanted)
    if names:
        yield Names(found, names)
    for value in vars(found).values():
        method = getattr(value, "__func__", value)  # of a class method or a static one
        if isinstance(method, FunctionType):
            yield from _places_of_function(method, wanted)


def _places_of_function(function: FunctionType, wanted: frozenset[int]) -> Iterator[Place]:
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    if not wanted.isdisjoint(map(id, defaults)):
        yield Defaults(function)
