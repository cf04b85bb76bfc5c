"""How changes are told: as lines for a reader, and as JSON for a program."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec

from contracts.drift.changes import Change, Party
from contracts.drift.touched import Touched, touch

Format: TypeAlias = Literal["text", "json"]
"""How changes are written."""

_SHOWN: Final = 60
_NAMED: Final = 8


def write_changes(changes: Iterable[Change], form: Format) -> str:
    """Return changes as text or as JSON, those that break somebody first."""
    touched = sorted(map(touch, changes), key=lambda each: -len(each.change.breaks))
    return _write_json(touched) if form == "json" else _write_text(touched)


def _write_json(touched: Iterable[Touched]) -> str:
    told = [
        {
            "id": each.change.id,
            "breaks": each.change.breaks,
            "operation": each.change.operation,
            "where": each.change.where,
            "old": each.change.old,
            "new": each.change.new,
            "clauses": each.clauses,
            "rules": each.rules,
        }
        for each in touched
    ]
    return msgspec.json.format(msgspec.json.encode(told, enc_hook=str)).decode()


def _write_text(touched: list[Touched]) -> str:
    blocks = [_describe(each) for each in touched]
    return "\n".join([*blocks, _summarise(touched)])


def _describe(touched: Touched) -> str:
    change = touched.change
    head = f"{' and '.join(change.breaks) or 'nobody'}: {change.id}"
    place = f"  {change.operation}{f', {change.where}' if change.where else ''}{_values(change)}"
    named = {"clauses": touched.clauses, "rules": touched.rules}
    cited = [f"{name} {_list(ids)}" for name, ids in named.items() if ids]
    return "\n".join([head, place, *(["  " + "; ".join(cited)] if cited else [])])


def _list(ids: tuple[str, ...]) -> str:
    more = len(ids) - _NAMED
    return ", ".join(ids) if more <= 0 else f"{', '.join(ids[:_NAMED])} and {more} more"


def _values(change: Change) -> str:
    if change.old is None and change.new is None:
        return ""
    return f": {_show(change.old)} -> {_show(change.new)}"


def _show(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _summarise(touched: list[Touched]) -> str:
    counts: Mapping[Party, int] = {
        party: sum(party in each.change.breaks for each in touched) for party in get_args(Party)
    }
    return f"changes: {len(touched)}; that break clients: {counts['clients']}; that break servers: {counts['servers']}"
