"""What can be wrong with a task's result link, in the terms of a script: what the link answers goes the usual way."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

import msgspec

from mock_server.core.plans.answers import AnswerPlan
from mock_server.core.plans.bodies import BODY_FAULTS, BodyPlan
from mock_server.core.plans.forms import Choice, Line, Number
from mock_server.core.plans.plan import LONGEST, USUAL, BasePlan, Fault, usual_number
from mock_server.core.plans.script import Script
from mock_server.core.plans.wire import Pause
from mock_server.core.types import SECOND, Instant

LinkFault: TypeAlias = Literal[
    "expires",
    "redirect",
    "status",
    "no-range",
    "slow",
    "truncated",
    "corrupted",
    "empty",
    "html",
    "text",
    "too-long",
    "too-short",
]
"""What can be wrong with a result link."""

LINK_FAULTS: Final[Mapping[str, Fault]] = {
    "expires": Fault("it has expired (403) so much after the end of the task", 60, LONGEST, "seconds"),
    "redirect": Fault("it leads (302) to the same path of another origin"),
    "status": Fault("it answers so", 404, 599, "status", 100),
    "no-range": Fault("it sends all of the file (200), whatever range is asked for"),
    "slow": Fault("the file is spread over so much real time", 10, LONGEST, "seconds"),
    **{
        name: BODY_FAULTS[name] for name in ("truncated", "corrupted", "empty", "html", "text", "too-long", "too-short")
    },
}
"""What each does, and its number."""

EXPIRED: Final = AnswerPlan(status=403, text="This link has expired\n")
"""What a link answers that has expired."""

_PIECES: Final = 20


class LinkPlan(BasePlan, frozen=True, tag="link"):
    """The result link of a task that is created goes wrong in one way, whenever it is fetched."""

    operations: ClassVar[tuple[str, ...]] = ("create",)
    leading: ClassVar[tuple[str, ...]] = ("fault",)
    faults: ClassVar[Mapping[str, Fault]] = LINK_FAULTS
    at_creation: ClassVar[bool] = True

    fault: Annotated[LinkFault, Choice(get_args(LinkFault)), "what is wrong with it"]
    number: Annotated[float, Number(0, 67_108_864), "how much, as the fault has it"] = USUAL
    origin: Annotated[str | None, Line(300, latin=True), "where a redirect leads: http://127.0.0.1:9000"] = None

    def __post_init__(self) -> None:
        """Take the usual number if none was said."""
        usual_number(self, self.fault, self.number)

    def slots(self) -> frozenset[str]:
        """Return the fault; different ones can be together."""
        return frozenset({f"link {self.fault}"})

    def broken(self) -> str | None:
        """Refuse a redirect to nowhere, and a number that the fault does not take."""
        if (self.fault == "redirect") != (self.origin is not None):
            return "origin is needed when fault is redirect, and only then"
        return self.faults[self.fault].refuse(self.fault, self.number)


def follow_links(script: Script, plans: Iterable[BasePlan], *, path: str, ended_at: Instant, now: Instant) -> Script:
    """Add to the script of a fetch what the task's plans want of its link; what the script says already comes first.

    Args:
        script: What is planned for the request.
        plans: What was kept with the task.
        path: The link's path.
        ended_at: When the task ended.
        now: The universe's time.
    """
    for plan in plans:
        if isinstance(plan, LinkPlan):
            script = _follow(script, plan, path, now - ended_at)
    return script


def _follow(script: Script, plan: LinkPlan, path: str, age: int) -> Script:
    changes: dict[str, Any] = {}
    if plan.fault == "no-range":
        changes["ranges"] = False
    elif plan.fault == "slow":
        changes["pauses"] = (*script.pauses, Pause("in-body", plan.number, _PIECES))
    elif plan.fault not in BODY_FAULTS:
        changes["answer"] = script.answer or _answer(plan, path, age)
    elif all(body.fault is None for body in script.bodies):
        changes["bodies"] = (*script.bodies, BodyPlan(fault=plan.fault, number=plan.number))  # type: ignore[arg-type]
    return msgspec.structs.replace(script, **changes)


def _answer(plan: LinkPlan, path: str, age: int) -> AnswerPlan | None:
    if plan.fault == "redirect":
        return AnswerPlan(status=302, headers={"location": (f"{plan.origin}{path}",)})
    if plan.fault == "status":
        return AnswerPlan(status=int(plan.number))
    return EXPIRED if age >= round(plan.number * SECOND) else None
