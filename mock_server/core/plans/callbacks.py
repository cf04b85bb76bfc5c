"""What can be wrong with a task's callback; `core.callbacks.sendings` does it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, get_args

from mock_server.core.plans.forms import Choice, Number
from mock_server.core.plans.plan import LONGEST, USUAL, BasePlan, Fault, usual_number

CallbackFault: TypeAlias = Literal[
    "never",
    "late",
    "early",
    "twice",
    "concurrent",
    "stale",
    "other-task",
    "unknown-status",
    "extra-fields",
    "gzip",
    "chunked",
    "slow-body",
]
"""What can be wrong with a callback."""

CALLBACK_FAULTS: Final[Mapping[str, Fault]] = {
    "never": Fault("nothing is sent"),
    "late": Fault("it is sent so much after the end of the task", 60, LONGEST, "seconds"),
    "early": Fault("it is sent, as it will be at the end, before the create request is answered"),
    "twice": Fault("it is sent a second time, so much later", 1, LONGEST, "seconds"),
    "concurrent": Fault("it is sent so often at once", 2, 100, "times"),
    "stale": Fault("so much later another one says that the task is still processing", 1, LONGEST, "seconds"),
    "other-task": Fault("the id is that of no task"),
    "unknown-status": Fault("the status is `archived`"),
    "extra-fields": Fault("there are members that no page describes"),
    "gzip": Fault("the body is packed, and the Content-Encoding says so"),
    "chunked": Fault("the body has no length"),
    "slow-body": Fault("the body is spread over so much real time", 3, LONGEST, "seconds"),
}
"""What each does, and its number."""


class CallbackPlan(BasePlan, frozen=True, tag="callback"):
    """The callback of a task that is created goes wrong in one way."""

    operations: ClassVar[tuple[str, ...]] = ("create",)
    leading: ClassVar[tuple[str, ...]] = ("fault",)
    faults: ClassVar[Mapping[str, Fault]] = CALLBACK_FAULTS
    at_creation: ClassVar[bool] = True

    fault: Annotated[CallbackFault, Choice(get_args(CallbackFault)), "what is wrong with it"]
    number: Annotated[float, Number(0, LONGEST), "how much, as the fault has it"] = USUAL

    def __post_init__(self) -> None:
        """Take the usual number if none was said."""
        usual_number(self, self.fault, self.number)

    def broken(self) -> str | None:
        """Refuse a number that the fault does not take."""
        return self.faults[self.fault].refuse(self.fault, self.number)


def callback_plan(plans: Iterable[BasePlan]) -> CallbackPlan | None:
    """Return what is planned for the callback, if anything."""
    return next((plan for plan in plans if isinstance(plan, CallbackPlan)), None)
