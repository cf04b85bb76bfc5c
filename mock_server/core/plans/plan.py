"""What all kinds of plans have in common."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

import msgspec

from mock_server.core.plans.form import Form, Value, plain_number
from mock_server.core.plans.forms import Line, Whole
from mock_server.core.plans.match import ANY, API, Match

Unit: TypeAlias = Literal["seconds", "percent", "bytes", "times", "levels", "status"]
"""What the number of a fault counts."""

LONGEST: Final = 86_400
"""The most seconds that a fault or a delay can take: a day."""

USUAL: Final = -1.0
"""Stands for the usual number of a fault while its plan is made."""


class Nested(Form[Value], frozen=True):
    """An object whose members are those of a struct; it is read as one, member by member."""

    struct: type[Value]


class Fault(msgspec.Struct, frozen=True):
    """One way of going wrong: what it does, and the number that it takes, if any: usual, least, most, and of what."""

    says: str
    usual: float | None = None
    most: float = 0
    unit: Unit | None = None
    least: float = 0

    def refuse(self, name: str, number: float) -> str | None:
        """Return what is wrong with a number for this fault, if anything."""
        if self.usual is None:
            return f"{name} takes no number" if number else None
        divisible = self.unit == "seconds"
        if self.least <= number <= self.most and (divisible or number == int(number)):
            return None
        what = "a number" if divisible else "a whole number"
        return f"{name} takes {what} of {self.unit} from {self.least:g} to {self.most:.10g}"


class BasePlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What a test wants to happen, when (`match`), and how often.

    `operations` are those that a match of its kind can name. `leading` are the fields whose values follow the kind's
    name in the short form. `at_creation` says that it strikes when a task is made, not when a request comes in.
    `faults` are the ways of going wrong, where a kind has such.
    """

    operations: ClassVar[tuple[str, ...]] = API
    leading: ClassVar[tuple[str, ...]] = ()
    at_creation: ClassVar[bool] = False
    faults: ClassVar[Mapping[str, Fault]] = {}

    match: Annotated[Match, Nested(Match), "when it strikes; always if left out"] = ANY
    times: Annotated[int | None, Whole(1, 1_000_000_000), "how often it strikes at most; no limit if left out"] = None
    name: Annotated[str | None, Line(80), "what the journal calls it; made from its kind if left out"] = None

    @property
    def kind(self) -> str:
        """The kind's name."""
        return str(self.__struct_config__.tag)

    @property
    def label(self) -> str:
        """What the journal calls it: its name, or its kind with the first thing that it says."""
        first = getattr(self, self.leading[0]) if self.leading else None
        if isinstance(first, float):
            first = plain_number(first)
        return self.name or (self.kind if first is None else f"{self.kind} {first}")

    @property
    def default_operations(self) -> tuple[str, ...]:
        """The operations at which it strikes if its match names none: those of the API."""
        return tuple(name for name in self.operations if name in API)

    def slots(self) -> frozenset[str]:
        """Return what it acts on. Of plans that act on the same, the first that strikes keeps the others from it."""
        return frozenset({self.kind})

    def broken(self) -> str | None:
        """Return the rule between its fields that it breaks, if any, as a sentence."""
        return None


def usual_number(plan: BasePlan, fault: str | None, number: float) -> None:
    """Give a plan that is being made the usual number of its fault, if none was said."""
    if number == USUAL:
        usual = None if fault is None else plan.faults[fault].usual
        msgspec.structs.force_setattr(plan, "number", float(usual or 0))
