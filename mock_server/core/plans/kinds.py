"""The kinds of plans, and the fields of each with their forms."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.core.plans.answers import AnswerPlan, HeadPlan
from mock_server.core.plans.bodies import BodyPlan
from mock_server.core.plans.callbacks import CallbackPlan
from mock_server.core.plans.form import Form
from mock_server.core.plans.limits import LimitPlan
from mock_server.core.plans.links import LinkPlan
from mock_server.core.plans.plan import BasePlan
from mock_server.core.plans.reads import ReadsPlan
from mock_server.core.plans.tasks import TaskPlan
from mock_server.core.plans.wire import DelayPlan, DisconnectPlan, FramingPlan

Plan: TypeAlias = (
    AnswerPlan
    | HeadPlan
    | BodyPlan
    | FramingPlan
    | DelayPlan
    | DisconnectPlan
    | ReadsPlan
    | LimitPlan
    | TaskPlan
    | LinkPlan
    | CallbackPlan
)
"""What a test wants to happen, in one respect."""

Plans: TypeAlias = tuple[Plan, ...]
"""Plans in order: of those that act on the same, the first that strikes does."""

KeptPlan: TypeAlias = TaskPlan | LinkPlan | ReadsPlan
"""A plan that is kept with the task, because it says how the task, or its result, is shown."""

KINDS: Final[Mapping[str, type[BasePlan]]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        *(AnswerPlan, HeadPlan, BodyPlan, FramingPlan, DelayPlan, DisconnectPlan, ReadsPlan, LimitPlan),
        *(TaskPlan, LinkPlan, CallbackPlan),
    )
}
"""All kinds, by their names."""


class Field(msgspec.Struct, frozen=True):
    """A field of a kind, or of a match: its form, what it says, and its value if it is left out."""

    name: str
    form: Form[Any]
    says: str
    required: bool
    default: Any


@lru_cache(maxsize=32)
def fields_of(struct: type[msgspec.Struct]) -> Mapping[str, Field]:
    """Return the fields of a kind of plan, or of `Match`: its own, and then those that all kinds have."""
    fields = {}
    for info in msgspec.structs.fields(struct):
        form, says = info.type.__metadata__
        required = info.required
        default = info.default_factory() if info.default is msgspec.NODEFAULT and not required else info.default
        fields[info.name] = Field(info.name, form, says, required, default)
    return fields
