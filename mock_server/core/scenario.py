"""Plans: what a test wants to happen, as data.

A plan is a tuple of frozen structs. Today two kinds can be set, by a directive in the prompt: how a task ends, and what
is wrong with its callback. A prompt with several directives means all of them together.

    [mock: fail=content_policy_violation at=60%]
    [mock: cancel at=95% callback=twice]
    [mock: callback=late:30]
"""

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from mock_server.core.errors import InvalidRequest
from mock_server.core.task_errors import CANCELLED_ERROR, TASK_ERRORS
from mock_server.core.timeline import reach
from mock_server.core.types import Status, Timeline

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
"""What can be wrong with a callback (`core.sendings` says what each does)."""

_NUMBERS: Final[Mapping[str, float]] = {"late": 60, "twice": 1, "concurrent": 2, "slow-body": 3, "stale": 1}
_MOST_AT_ONCE: Final = 100
_LONGEST_SECONDS: Final = 86_400
_SHOWN: Final = 40


class EndPlan(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """The task ends as failed or cancelled when its progress has reached `at` percent."""

    outcome: Literal["failed", "cancelled"]
    code: str
    at: int = 50


class CallbackPlan(msgspec.Struct, frozen=True, array_like=True, tag="callback"):
    """The task's callback goes wrong in one way.

    `number` is the seconds by which it is late, between the first and the second of two, or over which its body is
    spread; of concurrent ones, how many there are. Other faults take none.
    """

    fault: CallbackFault
    number: float = 0


Plan: TypeAlias = tuple[EndPlan | CallbackPlan, ...]
"""What is planned for one task."""

_DIRECTIVE: Final = re.compile(r"\[mock:([^\]\[]*)\]")
_WORD: Final = re.compile(r"([a-z]+)(?:=(\S+))?")
_PERCENT: Final = re.compile(r"([0-9]{1,3})%?")


def read_directive(prompt: str) -> Plan:
    """Read the directives in a prompt; a prompt without one plans nothing.

    Raises:
        InvalidRequest: There is a directive that cannot be understood; the message says which word, and what can be.
    """
    words: dict[str, str] = {}
    for text in " ".join(_DIRECTIVE.findall(prompt)).split():
        word = _WORD.fullmatch(text)
        if word is None or word[1] not in _WORDS:
            raise _refused(f"{text[:_SHOWN]!r}; known are {', '.join(_WORDS)}")
        if word[1] in words:
            raise _refused(f"{word[1]} more than once")
        words[word[1]] = word[2] or ""
    return (*_read_end(words), *_read_callback(words))


def divert(timeline: Timeline, plan: Plan) -> Timeline:
    """Return the timeline with the end that the plan wants."""
    wanted = next((step for step in plan if isinstance(step, EndPlan)), None)
    if wanted is None:
        return timeline
    return msgspec.structs.replace(
        timeline,
        ends_at=reach(timeline, wanted.at),
        outcome=Status(wanted.outcome),
        error=TASK_ERRORS[wanted.code],
    )


def callback_plan(plan: Plan) -> CallbackPlan | None:
    """Return what is planned for the callback, if anything."""
    return next((step for step in plan if isinstance(step, CallbackPlan)), None)


def _read_end(words: Mapping[str, str]) -> Plan:
    if "fail" in words and "cancel" in words:
        raise _refused("fail and cancel; a task ends in one way")
    percent = _PERCENT.fullmatch(words.get("at", "50%"))
    if percent is None or int(percent[1]) > 99:  # noqa: PLR2004 - a task at 100 % is completed
        raise _refused(f"at={words['at'][:_SHOWN]}; it takes 0% to 99%")
    at = int(percent[1])
    if "cancel" in words:
        if words["cancel"]:
            raise _refused(f"cancel={words['cancel'][:_SHOWN]}; when is said by at, as in cancel at=95%")
        return (EndPlan("cancelled", CANCELLED_ERROR.code, at),)
    if "fail" not in words:
        if "at" in words:
            raise _refused("at without fail or cancel")
        return ()
    if words["fail"] not in TASK_ERRORS:
        raise _refused(f"fail={words['fail'][:_SHOWN]}; known are {', '.join(TASK_ERRORS)}")
    return (EndPlan("failed", words["fail"], at),)


def _read_callback(words: Mapping[str, str]) -> Plan:
    if "callback" not in words:
        return ()
    fault, _, number = words["callback"].partition(":")
    known = get_args(CallbackFault)
    if fault not in known:
        raise _refused(f"callback={fault[:_SHOWN]}; known are {', '.join(known)}")
    if number and fault not in _NUMBERS:
        raise _refused(f"callback={words['callback'][:_SHOWN]}; {fault} takes no number")
    try:
        amount = float(number or _NUMBERS.get(fault, 0))
    except ValueError:
        amount = -1
    most = _MOST_AT_ONCE if fault == "concurrent" else _LONGEST_SECONDS
    if not 0 <= amount <= most:
        raise _refused(f"callback={words['callback'][:_SHOWN]}; the number is 0 to {most}")
    return (CallbackPlan(known[known.index(fault)], amount),)


def _refused(what: str) -> InvalidRequest:
    return InvalidRequest(f"the directive [mock: ...] in the prompt has {what}", param="prompt")


_WORDS: Final = ("fail", "cancel", "at", "callback")
