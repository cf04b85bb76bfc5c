"""The task envelope: by what a page's answer shows that the operation creates a task, and a task of what."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, cast, get_args

import msgspec

from openapi.schemas import Components, Schema, flatten, named_values

Kind: TypeAlias = Literal["video", "image", "audio"]
"""What a task can make."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_MARKS: Final = frozenset({"progress", "task_info"})
_OBJECT: Final = ".task"


class Envelope(msgspec.Struct, frozen=True):
    """What a page says of the tasks that it creates.

    kind: what they make. object, type: the values of these fields. estimate: the seconds that the page's example
    expects a task to take. credits: what that example reserves, where it has a price for each call. None where the
    page does not say.
    """

    kind: Kind
    object: str
    type: str
    estimate: int | None = None
    credits: float | None = None


class NoEnvelope(ValueError):
    """An operation does not answer with a task that can be followed. The message says why."""


def read_envelope(schema: Schema, components: Components, *, path: str) -> Envelope:
    """Read the schema of what an operation answers with.

    Raises:
        NoEnvelope: It is no task, or one that makes something else than videos, images and audio.
        ValueError: A reference leads nowhere.
    """
    fields = flatten(schema, components).get("properties", {})
    described = {name: flatten(field, components) for name, field in fields.items() if isinstance(field, dict)}
    shown = _one_of(described.get("object", {}), components)
    marks = [*(_MARKS & described.keys()), *([shown] if shown.endswith(_OBJECT) else [])]
    missing = [name for name in ("id", "status") if name not in described]
    if missing or not marks:
        what = f"it has no {missing[0]}" if missing else "it shows neither progress nor task_info"
        raise NoEnvelope(f"its answer is no task that can be followed: {what}")
    kind = _find_kind(shown, described.get("type", {}), path)
    types = named_values(described.get("type", {}), components)
    return Envelope(
        kind=kind,
        object=shown or f"{kind}.generation.task",
        type=kind if kind in types or not types else types[0],
        estimate=_find_estimate(described.get("task_info", {}), components),
        credits=_find_credits(described.get("usage", {}), components),
    )


def _one_of(field: Schema, components: Components) -> str:
    """Return the text that a field is shown with."""
    texts = (*named_values(field, components), field.get("default"), field.get("example"))
    return next((text for text in texts if isinstance(text, str)), "")


def _find_kind(shown: str, type_: Schema, path: str) -> Kind:
    """Find out what is made: by the object's first word, by the path, or by the type of the example."""
    words = (shown.partition(".")[0], *(part.removesuffix("s") for part in path.split("/")))
    told = type_.get("const"), type_.get("example"), *type_.get("enum", ())[:1]
    for word in (*words, *told):
        if word in KINDS:
            return cast("Kind", word)
    made = next((word for word in told if isinstance(word, str)), "something else")
    raise NoEnvelope(f"it makes {made}, and not {', '.join(KINDS)}")


def _find_estimate(info: Schema, components: Components) -> int | None:
    seconds = _example(info, "estimated_time", components)
    return int(seconds) if seconds is not None and seconds >= 0 else None


def _find_credits(usage: Schema, components: Components) -> float | None:
    rule = flatten(usage.get("properties", {}).get("billing_rule", {}), components).get("example")
    credits_ = _example(usage, "credits_reserved", components)
    return credits_ if rule == "per_call" and credits_ is not None and credits_ > 0 else None


def _example(holder: Schema, name: str, components: Components) -> float | None:
    field: Mapping[str, Any] = flatten(holder.get("properties", {}).get(name, {}), components)
    value = field.get("example")
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
