"""How a task is shown. One function shapes the body of a task wherever it appears: create, query, batch, callback."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from mock_server.core.plans import show_row, show_task, unpack
from mock_server.core.tasks.billing import CREDITS_PER_CNY, CREDITS_PER_USD, credits_number, settlement
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import HOUR, SECOND, Bill, Instant, Microcredits, Status, Task

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class TaskInfo(msgspec.Struct, frozen=True):
    """RES-CANCANCEL and RES-ETA; the estimate is the time that is left, and gone once the task has ended."""

    can_cancel: bool
    estimated_time: int | UnsetType = UNSET


class Cost(msgspec.Struct, frozen=True):
    """What a completed task cost, in three currencies (observed)."""

    credits: int | float
    usd: float
    cny: float


class Usage(msgspec.Struct, frozen=True):
    """RES-RULE, RES-RESERVED, RES-GROUP; once a task is completed, what was used and what it cost (observed)."""

    billing_rule: str
    credits_reserved: int | float
    user_group: str
    credits_used: int | float | UnsetType = UNSET
    cost: Cost | UnsetType = UNSET


class Billing(msgspec.Struct, frozen=True):
    """Where the money of a task is: reserved, charged or released (observed in the official client)."""

    charge_status: str
    charged_credits: int | float
    refund_scope: str
    refund_status: str
    refunded_credits: int | float
    reserved_credits: int | float
    refunded_at: str | UnsetType = UNSET


class ErrorBody(msgspec.Struct, frozen=True):
    """Why a task failed (TASK-ERROR)."""

    code: str
    message: str
    type: str = "task_error"


class ResultLink(msgspec.Struct, frozen=True):
    """One link of `result_data` (observed)."""

    url: str


class TaskBody(msgspec.Struct, frozen=True):
    """A task as the API shows it. Fields that do not belong to the task's stage are left out."""

    billing: Billing
    created: int
    id: str
    model: str
    object: str
    progress: int
    status: Status
    task_info: TaskInfo
    type: str
    usage: Usage
    duration: int | UnsetType = UNSET
    error: ErrorBody | UnsetType = UNSET
    result_data: tuple[ResultLink, ...] | UnsetType = UNSET
    results: tuple[str, ...] | UnsetType = UNSET


class TaskRow(msgspec.Struct, frozen=True):
    """A task as the list shows it: no links, no error text (LIST-ITEM)."""

    id: str
    model: str
    type: str
    status: Status
    progress: int
    created_at: int
    has_results: bool
    result_count: int
    has_error: bool
    duration: int | UnsetType = UNSET
    credits_used: int | float | UnsetType = UNSET


def task_body(
    task: Task, now: Instant, *, origin: str, fit: Callable[[Any], Any] | None = None
) -> TaskBody | Mapping[str, Any]:
    """Shape a task as it is at `now`, or as its plans have it shown.

    `origin` is what its result link starts with, and `fit` gives the body the form of a page that has one of its own.
    """
    body: Any = _true_body(task, now, origin)
    if fit is not None:
        body = fit(msgspec.to_builtins(body))
    return show_task(msgspec.to_builtins(body), unpack(task.plans), link=origin + task.result) if task.plans else body


def task_row(task: Task, now: Instant) -> TaskRow | Mapping[str, Any]:
    """Shape a task for the list, as it is at `now`, or as its plans have it shown."""
    row = _true_row(task, now)
    return show_row(msgspec.to_builtins(row), unpack(task.plans)) if task.plans else row


def _true_body(task: Task, now: Instant, origin: str) -> TaskBody:
    seen = observe(task.timeline, now)
    timeline, ended, completed = task.timeline, seen.ended, seen.status is Status.COMPLETED
    links = tuple([origin + path for path in result_paths(task)]) if completed else ()
    return TaskBody(
        billing=_settled(task.bill, seen.status, timeline.ends_at) if ended else _reserved(task.bill.reserved),
        created=timeline.created_at // SECOND,
        id=task.id,
        model=task.model,
        object=task.object,
        progress=seen.progress,
        status=seen.status,
        task_info=TaskInfo(not ended, UNSET if seen.remaining is None else seen.remaining),
        type=task.type,
        usage=_spent(task) if completed else _estimate(task.bill.rule, task.bill.reserved, task.user_group),
        duration=_elapsed(task) if ended else UNSET,
        error=ErrorBody(timeline.error.code, timeline.error.message) if ended and timeline.error else UNSET,
        result_data=tuple(ResultLink(link) for link in links) if completed else UNSET,
        results=links if completed else UNSET,
    )


def _true_row(task: Task, now: Instant) -> TaskRow:
    seen = observe(task.timeline, now)
    completed = seen.status is Status.COMPLETED
    return TaskRow(
        id=task.id,
        model=task.model,
        type=task.type,
        status=seen.status,
        progress=seen.progress,
        created_at=task.timeline.created_at // SECOND,
        has_results=completed,
        result_count=task.count if completed else 0,
        has_error=seen.ended and task.timeline.error is not None,
        duration=_elapsed(task) if seen.ended else UNSET,
        credits_used=credits_number(settlement(task.bill, seen.status)[0]) if seen.ended else UNSET,
    )


def iso_instant(at: Instant) -> str:
    """Write an instant as ISO 8601 in UTC, to the second: 2026-11-22T07:38:52Z."""
    return (_EPOCH + timedelta(seconds=at // SECOND)).strftime("%Y-%m-%dT%H:%M:%SZ")


def result_path(account: str, folder: str, name: str, suffix: str, at: Instant) -> str:
    """Return the path of a result link, as observed: /<account>/videos/YYYY/MM/DD/<32 hex>.mp4."""
    return f"/{account}/{folder}/{_day(at // (24 * HOUR))}/{name}.{suffix}"


def result_paths(task: Task) -> tuple[str, ...]:
    """Return the paths of a task's result links; from the second on they are numbered."""
    if task.count == 1:
        return (task.result,)
    name, _, suffix = task.result.rpartition(".")
    return (task.result, *(f"{name}-{number}.{suffix}" for number in range(2, task.count + 1)))


@lru_cache(maxsize=16)
def _day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).strftime("%Y/%m/%d")


def _elapsed(task: Task) -> int:
    return (task.timeline.ends_at - task.timeline.created_at) // SECOND


@lru_cache(maxsize=1_024)
def _estimate(rule: str, reserved: Microcredits, user_group: str) -> Usage:
    return Usage(rule, credits_number(reserved), user_group)


def _spent(task: Task) -> Usage:
    bill = task.bill
    charged, _ = settlement(bill, Status.COMPLETED)
    return Usage(bill.rule, credits_number(bill.reserved), task.user_group, credits_number(charged), _cost(charged))


@lru_cache(maxsize=1_024)
def _cost(charged: Microcredits) -> Cost:
    used = credits_number(charged)
    return Cost(credits=used, usd=round(used / CREDITS_PER_USD, 3), cny=round(used / CREDITS_PER_CNY, 4))


@lru_cache(maxsize=1_024)
def _reserved(amount: Microcredits) -> Billing:
    return Billing("reserved", 0, "account_balance", "not_required", 0, credits_number(amount))


def _settled(bill: Bill, outcome: Status, ended_at: Instant) -> Billing:
    charged, released = settlement(bill, outcome)
    return Billing(
        charge_status="charged" if outcome is Status.COMPLETED else "released",
        charged_credits=credits_number(charged),
        refund_scope="account_balance",
        refund_status="completed" if released else "not_required",
        refunded_credits=credits_number(released),
        reserved_credits=credits_number(bill.reserved),
        refunded_at=iso_instant(ended_at) if released else UNSET,
    )
