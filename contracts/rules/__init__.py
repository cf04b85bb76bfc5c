"""What holds of any client of the API: rules on a record of what it did.

    verdict = judge(ALL_RULES, load_recording(path))

A rule is a function over the record, and looks at nothing else. It yields once for each time that the record put it to
the test, so that what was never tried is told as untested. MUST is what a page, a standard of the web, security or
money rests on; the rest is SHOULD.
"""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.verdict import Rule


def collect(groups: Iterable[Iterable[Rule[ClientRecord]]]) -> tuple[Rule[ClientRecord], ...]:
    """Put the rules of several groups together, in the order of their ids.

    Raises:
        ValueError: Two rules have one id.
    """
    found: dict[str, Rule[ClientRecord]] = {}
    for group in groups:
        for rule in group:
            if found.setdefault(rule.id, rule) is not rule:
                raise ValueError(f"two rules have the id {rule.id}")
    return tuple(sorted(found.values(), key=lambda rule: (rule.id[0], int(rule.id[1:]))))


ALL_RULES: Final[tuple[Rule[ClientRecord], ...]] = collect(
    getattr(import_module(module.name), "RULES", ()) for module in pkgutil.iter_modules(__path__, f"{__name__}.")
)
"""All of them, in the order of their ids: the `RULES` of every module here."""
