"""What the control API tells of callbacks, and how one is sent anew."""

from collections.abc import Mapping
from typing import Final, get_args

from mock_server.callbacks import Made
from mock_server.control_endpoint import ControlCall
from mock_server.core.errors import InvalidRequest, NotFound
from mock_server.core.types import SECOND
from mock_server.endpoint import Answer
from mock_server.simulator import Simulator
from mock_server.store.protocol import Attempt, DeliveryRecord, DeliveryState

_FILTERS: Final = ("task", "state")


async def list_callbacks(simulator: Simulator, call: ControlCall) -> Answer:
    """List the universe's deliveries with their attempts; `?task=` and `?state=` choose among them."""
    task, state = _read_filters(call.query)
    found = await simulator.store.deliveries(call.universe.name, task=task)
    chosen = [_delivery(record) for record in found if state in {None, record.state}]
    return Answer({"universe": call.universe.name, "callbacks": chosen})


async def redeliver(simulator: Simulator, call: ControlCall) -> Answer:
    """Send a delivery anew, now and with all its retries."""
    text, universe = call.path["delivery"], call.universe
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - of 64 bits
    made = await simulator.callbacks.redeliver(universe, number)
    if made is None:
        raise NotFound(f"no callback {text[:40]} in the universe {universe.name}; GET /_mock/callbacks lists them")
    return Answer({"redelivered": number, "callbacks": [attempt_made(attempt) for attempt in made]})


def attempt_made(made: Made) -> dict[str, object]:
    """Shape an attempt as the answer to an advance tells of it; the time is in seconds since the epoch."""
    return {
        "task": made.task,
        "attempt": made.number,
        "at": made.at / SECOND,
        "status": made.status,
        "error": made.error,
    }


def _read_filters(query: Mapping[str, str]) -> tuple[str | None, str | None]:
    unknown = next((name for name in query if name not in _FILTERS), None)
    if unknown is not None:
        raise InvalidRequest(f"{unknown[:40]!r} is no filter; known are {', '.join(_FILTERS)}", param=unknown[:40])
    state = query.get("state")
    if state not in {None, *get_args(DeliveryState)}:
        raise InvalidRequest(f"state must be one of {', '.join(get_args(DeliveryState))}", param="state")
    return query.get("task"), state


def _delivery(record: DeliveryRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "task": record.task,
        "url": record.url,
        "variant": record.variant or "faithful",
        "state": record.state,
        "due_at": None if record.due_at is None else record.due_at / SECOND,
        "attempts": [_attempt(attempt) for attempt in record.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "due_at": attempt.due_at / SECOND,
        "started_at": attempt.started_at / SECOND,
        "ended_at": attempt.ended_at / SECOND,
        "status": attempt.status,
        "error": attempt.error,
        "bytes": attempt.size,
    }
