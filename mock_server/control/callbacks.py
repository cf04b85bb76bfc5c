"""What the control API tells of callbacks, and how one is sent anew."""

from mock_server.control.clock import attempt_made, shown_error
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import AttemptShown, CallbackList, CallbackQuery, CallbackShown, Redelivered
from mock_server.control.tasks import shown_request
from mock_server.core.errors import NotFound
from mock_server.core.types import SECOND
from mock_server.store.records import Attempt, CallbackRecord
from mock_server.universes.clock import LATEST

_DIGITS = 19
_SHOWN = 40


async def list_callbacks(request: Request[Nothing, CallbackQuery]) -> CallbackList:
    """List the universe's callbacks with their attempts."""
    universe, wanted = await request.universe(), request.query
    simulator = request.simulator
    found = await simulator.store.callbacks(universe.name, task=wanted.task)
    chosen = [record for record in found if wanted.state in {None, record.state}]
    tasks = await simulator.store.tasks(universe.name, tuple(dict.fromkeys(record.task for record in chosen)))
    urls = {task.id: shown_request(simulator, task)["callback_url"] for task in tasks}
    return CallbackList(
        universe=universe.name, callbacks=tuple(show_callback(record, urls[record.task]) for record in chosen)
    )


async def redeliver_callback(request: Request[Nothing, Nothing]) -> Redelivered:
    """Send a callback anew, now and with all its retries."""
    text, universe = request.path["callback"], await request.universe()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0
    made = await request.simulator.callbacks.redeliver(universe, number)
    if made is None:
        raise NotFound(f"no callback {text[:_SHOWN]} in the universe {universe.name}; GET /_mock/callbacks lists them")
    return Redelivered(redelivered=number, callbacks=tuple(attempt_made(attempt) for attempt in made))


def show_callback(record: CallbackRecord, url: str) -> CallbackShown:
    """Shape a callback that goes to a URL, which is shown without its secrets."""
    due_at = None if record.due_at is None or record.due_at > LATEST else record.due_at / SECOND
    return CallbackShown(
        id=record.id,
        task=record.task,
        url=url,
        variant=record.variant or "faithful",
        state=record.state,
        due_at=due_at,
        attempts=tuple(show_attempt(attempt) for attempt in record.attempts),
    )


def show_attempt(attempt: Attempt) -> AttemptShown:
    """Shape an attempt."""
    return AttemptShown(
        due_at=attempt.due_at / SECOND,
        started_at=attempt.started_at / SECOND,
        ended_at=attempt.ended_at / SECOND,
        status=attempt.status,
        error=shown_error(attempt.error),
        bytes=attempt.size,
        faults=attempt.faults,
    )
