"""Servers with a fault: our simulator, and around it something that changes what is asked or answered.

def lose_progress(asked: Asked, answered: Answered) -> Answered:
    return with_json(answered, {**answered.json, "progress": 0}) if asked.is_query else answered

assert catch(answers=lose_progress, only=["life"]).failed == {"L6"}
"""

import json
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.probes import PROBES, RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.own import MakeApp, own_simulator
from contracts.probes.runner import Course, run
from contracts.probes.verdicts import judge_records
from contracts.recording.server import ServerRecord
from contracts.verdict import Grade, Verdict
from mock_server.app import create_app

_OWN = "/_mock/"


class Asked(msgspec.Struct, frozen=True):
    """A request; the names of its headers are in small letters."""

    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def is_create(self) -> bool:
        """Whether it asks for a task."""
        return (self.method, self.path) == ("POST", "/v1/videos/generations")

    @property
    def is_query(self) -> bool:
        """Whether it asks for one task."""
        return self.method == "GET" and self.path.startswith("/v1/tasks/")


class Answered(msgspec.Struct, frozen=True):
    """An answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


class Caught(msgspec.Struct, frozen=True):
    """What a run found: its course, and the verdict."""

    course: Course
    verdict: Verdict[ServerRecord]

    @property
    def failed(self) -> set[str]:
        """The ids of the rules that were broken, whether or not they bind."""
        return {outcome.rule.id for outcome in self.verdict.of(Grade.FAIL, Grade.WARN)}


ChangeAnswer = Callable[[Asked, Answered], Answered]
ChangeRequest = Callable[[Asked], Asked]


def with_json(answered: Answered, body: object, status: int | None = None) -> Answered:
    """Return an answer with another body, and another status if one is given."""
    content = json.dumps(body).encode()
    kept = tuple(pair for pair in answered.headers if pair[0] not in {b"content-length", b"content-type"})
    headers = (*kept, (b"content-type", b"application/json"), (b"content-length", str(len(content)).encode()))
    return Answered(status or answered.status, headers, content)


def broken(*, answers: ChangeAnswer | None = None, requests: ChangeRequest | None = None) -> MakeApp:
    """Return what makes a simulator with a fault; its control API has none."""

    def make(*places: Any, **names: Any) -> Starlette:
        app = create_app(*places, **names)
        app.add_middleware(_Altered, answers=answers, requests=requests)
        return app

    return make


def catch(
    *, answers: ChangeAnswer | None = None, requests: ChangeRequest | None = None, only: Collection[str] = ()
) -> Caught:
    """Let probes ask a simulator with a fault, in this process, and judge it; without `only` all that take no time."""
    with own_simulator(live=False, make=broken(answers=answers, requests=requests)) as target:
        skip = () if "patience" in only else ("patience",)
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=None, only=only, skip=skip)
        course = run(target, plan, tell=lambda _: None)
    return Caught(course, judge_records(plan.rules, course.records))


class _Altered:
    """Lets another app answer, and changes what it is asked and what it answers, both as a whole."""

    def __init__(self, app: ASGIApp, answers: ChangeAnswer | None, requests: ChangeRequest | None) -> None:
        self._app = app
        self._answers = answers
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OWN):
            await self._app(scope, receive, send)
            return
        asked = Asked(scope["method"], scope["path"], tuple(scope["headers"]), await _read(receive))
        if self._requests is not None:
            asked = self._requests(asked)
        said = {
            "method": asked.method,
            "path": asked.path,
            "raw_path": asked.path.encode(),
            "headers": [*asked.headers],
        }
        waiting = [{"type": "http.request", "body": asked.body, "more_body": False}]
        sent: list[Message] = []

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._app({**scope, **said}, again, keep)
        await self._pass_on(asked, sent, send)

    async def _pass_on(self, asked: Asked, sent: list[Message], send: Send) -> None:
        body = b"".join(message.get("body", b"") for message in sent[1:])
        answered = Answered(sent[0]["status"], tuple(sent[0]["headers"]), body)
        if self._answers is not None:
            answered = self._answers(asked, answered)
        await send({"type": "http.response.start", "status": answered.status, "headers": [*answered.headers]})
        await send({"type": "http.response.body", "body": answered.body})


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body
