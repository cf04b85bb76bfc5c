"""How an answer comes: late, in pieces, in broken frames, or not at all. All seconds here are real ones."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, get_args

import msgspec

from mock_server.core.plans.answers import Phase
from mock_server.core.plans.forms import Choice, Number, Percent, Seconds, Whole
from mock_server.core.plans.match import API
from mock_server.core.plans.plan import LONGEST, USUAL, BasePlan, Fault, usual_number

DelayPoint: TypeAlias = Literal["before-work", "before-head", "in-head", "before-body", "in-body"]
"""Where an answer can be late: before the request is carried out, or before or within what is sent of its answer."""

CutPoint: TypeAlias = Literal["before-response", "in-head", "after-head", "in-body", "after-response"]
"""Where a connection can end."""

Manner: TypeAlias = Literal["close", "reset", "half-close", "silence"]
"""How a connection ends: with a FIN; with a RST; with a FIN while we go on reading until the client is done; not at
all, as nothing more is sent until the client goes away."""

FramingFault: TypeAlias = Literal[
    "chunked",
    "trailer",
    "bad-chunk",
    "no-last-chunk",
    "length-and-chunked",
    "two-lengths",
    "provisional",
    "http10",
    "huge-header",
    "double-headers",
    "bare-lf",
    "garbage",
]
"""What can be wrong with the framing of an answer."""

FRAMING_FAULTS: Final[Mapping[str, Fault]] = {
    "chunked": Fault("the body is sent in chunks, without a length, as HTTP allows"),
    "trailer": Fault("the body is sent in chunks, and the field X-Mock-Trailer: 1 follows the last, as HTTP allows"),
    "bad-chunk": Fault("the body is sent in chunks; the size of the second is `zz`, and the connection is closed"),
    "no-last-chunk": Fault("the body is sent in chunks, and the connection is closed in the place of the last"),
    "length-and-chunked": Fault("the body is sent in chunks, and the head has its Content-Length too"),
    "two-lengths": Fault("a second Content-Length says one byte more"),
    "provisional": Fault("so many `102 Processing` go before the answer", 3, 1_000, "times", 1),
    "http10": Fault("the answer is HTTP/1.0 without a length, and ends with the connection"),
    "huge-header": Fault("the head has X-Mock-Padding, whose value is so long", 65_536, 16_777_216, "bytes", 1),
    "double-headers": Fault("each header but those of the framing stands in the head twice"),
    "bare-lf": Fault("the lines of the head end with a line feed alone"),
    "garbage": Fault("64 bytes 0xFF are sent in the place of the answer, and the connection is closed"),
}
"""What each puts on the wire, and its number."""

MOST_PIECES: Final = 1_000


class DelayPlan(BasePlan, frozen=True, tag="delay"):
    """The answer is late at one point.

    Within head or body the bytes are sent in pieces of the same size, spread over the time: one at once, and the last
    when it is over.
    """

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download", "callback")
    leading: ClassVar[tuple[str, ...]] = ("seconds", "at")

    seconds: Annotated[float, Seconds(0, LONGEST), "how long, in real seconds"]
    at: Annotated[DelayPoint, Choice(get_args(DelayPoint)), "at which point"] = "before-work"
    jitter: Annotated[float, Seconds(0, LONGEST), "at most so much longer, by chance"] = 0
    pieces: Annotated[int, Whole(2, MOST_PIECES), "in how many pieces, within head or body"] = 8

    def slots(self) -> frozenset[str]:
        """Return the point."""
        return frozenset({f"delay {self.at}"})


class DisconnectPlan(BasePlan, frozen=True, tag="disconnect"):
    """The connection ends before all has been sent.

    Before the response nothing of it is sent; with the phase `before` the request is not carried out either. Within
    head or body so much of it is sent: `offset` bytes, or `percent` of it if no offset is given.
    """

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download", "callback")
    leading: ClassVar[tuple[str, ...]] = ("at", "how")

    at: Annotated[CutPoint, Choice(get_args(CutPoint)), "where"] = "before-response"
    how: Annotated[Manner, Choice(get_args(Manner)), "how"] = "close"
    offset: Annotated[int | None, Whole(0, 2**31), "after how many bytes of the head or the body"] = None
    percent: Annotated[int, Percent(100), "after how much of the head or the body"] = 50
    phase: Annotated[Phase, Choice(get_args(Phase)), "whether it comes before the real work or after it"] = "after"

    def broken(self) -> str | None:
        """Refuse a cut in an answer that there would not be."""
        if self.phase == "before" and self.at != "before-response":
            return f"phase before goes with before-response; {self.at} there is an answer, so the work is done"
        return None


class FramingPlan(BasePlan, frozen=True, tag="framing"):
    """The answer's head or the framing of its body is not as usual."""

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download")
    leading: ClassVar[tuple[str, ...]] = ("fault",)
    faults: ClassVar[Mapping[str, Fault]] = FRAMING_FAULTS

    fault: Annotated[FramingFault, Choice(get_args(FramingFault)), "what is wrong with it"]
    number: Annotated[float, Number(0, 16_777_216), "how much, as the fault has it"] = USUAL

    def __post_init__(self) -> None:
        """Take the usual number if none was said."""
        usual_number(self, self.fault, self.number)

    def broken(self) -> str | None:
        """Refuse a number that the fault does not take."""
        return self.faults[self.fault].refuse(self.fault, self.number)


class Pause(msgspec.Struct, frozen=True):
    """A delay that has been drawn: at one point so many real seconds; within head or body, spread over pieces."""

    at: DelayPoint
    seconds: float
    pieces: int = 8
