"""Which plans strike, and what follows from them.

A plan strikes when all of its match holds. Requests that fit everything but `nth` and `chance` are counted; `nth` says
which of them are meant, and for those the chance is drawn. A plan does not strike any more once it has `times`, nor
where an earlier one that has struck acts on the same.

    book = compile_plans(read_words("answer 503 on=create times=2"), account_of=account_of)
    state = open_state(book, now=now)
    script = strike(book, state, Occasion(operation="createAnything", now=now, dice=dice))
"""

from typing import Any, Final

import msgspec

from mock_server.core.errors import RateLimited
from mock_server.core.limits.ratelimit import Bucket, Limit, take
from mock_server.core.plans.answers import AnswerPlan, HeadPlan
from mock_server.core.plans.bodies import BodyPlan
from mock_server.core.plans.book import CHANCES, PlanBook, Ready
from mock_server.core.plans.kinds import Plans
from mock_server.core.plans.limits import LimitPlan
from mock_server.core.plans.match import fields_fit, short_name
from mock_server.core.plans.reads import ReadsPlan
from mock_server.core.plans.script import FAITHFUL, Script
from mock_server.core.plans.state import Count, Occasion, PlanState
from mock_server.core.plans.wire import DelayPlan, DisconnectPlan, FramingPlan, Pause
from mock_server.core.types import NEVER, SECOND

HANDFUL: Final = 8
"""How many chances are drawn at once."""

_SINGLE: Final[dict[type[Any], str]] = {AnswerPlan: "answer", FramingPlan: "framing", DisconnectPlan: "disconnect"}
_SEVERAL: Final[dict[type[Any], str]] = {
    HeadPlan: "heads",
    BodyPlan: "bodies",
    ReadsPlan: "reads",
    DelayPlan: "pauses",
}


class TaskScript(msgspec.Struct, frozen=True):
    """What is planned for a task that is created: see `divert`, `callback_plan` and `keep`.

    `strikes` are the names of the plans, for the journal; `counted` is what was counted, for `forgive`.
    """

    plans: Plans = ()
    strikes: tuple[str, ...] = ()
    counted: tuple[tuple[Count, Count], ...] = ()


class _Strike(msgspec.Struct, frozen=True):
    """A plan that strikes; `dice` and `count` are what its dice are for."""

    plan: Any
    name: str
    dice: str
    count: int


def strike(book: PlanBook, state: PlanState, occasion: Occasion, own: Plans = ()) -> Script:
    """Return what is done with a request, and count; `own` are the plans that came with it, which come first."""
    found = book.find(occasion.operation, occasion.task, occasion.account, creation=False)
    if not found and not own:
        return FAITHFUL
    mine = _concerned(own, short_name(occasion.operation)) if own else ()
    strikes = _strikes(found, mine, state, occasion)
    return _fold(strikes, occasion) if strikes else FAITHFUL


def strike_task(book: PlanBook, state: PlanState, occasion: Occasion, own: Plans = ()) -> TaskScript:
    """Return what is planned for a task that is being created, and count; `own` are the plans of the request."""
    found = book.find(occasion.operation, None, occasion.account, creation=True)
    mine = tuple(plan for plan in own if plan.at_creation or isinstance(plan, ReadsPlan))
    concerned = [count for ready in found for count in _counts(ready, state, occasion)]
    before = [(count.matched, count.struck) for count in concerned]
    strikes = _strikes(found, mine, state, occasion)
    changes = zip(concerned, before, strict=True)
    return TaskScript(
        plans=tuple(strike.plan for strike in strikes),
        strikes=tuple(strike.name for strike in strikes),
        counted=tuple((count, Count(count.matched - was[0], count.struck - was[1])) for count, was in changes),
    )


def forgive(script: TaskScript) -> None:
    """Uncount a task that did not come into being after all: it was refused, or the request was one seen before."""
    for count, change in script.counted:
        count.matched -= change.matched
        count.struck -= change.struck


def _strikes(found: tuple[Ready, ...], own: Plans, state: PlanState, occasion: Occasion) -> list[_Strike]:
    """Return the plans that strike, in order; of those that act on the same, the first."""
    strikes: list[_Strike] = []
    taken: set[str] = set()
    for plan in own:
        if taken.isdisjoint(plan.slots()):
            state.own += 1
            strikes.append(_Strike(plan, plan.label, "own plan", state.own))
            taken |= plan.slots()
    asleep = state.asleep
    for ready in found:
        if ready.picky and not _fits(ready, state, occasion):
            continue
        total = state.counts[ready.index]
        total.matched += 1
        if total.matched < asleep.get(ready.index, 0):
            continue
        struck = _try(ready, state, occasion, taken)
        if struck is not None:
            strikes.append(struck)
            taken |= ready.slots
    return strikes


def _concerned(own: Plans, operation: str) -> Plans:
    """Return those of a request's own plans that strike it: wherever they can, but a limit where it can be felt."""
    places = (plan.default_operations if isinstance(plan, LimitPlan) else plan.operations for plan in own)
    return tuple(plan for plan, names in zip(own, places, strict=True) if not plan.at_creation and operation in names)


