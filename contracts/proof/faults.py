"""What can go wrong at a step: a fault strikes once, at one request, as a plan in words (docs/reference/plans.md)."""

from typing import Final

import msgspec

_WRITES: Final = frozenset({"create", "upload"})
_READS: Final = frozenset({"query", "list", "batch", "credits", "models"})
_API: Final = _WRITES | _READS
_ALL: Final = _API | {"result"}
_CALLBACK: Final = frozenset({"callback"})

_PAGE: Final = 'text="<html><body>502 Bad Gateway</body></html>" content-type=text/html'


SILENCE: Final = "silence"
"""The fault that takes as long as the client waits for an answer."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a step goes wrong.

    Args:
        name: Its name, of which cells and plans have theirs.
        title: What happens, in one sentence.
        plan: The plan but for its match and its name; {at} stands for these.
        operations: The operations, by short name, at whose steps it makes sense.
        first: Whether it makes sense at the first step of an operation alone.
        kills: Whether the client is killed there, and started again.
        lasts: For how many seconds of its own time a patient client may be busy.
    """

    name: str
    title: str
    plan: str
    operations: frozenset[str]
    first: bool = False
    kills: bool = False
    lasts: float = 10.0


FAULTS: Final = (
    Fault(
        name="lost-before-commit",
        title="The request is lost on the way, and nothing comes of it.",
        plan="disconnect phase=before {at}",
        operations=_WRITES,
    ),
    Fault(
        name="lost-after-commit",
        title="The request is carried out, and its answer is lost.",
        plan="disconnect {at}",
        operations=_WRITES,
    ),
    Fault(
        name="lost",
        title="The connection is closed without an answer.",
        plan="disconnect {at}",
        operations=_READS | {"result"},
    ),
    Fault(
        name="reset",
        title="The connection is reset in the place of the answer; the request is carried out.",
        plan="disconnect how=reset {at}",
        operations=_ALL,
    ),
    Fault(
        name=SILENCE,
        title="The request is carried out, and no answer ever comes.",
        plan="stall {at}",
        operations=_ALL,
        lasts=20.0,
    ),
    Fault(
        name="rate-limited",
        title="The answer is 429 and asks to wait for three seconds.",
        plan="answer 429 retry-after=3 {at}",
        operations=_ALL,
    ),
    Fault(
        name="unavailable",
        title="The answer is 503 and asks to wait for three seconds.",
        plan="answer 503 retry-after=3 {at}",
        operations=_ALL,
    ),
    Fault(
        name="internal-error",
        title="The answer is 500, and nothing was done.",
        plan="answer 500 {at}",
        operations=_ALL,
    ),
    Fault(
        name="bad-gateway",
        title="The request is carried out, and the answer is a 502 with a page of HTML.",
        plan=f"answer 502 phase=after {_PAGE} {{at}}",
        operations=_ALL,
    ),
    Fault(
        name="cut-json",
        title="The request is carried out, and half of the answer's JSON comes.",
        plan="body truncated {at}",
        operations=_API,
    ),
    Fault(
        name="not-found-yet",
        title="The task is unknown when it is first asked for.",
        plan="answer 404 {at}",
        operations=frozenset({"query"}),
        first=True,
    ),
    Fault(
        name="cut-file",
        title="The download breaks off halfway.",
        plan="disconnect in-body percent=50 {at}",
        operations=frozenset({"result"}),
    ),
    Fault(
        name="expired-link",
        title="The link is refused as expired (403); it works when it is tried again.",
        plan="answer 403 {at}",
        operations=frozenset({"result"}),
    ),
    Fault(
        name="callback-lost",
        title="The callback never comes.",
        plan="callback never {at}",
        operations=_CALLBACK,
    ),
    Fault(
        name="callback-late",
        title="The callback comes half a minute after the end of the task.",
        plan="callback late:30 {at}",
        operations=_CALLBACK,
    ),
    Fault(
        name="callback-twice",
        title="The callback comes twice.",
        plan="callback twice {at}",
        operations=_CALLBACK,
    ),
    Fault(
        name="callback-early",
        title="The callback comes before the answer to the create.",
        plan="callback early {at}",
        operations=_CALLBACK,
    ),
    Fault(
        name="killed-waiting",
        title="The request is carried out, the client is killed while it waits for the answer, and started again.",
        plan="stall {at}",
        operations=_ALL,
        kills=True,
    ),
    Fault(
        name="killed-after",
        title="The client is killed when it has the answer, and started again.",
        plan="delay 0 {at}",
        operations=_ALL,
        kills=True,
    ),
)
"""All of them, in the order in which they are shown."""
