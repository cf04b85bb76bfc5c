"""What is sent to a callback URL: one faithful callback when the task has ended, or what a plan makes of it.

A variant is a word, with a number where it takes one (`slow-body:3`), kept with the callback so that a restart, a retry
or another worker sends the same.
"""

import gzip
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from mock_server.core.plans.callbacks import CallbackPlan
from mock_server.core.types import NEVER, SECOND, Instant, Sending, Task, Timeline
from mock_server.core.views import task_body

_OTHER_TAIL: Final = "0" * 8
_EXTRA: Final = {"trace_id": "4bf92f3577b34da6", "experimental": {"score": 0.5, "tags": []}, "finished": None}
_UNKNOWN_STATUS: Final = "archived"


class Shaped(msgspec.Struct, frozen=True):
    """A callback as it goes out: its body, headers besides the usual, and how it is sent.

    `chunked` sends it without a length; `slowly` is the number of real seconds over which the body is spread.
    """

    body: bytes
    headers: Mapping[str, str] = {}
    chunked: bool = False
    slowly: float = 0


def plan_sendings(timeline: Timeline, plan: CallbackPlan | None) -> tuple[Sending, ...]:
    """Say what is sent for a task with a callback URL, and when (CB-WHEN); without a plan one, as it ends."""
    if plan is None:
        return (Sending(timeline.ends_at),)
    schedule = _SCHEDULES.get(plan.fault)
    if schedule is None:
        variant = f"{plan.fault}:{plan.number:g}" if plan.number else plan.fault
        return (Sending(timeline.ends_at, variant),)
    return schedule(timeline, plan.number)


def shape(task: Task, variant: str, now: Instant) -> Shaped:
    """Shape the body that is sent now: the very body of a query (CB-BODY), or the variant of it."""
    fault, _, number = variant.partition(":")
    if fault == "early":
        task = _as_planned(task)
        now = max(now, task.timeline.ends_at)
    elif fault == "stale":
        now = max(task.timeline.created_at, task.timeline.ends_at - 1)
    body = msgspec.json.encode(task_body(task, now, origin=task.origin))
    change = _CHANGES.get(fault)
    return Shaped(body) if change is None else change(body, float(number or 0))


def _as_planned(task: Task) -> Task:
    """Return a task with the end that was planned for it, if that is out of sight: it is held, or waits for a slot."""
    timeline = task.timeline
    if timeline.ends_at < NEVER:
        return task
    ends_at = timeline.ends_at if timeline.hold is None else timeline.hold.ends_at
    return msgspec.structs.replace(task, timeline=msgspec.structs.replace(timeline, ends_at=ends_at % NEVER))


def _later(timeline: Timeline, seconds: float) -> Instant:
    return timeline.ends_at + round(seconds * SECOND)


def _changed(body: bytes, members: Mapping[str, Any]) -> Shaped:
    return Shaped(msgspec.json.encode(msgspec.json.decode(body) | members))


def _other_task(body: bytes, _: float) -> Shaped:
    return _changed(body, {"id": msgspec.json.decode(body)["id"][: -len(_OTHER_TAIL)] + _OTHER_TAIL})


_SCHEDULES: Final[Mapping[str, Callable[[Timeline, float], tuple[Sending, ...]]]] = {
    "never": lambda _, __: (),
    "late": lambda timeline, seconds: (Sending(_later(timeline, seconds)),),
    "early": lambda timeline, _: (Sending(timeline.created_at, "early"),),
    "twice": lambda timeline, seconds: (Sending(timeline.ends_at), Sending(_later(timeline, seconds))),
    "concurrent": lambda timeline, times: (Sending(timeline.ends_at),) * round(times),
    "stale": lambda timeline, seconds: (Sending(timeline.ends_at), Sending(_later(timeline, seconds), "stale")),
}
"""The faults that are a matter of when and how often."""

_CHANGES: Final[Mapping[str, Callable[[bytes, float], Shaped]]] = {
    "other-task": _other_task,
    "unknown-status": lambda body, _: _changed(body, {"status": _UNKNOWN_STATUS}),
    "extra-fields": lambda body, _: _changed(body, _EXTRA),
    "gzip": lambda body, _: Shaped(gzip.compress(body, mtime=0), {"content-encoding": "gzip"}),
    "chunked": lambda body, _: Shaped(body, chunked=True),
    "slow-body": lambda body, seconds: Shaped(body, slowly=seconds),
}
"""The faults that are a matter of what is sent."""