def _fits(ready: Ready, state: PlanState, occasion: Occasion) -> bool:
    """Tell whether that part of a match holds that a book does not sort by."""
    if ready.account is not None and ready.account != occasion.account:
        return False
    if ready.number is not None:
        number = _task_number(state, occasion)
        if number is None or not ready.number.holds(number):
            return False
    since, now = state.set_at[ready.index], occasion.now
    if ready.after is not None and now < ready.after.instant(since):
        return False
    if ready.before is not None and now >= ready.before.instant(since):
        return False
    if not ready.fields:
        return True
    body = occasion.body()
    return body is not None and fields_fit(ready.fields, body)


def _task_number(state: PlanState, occasion: Occasion) -> int | None:
    """Return the number of the task that a request is about, or that it would create."""
    if occasion.task is not None:
        return state.numbers.get(occasion.task)
    return state.tasks + 1 if short_name(occasion.operation) == "create" else None


def _try(ready: Ready, state: PlanState, occasion: Occasion, taken: set[str]) -> _Strike | None:
    """Return the strike of a plan that a request fits, for which it has been counted in all; None if it is none."""
    count = total = state.counts[ready.index]
    if ready.each is not None:
        count = state.each.setdefault(_subject(ready, occasion), Count())
        count.matched += 1
    possible = _next_possible(ready, state, occasion, count)
    if possible > count.matched:
        if count is total and not ready.plan.at_creation:
            state.asleep[ready.index] = possible
        return None
    if not taken.isdisjoint(ready.slots):
        return None
    plan = _refusal(ready, state, occasion)
    if plan is None:
        return None
    total.struck += 1
    if count is not total:
        count.struck += 1
    return _Strike(plan, ready.name, _subject(ready, occasion), count.matched)


def _next_possible(ready: Ready, state: PlanState, occasion: Occasion, count: Count) -> int:
    """Return the number of the request, this one or a later one, before which a plan cannot strike by its count."""
    if ready.times is not None and count.struck >= ready.times:
        return NEVER
    if ready.nth is not None and not ready.nth.holds(count.matched):
        return ready.nth.next(count.matched)
    if ready.chance is None:
        return count.matched
    return _next_drawn(state, occasion, _subject(ready, occasion), count.matched, ready.chance)


def _next_drawn(state: PlanState, occasion: Occasion, subject: str, number: int, chance: int) -> int:
    """Return which request for a subject, from the so-manieth on, is the next that chance may have drawn.

    Chances come out of a handful, which takes dice once; of the next handful nothing is known yet.
    """
    handful, place = divmod(number, HANDFUL)
    held = state.drawn.get(subject)
    if held is None or held[0] != handful:
        dice = occasion.dice(subject, handful)
        held = state.drawn[subject] = (handful, [dice.between(1, CHANCES) for _ in range(HANDFUL)])
    while place < HANDFUL and held[1][place] > chance:
        place += 1
    return handful * HANDFUL + place


def _counts(ready: Ready, state: PlanState, occasion: Occasion) -> tuple[Count, ...]:
    """Return what a plan counts by: in all, and for the task or the account if it counts each by itself."""
    total = state.counts[ready.index]
    if ready.each is None:
        return (total,)
    return total, state.each.setdefault(_subject(ready, occasion), Count())


def _subject(ready: Ready, occasion: Occasion) -> str:
    """Name what a plan counts: itself, or a task or an account of its."""
    if ready.each is None:
        return ready.dice
    return f"{ready.dice} {(occasion.task if ready.each == 'task' else occasion.account) or ''}"


def _refusal(ready: Ready, state: PlanState, occasion: Occasion) -> Any:
    """Return the plan as it strikes: for a rate the refusal of a request that exceeds it, or None if it does not."""
    plan = ready.plan
    if not isinstance(plan, LimitPlan) or plan.requests is None:
        return plan
    key = f"{ready.index} {occasion.account or ''}"
    bucket = state.buckets.get(key, Bucket())
    state.buckets[key], wait = take(bucket, Limit(plan.requests), occasion.now)
    return AnswerPlan(status=RateLimited.status, retry_after=(str(wait),)) if wait else None


def _fold(strikes: list[_Strike], occasion: Occasion) -> Script:
    """Put what strikes into one script."""
    parts: dict[str, Any] = {}
    for each in strikes:
        plan = each.plan
        name = _SINGLE.get(type(plan))
        if name is not None:
            parts[name] = plan
        elif isinstance(plan, LimitPlan):
            parts |= {"closed_models": True} if plan.closed_models else {"most_tasks": plan.tasks}
        else:
            part = _pause(each, occasion) if isinstance(plan, DelayPlan) else plan
            name = _SEVERAL[type(plan)]
            parts[name] = (*parts.get(name, ()), part)
    instead = (parts.get("answer"), parts.get("disconnect"))
    works = not any(plan is not None and plan.phase == "before" for plan in instead)
    return Script(strikes=tuple(each.name for each in strikes), works=works, **parts)


def _pause(struck: _Strike, occasion: Occasion) -> Pause:
    """Draw how long a delay is."""
    plan = struck.plan
    jitter = round(plan.jitter * SECOND)
    drawn = occasion.dice(f"jitter of {struck.dice}", struck.count).between(0, jitter) if jitter else 0
    return Pause(plan.at, plan.seconds + drawn / SECOND, plan.pieces)
