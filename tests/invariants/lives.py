"""Stories of tasks, as the rules on their lives are put to the test by them."""

from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

from tests.invariants.stories import CAT, DOG, FIRST, HOOK, OTHER, START, Story, name, row, shown

FILE = {"file_id": "file_abc123"}


def ids(*, second: str = DOG, key: str = FIRST, again: str | None = None) -> Story:
    """Ask for two tasks."""
    told = {"idempotency-replayed": "true"} if second == CAT and key == FIRST and again else {}
    return Story().create(again=again).create(second, key=key, again=again, told=told)


def nameless(identity: Any = None) -> Story:
    """Be shown a task without an id, or with another."""
    return Story().create(body=shown(CAT, id=identity) if identity else {"status": "pending"})


def created(value: Any = int(START), *, way: str = "query", at: float = 1) -> Story:
    """See a task twice."""
    story = Story().create().wait(at)
    if way == "list":
        return story.list(row(created_at=value))
    return story.see(changes={"created": value})


def constants(*, asked: str = CAT, **changes: Any) -> Story:
    """See a task that changes."""
    return Story().create().see(asked=asked, changes=changes)


def first(**changes: Any) -> Story:
    """Be shown a new task so."""
    return Story().create(changes=changes)


def course(*statuses: str, progress: Sequence[int] = ()) -> Story:
    """See a task with one status after the other."""
    story = Story().create().wait(1)
    for place, status in enumerate(statuses):
        story.see(status, changes={"progress": progress[place]} if progress else {})
    return story


def again(**changes: Any) -> Story:
    """See an ended task twice, and its row."""
    story = Story().create(asked={"callback_url": HOOK}).see("completed").see("completed", changes=changes)
    return story.list(row(status="completed")).list(row(status="completed")).hear(shown(CAT, "completed"))


def later_row(status: str) -> Story:
    """See an ended task, and then its row and a batch."""
    return Story().create().list(row(status="completed")).list(row(status=status))


def can_cancel(*, value: Any = False, status: str = "failed") -> Story:
    """See whether a task can be cancelled."""
    return (
        Story()
        .create()
        .see(status, changes={"task_info": {"can_cancel": value}})
        .see("failed", changes={"task_info": {}})
    )


def estimates(*values: Any, seconds: float = 40) -> Story:
    """See estimates of a task that is worked on."""
    story = Story().create()
    for value in values:
        story.wait(seconds).see(changes={"task_info": {"can_cancel": True, "estimated_time": value}})
    return story


def found(
    status: int = 200, *, rows: Sequence[Any] = (), bodies: Sequence[Any] = (), late: float = 0, query: str = ""
) -> Story:
    """Look for a task that was created."""
    story = Story().create().wait(late)
    body = shown() if status == 200 else {"error": {"code": "task_not_found", "message": "No.", "type": "x"}}
    story.see(body=body, status=status)
    story.list(*(rows or [row(progress=0)]), query=query, total=30)
    return story.batch(*(bodies or [shown()]))


def others(
    *, status: int = 404, rows: Sequence[Any] = (), bodies: Sequence[Any] = (), files: Any = (), deleted: int = 404
) -> Story:
    """Have a second account near the first one's task and file."""
    body = shown() if status == 200 else {"error": {"code": "task_not_found", "message": "No.", "type": "x"}}
    story = Story().create().ask("POST", "/api/v1/files/upload/base64", sent={}, answer={"data": FILE})
    refused = {"success": False, "code": 404, "msg": "No."}
    story.see(key=OTHER, body=body, status=status).list(*rows, key=OTHER).batch(*bodies, key=OTHER)
    story.ask("GET", "/api/v1/files/list", key=OTHER, answer={"data": {"files": files}})
    answer = {"success": True} if deleted == 200 else refused
    return story.ask("DELETE", "/api/v1/files/file_abc123", key=OTHER, status=deleted, answer=answer)


def still(**changes: Any) -> Story:
    """Look twice at a task while nothing moves."""
    return Story(pace=0).create().see().see(changes=changes)


def overlapping() -> Story:
    """Look at a task, and be answered after the clock was moved; another look came and went before that."""
    story = Story(pace=0).create(at=START, took=0.1)
    story.now = START + 6
    story.event("clock").see(at=START + 5, took=4, changes={"progress": 50})
    return story.see(at=START + 5.1, took=0.1)


def at_once(*last: str, progress: int = 60) -> Story:
    """See a task by several at once, and then once more."""
    story = Story().create().see("pending", at=START + 5, took=1).see("processing", at=START + 5.1, took=1)
    story.see("pending", at=START + 5.2, took=1).list(row(progress=40))
    for status in last:
        story.see(status, changes={"progress": progress} if status == "processing" else {})
    return story


def restarted(*, status: int = 200, after: str = "processing", **changes: Any) -> Story:
    """See a task before and after a restart."""
    body = shown(CAT, after, **changes) if status == 200 else {"error": {"code": "c", "message": "m", "type": "t"}}
    story = Story().create().see("processing").event("restart").see(body=body, status=status)
    return story.batch(shown(CAT, after, **changes) if status == 200 else shown(CAT, "processing"))


def dated(*seconds: float, created: Sequence[int] = (0, 1)) -> Story:
    """Get answers with dates, and create tasks at these seconds."""
    story = Story().ask("GET", "/v1/models", told={"date": "yesterday"})
    for second in seconds:
        story.ask("GET", "/v1/models", told={"date": formatdate(START + second, usegmt=True)})
    for tail, second in zip("ab", created, strict=True):
        story.create(name(tail), changes={"created": int(START) + second})
    return story
