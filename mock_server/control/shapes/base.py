"""What all shapes have in common: the values that they are made of, and how rules over several fields are said."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mock_server.core.tasks.errors import TASK_ERRORS

LONGEST_SECONDS: Final = 10_000 * 24 * 3_600
"""The most seconds that one step may take a clock forward: ten thousand days, so that 9999d can be written."""

UniverseName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9._\-]{0,63}$",
        description="1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit",
    ),
]
"""How a universe may be called."""

Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=LONGEST_SECONDS)]
Duration: TypeAlias = (
    Seconds
    | Annotated[
        str,
        Meta(
            pattern=r"^([0-9]{1,8}(\.[0-9]{1,6})?(ms|s)|[0-9]{1,6}(\.[0-9]{1,6})?m|[0-9]{1,4}(\.[0-9]{1,6})?(h|d))$",
            description="a text such as 90s, 1.5h, 24h or 7d",
        ),
    ]
)
"""Seconds, or a text such as 90s, 1.5h, 24h or 7d."""

Instant: TypeAlias = Annotated[float, Meta(ge=0, le=9_999_999_999)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Credits: TypeAlias = Annotated[float, Meta(ge=0, le=1_000_000_000)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Group: TypeAlias = Literal["default", "vip"]
"""The user groups that the API knows (RES-GROUP)."""

Key: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^sk-[A-Za-z0-9_.\-]{1,253}$", description="sk- and then 1 to 253 of A-Z, a-z, 0-9, '.', '_' and '-'"
    ),
]
AccountId: TypeAlias = Annotated[str, Meta(pattern="^[A-Z0-9]{18}$", description="18 of A-Z and 0-9")]
ErrorCode: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(TASK_ERRORS)})]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all of them have in common. `rules` is what holds of several fields together, as JSON Schema."""

    rules: ClassVar[Mapping[str, Any]] = {}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was wrong: a code, a sentence, and the name of the field at fault if there is one."""

    code: str
    message: str
    type: str
    param: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """The answer to whatever cannot be done, as the API itself answers."""

    error: Problem


def given(name: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return the rule that a field is given, and others are not; null is as good as not given."""
    return {
        "required": [name],
        "properties": {name: {"not": {"type": "null"}}, **{other: {"type": "null"} for other in others}},
    }


def one_of(*names: str) -> dict[str, Any]:
    """Return the rule that exactly one of these fields is given."""
    return {"oneOf": [given(name, [other for other in names if other != name]) for name in names]}
