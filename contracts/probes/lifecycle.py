"""Probes of the life of tasks: from their creation to their end and their result, for their owner and for others."""

from typing import Any, Final

from contracts.probes.means import ProbeError
from contracts.probes.probe import Probe
from contracts.probes.session import Session
from contracts.recording.lifecycle import TERMINAL

_UNKNOWN: Final = "task-unified-1757169743-nobodys0"
_DAY: Final = 24 * 3600.0
_FAILING: Final = {"prompt": "A person dancing [mock: fail=content_policy_violation at=60%]"}
"""A prompt by which a simulator lets a task fail; to others it is a prompt."""


def read_everything(session: Session) -> None:
    """Read the credits, the models and the list of tasks, and ask for a task that is not there."""
    for path in ("/v1/credits", "/v1/models", "/v1/tasks", "/v1/tasks?page=1&page_size=50", f"/v1/tasks/{_UNKNOWN}"):
        session.ask("GET", path)
    session.ask("POST", "/v1/tasks/batch", json={"task_ids": [_UNKNOWN]})


def live_through(session: Session) -> None:
    """Create a task, look at it in every way until its end, and fetch its result."""
    session.ask("GET", "/v1/tasks")
    session.balance()
    task = session.create()
    _look_around(session, task)
    looks, body, seen = session.watch(task), {}, ""
    while seen not in TERMINAL:
        body = next(looks)
        if body.get("status") != seen:
            seen = str(body.get("status"))
            _look_around(session, task)
            session.balance()
    _look_around(session, task)
    session.balance()
    _fetch_in_parts(session, body)


def _look_around(session: Session, task: str) -> None:
    """Look at a task in every way at once, and then by itself."""
    session.together(
        lambda: session.look(task),
        lambda: session.look(task),
        lambda: session.ask("GET", "/v1/tasks"),
        lambda: session.ask("POST", "/v1/tasks/batch", json={"task_ids": [task]}),
    )
    session.look(task)


def _fetch_in_parts(session: Session, body: dict[str, Any]) -> str | None:
    """Fetch a result, whole and in part, and return its link; None if there is none."""
    links = body.get("results")
    link = links[0] if isinstance(links, list) and links else None
    if not isinstance(link, str):
        return None
    tag = session.fetch(link).response_header("etag")
    session.fetch(link, {"range": "bytes=0-99"})
    if tag is not None:
        session.fetch(link, {"if-none-match": tag})
    return link


def fail_and_cancel(session: Session) -> None:
    """Let a task fail and cancel another, reading the credits before, meanwhile and after."""
    session.balance()
    failing = session.create(**_FAILING)
    session.balance()
    session.follow(failing)
    session.balance()
    session.look(failing)
    cancelled = session.create()
    session.balance()
    session.follow(cancelled, until=frozenset({"processing"}))
    with session.by_hand() as control:
        control.cancel_task(cancelled)
    for task in (failing, cancelled):
        session.look(task)
    session.ask("GET", "/v1/tasks")


def let_expire(session: Session) -> None:
    """Fetch a result, and again when its link holds no longer."""
    link = _fetch_in_parts(session, session.follow(session.create()))
    if link is None:
        raise ProbeError("the completed task has no result to fetch")
    session.wait(_DAY + 3_600)
    session.fetch(link)


def look_at_others(session: Session) -> None:
    """Ask for a task with another account's key."""
    task = session.create()
    session.look(task)
    for path in (f"/v1/tasks/{task}", "/v1/tasks"):
        session.ask("GET", path, key=session.other_key)
    session.ask("POST", "/v1/tasks/batch", key=session.other_key, json={"task_ids": [task]})


def restart(session: Session) -> None:
    """Create two tasks, one of which ends, restart the server, and ask for them."""
    early, late = session.create(), ""
    session.follow(early)
    late = session.create()
    session.look(late)
    session.restart()
    for task in (early, late):
        session.look(task)
    session.ask("GET", "/v1/tasks")
    session.follow(late)


PROBES: Final = (
    Probe(
        id="readings",
        title="Reads credits, models and tasks, and asks for a task that is not there.",
        rules=("L16", "P1", "S1", "S2"),
        run=read_everything,
    ),
    Probe(
        id="life",
        title="Creates a task, looks at it in every way until its end, and fetches its result.",
        rules=(
            *("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10", "L13", "L14", "L16"),
            *("M1", "M2", "M4", "M5", "P6", "S1", "S2"),
        ),
        run=live_through,
        orders=({},),
    ),
    Probe(
        id="failure",
        title="Lets one task fail and cancels another, reading the credits before and after.",
        rules=("L4", "L5", "L7", "L11", "M2", "M3"),
        run=fail_and_cancel,
        orders=(_FAILING, {}),
        needs=("control",),
    ),
    Probe(
        id="expiry",
        title="Fetches a result, and again a day later.",
        rules=("P6", "M4"),
        run=let_expire,
        orders=({},),
        needs=("control",),
    ),
    Probe(
        id="others",
        title="Asks for a task with another account's key.",
        rules=("L12",),
        run=look_at_others,
        orders=({},),
        needs=("second key",),
    ),
    Probe(
        id="restart",
        title="Restarts the server, and asks for the tasks that were there.",
        rules=("L15", "L9"),
        run=restart,
        orders=({}, {}),
        needs=("restart",),
    ),
)
"""The probes of the life of tasks."""
