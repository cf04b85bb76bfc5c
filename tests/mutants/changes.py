"""Changes to what is answered: of tasks, wherever they are shown, and of other bodies."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from tests.mutants.wrapping import Answered, Asked, ChangeAnswer, with_json

Body: TypeAlias = Mapping[str, Any]
ChangeBody: TypeAlias = Callable[[Body], Body]
Way: TypeAlias = Literal["create", "query", "list", "batch"]
"""How a task is shown."""

LIST: Final = "/v1/tasks"
BATCH: Final = "/v1/tasks/batch"
CREDITS: Final = "/v1/credits"
ENDED: Final = ("completed", "failed", "cancelled")


def shown(change: ChangeBody, *ways: Way) -> ChangeAnswer:
    """Return what changes tasks that are shown in these ways, or in any if none is named."""

    def answer(asked: Asked, answered: Answered) -> Answered:
        way = _way(asked)
        if way is None or answered.status != 200 or (ways and way not in ways):
            return answered
        body = answered.json
        changed = {**body, "data": [change(row) for row in body["data"]]} if "data" in body else change(body)
        return with_json(answered, changed)

    return answer


def _way(asked: Asked) -> Way | None:
    if asked.is_create:
        return "create"
    if asked.path == BATCH:
        return "batch"
    if asked.path == LIST:
        return "list"
    return "query" if asked.is_query else None


def told(path: str, change: ChangeBody, *, method: str = "GET") -> ChangeAnswer:
    """Return what changes the bodies of answers from one path that are no errors."""

    def answer(asked: Asked, answered: Answered) -> Answered:
        meant = (asked.method, asked.path) == (method, path) and answered.status < 400
        return with_json(answered, change(answered.json)) if meant else answered

    return answer


def put(path: str, value: Any) -> ChangeBody:
    """Return what gives a field, named by its path such as `task_info.can_cancel`, a value."""
    name, _, rest = path.partition(".")
    if not rest:
        return lambda body: {**body, name: value}
    return lambda body: {**body, name: put(rest, value)(body.get(name) or {})}


def drop(*names: str) -> ChangeBody:
    """Return what leaves fields out."""
    return lambda body: {name: value for name, value in body.items() if name not in names}


def when(change: ChangeBody, *statuses: str) -> ChangeBody:
    """Return what changes a task that has one of these statuses alone."""
    return lambda body: change(body) if body["status"] in statuses else body


def replies(status: int, body: Any, *, path: str = "", to: int | None = None, method: str = "") -> ChangeAnswer:
    """Return what answers with a status and a body.

    Args:
        status: The status.
        body: The body.
        path: What paths begin with that are answered so; all if it is empty.
        to: The status that the true answer has; any if None.
        method: The method; any if it is empty.
    """

    def answer(asked: Asked, answered: Answered) -> Answered:
        meant = asked.path.startswith(path) and to in {None, answered.status} and method in {"", asked.method}
        return with_json(answered, body, status) if meant else answered

    return answer


def refusal(code: Any, message: str = "No", kind: str = "invalid_request_error") -> dict[str, Any]:
    """Return the body of an error."""
    return {"error": {"code": code, "message": message, "type": kind}}


def without_header(name: bytes) -> ChangeAnswer:
    """Return what leaves a header out of every answer."""

    def answer(_: Asked, answered: Answered) -> Answered:
        headers = tuple(pair for pair in answered.headers if pair[0].lower() != name)
        return msgspec.structs.replace(answered, headers=headers)

    return answer


def with_body(asked: Asked, body: Body) -> Asked:
    """Return a request with another body."""
    content = msgspec.json.encode(body)
    headers = tuple(pair for pair in asked.headers if pair[0] != b"content-length")
    length = (b"content-length", str(len(content)).encode())
    return msgspec.structs.replace(asked, body=content, headers=(*headers, length))
