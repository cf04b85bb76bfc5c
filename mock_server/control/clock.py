"""What the control API does to a universe's time."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from mock_server.callbacks.callbacks import Made
from mock_server.control.errors import Conflict, no_such_task
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import AttemptMade, ClockChange, ClockChanged, ClockState
from mock_server.core.errors import InvalidRequest
from mock_server.core.types import SECOND, Instant
from mock_server.core.views import iso_instant
from mock_server.journal.masking import without_keys
from mock_server.simulator import Simulator
from mock_server.universes.clock import LATEST, RATES
from mock_server.universes.universe import Universe

_UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION: Final = re.compile(r"([0-9.]+)(ms|s|m|h|d)")
_WAYS: Final = ("mode", "advance", "step", "until", "set")

Change: TypeAlias = Request[ClockChange, Nothing]


async def show_clock(request: Request[Nothing, Nothing]) -> ClockState:
    """Show the universe's time."""
    return ClockState(**clock_facts(await request.universe()))


async def change_clock(request: Change) -> ClockChanged:
    """Freeze the clock, let it run, or move it; answers when all that fell due on the way is done."""
    universe, change, simulator = await request.universe(), request.body, request.simulator
    _check(change)
    if change.mode is not None:
        await _run(simulator, universe, change)
        made: tuple[Made, ...] = ()
    elif change.set is not None:
        made = await _set(simulator, universe, round(change.set * SECOND))
    elif change.step is not None:
        made = await _step(simulator, universe, change.step)
    elif change.until is not None:
        made = await _until(simulator, universe, change.until)
    else:
        made = await simulator.callbacks.advance(universe, universe.now() + round(seconds(change.advance) * SECOND))
    return ClockChanged(**clock_facts(universe), callbacks=tuple(attempt_made(attempt) for attempt in made))


def clock_facts(universe: Universe) -> dict[str, Any]:
    """Return what the shapes of a clock have in common."""
    clock, now = universe.clock, universe.now()
    return {
        "universe": universe.name,
        "mode": clock.mode,
        "rate": clock.rate,
        "now": now / SECOND,
        "time": iso_instant(now),
    }


def attempt_made(made: Made) -> AttemptMade:
    """Shape an attempt as the answer to a change tells of it."""
    return AttemptMade(
        task=made.task, attempt=made.number, at=made.at / SECOND, status=made.status, error=shown_error(made.error)
    )


def shown_error(error: str | None) -> str | None:
    """Return the error of an attempt; it names the host, and a client may put anything there."""
    return None if error is None else without_keys(error)


def seconds(duration: float | str | None) -> float:
    """Read a duration: seconds, or a text such as 90s, 1.5h, 24h or 7d."""
    written = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    return float(written[1]) * _UNITS[written[2]] if written else float(duration or 0)


def _check(change: ClockChange) -> None:
    given = [name for name in _WAYS if getattr(change, name) is not None]
    if len(given) != 1:
        raise InvalidRequest(
            f"send one of {', '.join(_WAYS)}, such as {{"
            f'"mode": "frozen"}} or {{"advance": 12.5}}; got {" and ".join(given) or "none"}'
        )
    if (change.rate is not None) != (change.mode == "scaled"):
        raise InvalidRequest(
            'a rate goes with the mode scaled and with no other: {"mode": "scaled", "rate": 20}', param="rate"
        )


async def _run(simulator: Simulator, universe: Universe, change: ClockChange) -> None:
    rate = RATES.get(change.mode or "", change.rate or 1.0)
    await simulator.universes.change(universe, lambda changed: changed.clock.run(rate))
    await simulator.callbacks.wake(universe)


async def _set(simulator: Simulator, universe: Universe, at: Instant) -> tuple[Made, ...]:
    if at >= universe.now():
        return await simulator.callbacks.advance(universe, at)
    if await simulator.store.tasks_of(universe.name):
        raise Conflict(
            f"time goes forward only, once there are tasks; it is {universe.now() / SECOND} now", param="set"
        )
    await simulator.universes.change(universe, lambda changed: changed.clock.start_at(at))
    return ()


async def _step(simulator: Simulator, universe: Universe, events: int) -> tuple[Made, ...]:
    """Move to the next event, so many times: a task starts or ends, or a callback is due."""
    made: tuple[Made, ...] = ()
    for _ in range(events):
        at = await _next_event(simulator, universe)
        if at is None:
            break
        made += await simulator.callbacks.advance(universe, at)
    return made


async def _next_event(simulator: Simulator, universe: Universe) -> Instant | None:
    now = universe.now()
    due_at = await simulator.callbacks.next_due(universe)
    tasks = await simulator.store.unended_tasks(universe.name, now=now)
    moments = [at for task in tasks for at in (task.timeline.starts_at, task.timeline.ends_at)]
    due = [] if due_at is None else [due_at]
    return min((at for at in [*moments, *due] if now < at <= LATEST), default=None)


async def _until(simulator: Simulator, universe: Universe, name: str) -> tuple[Made, ...]:
    made: tuple[Made, ...] = ()
    while True:
        task = await simulator.store.task(universe.name, name)
        if task is None:
            raise no_such_task(name, universe)
        if task.timeline.ends_at <= universe.now():
            return made
        if task.timeline.ends_at > LATEST:
            raise Conflict(f"{name} does not end by itself: it is held, or finds no slot", param="until")
        made += await simulator.callbacks.advance(universe, task.timeline.ends_at)
