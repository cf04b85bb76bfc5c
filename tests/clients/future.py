"""Clients that break by what the API may come to answer, and clients that go on."""

import re
import time
from collections.abc import Callable
from typing import Any, Final

import httpx2

from contracts import Evolink
from tests.clients.judging import Case
from tests.clients.small import ENDS
from tests.serving import CREATE

_REQUEST: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A cat dances",
    "video_urls": ["https://example.com/cat.mp4"],
}
KNOWN: Final = frozenset(
    [
        "created",
        "id",
        "model",
        "object",
        "progress",
        "status",
        "task_info",
        "type",
        "usage",
        "billing",
        "results",
        "result_data",
        "duration",
        "error",
    ]
)
_ID: Final = re.compile(r"task-unified-[0-9]{10}-[a-z0-9]{8}")

Reader = Callable[[httpx2.Response], dict[str, Any]]
"""Reads the answer to a poll, or fails."""


def following(read: Reader) -> Callable[[Evolink], None]:
    """Return a client that creates a task and polls it to its end, reading the answers in its own way."""

    def follow(evolink: Evolink) -> None:
        headers = {"Authorization": f"Bearer {evolink.key}", "User-Agent": "cats/1.0"}
        with httpx2.Client(base_url=evolink.url, headers=headers) as client:
            created = client.post(CREATE, json=_REQUEST).json()
            status = "pending"
            while status not in ENDS:
                time.sleep(10)
                status = read(client.get(f"/v1/tasks/{created['id']}"))["status"]

    return follow


def read_all(answer: httpx2.Response) -> dict[str, Any]:
    """Read whatever comes."""
    body: dict[str, Any] = answer.json()
    return body


def read_known(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse members that are not known."""
    body = read_all(answer)
    if unknown := body.keys() - KNOWN:
        raise ValueError(unknown)
    return body


def read_types(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse kinds of tasks that are not known."""
    body = read_all(answer)
    if body["type"] not in {"image", "video", "audio", "text"}:
        raise ValueError(body["type"])
    return body


def read_numbers(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse whole numbers that are written with a fraction."""
    body = read_all(answer)
    if not isinstance(body["created"], int):
        raise TypeError(body["created"])
    return body


def read_members(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse tasks without a model."""
    body = read_all(answer)
    body["model"].upper()
    return body


def read_ids(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse ids of another form."""
    body = read_all(answer)
    if not _ID.fullmatch(body["id"]):
        raise ValueError(body["id"])
    return body


def read_headers(answer: httpx2.Response) -> dict[str, Any]:
    """Refuse heads in which a header stands twice."""
    names = [name for name, _ in answer.headers.multi_items()]
    if len(set(names)) < len(names):
        raise ValueError(names)
    return read_all(answer)


def _case(rule: str, read: Reader, plan: str) -> Case:
    return Case(rule=rule, broken=following(read), control=following(read_all), options={"plans": (plan,)})


CASES: Final = (
    _case("I1", read_known, "body set.trace_id=4bf92f35 on=query nth=3"),
    _case("I2", read_types, "body set.type=hologram on=query nth=3"),
    _case("I3", read_numbers, "body set.created=1757169743.5 on=query nth=3"),
    _case("I4", read_members, "body set.model=null on=query nth=3"),
    _case("I5", read_ids, "body set.id=task-unified-1757169743-7cvnl5zw7cvnl5zw on=query nth=3"),
    _case("I6", read_headers, 'head headers.x-trace=["1","2"] on=query nth=3'),
)
"""Each rule with a client that breaks it, and one that differs in how it reads."""
