"""Rules put together from the modules of a package: a rule is among them because its module is there."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from contracts.verdict import Rule


def collect_rules(package: str, places: Iterable[str]) -> tuple[Rule[Any], ...]:
    """Return the `RULES` of every module and package that lies in a package, in the order of their ids.

    Args:
        package: Its name.
        places: Where it lies, its `__path__`.

    Raises:
        ValueError: Two rules have one id.
    """
    modules = (import_module(module.name) for module in pkgutil.iter_modules(places, f"{package}."))
    return collect(getattr(module, "RULES", ()) for module in modules)


def collect(groups: Iterable[Iterable[Rule[Any]]]) -> tuple[Rule[Any], ...]:
    """Put the rules of several groups together, in the order of their ids.

    Raises:
        ValueError: Two rules have one id.
    """
    found: dict[str, Rule[Any]] = {}
    for rule in (rule for group in groups for rule in group):
        if found.setdefault(rule.id, rule) is not rule:
            raise ValueError(f"two rules have the id {rule.id}")
    return tuple(sorted(found.values(), key=lambda rule: (rule.id[0], int(rule.id[1:]))))
