"""Answers that are given instead of serving, and heads that are changed."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET

from mock_server.core.error_bodies import PublishedError, error_body
from mock_server.core.errors import ApiError, InternalError, InvalidRequest
from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.forms import Choice, Json, Line, Text, Whole
from mock_server.core.plans.match import API
from mock_server.core.plans.plan import BasePlan
from mock_server.core.plans.reply import HEADER_NAMES, DateIn, HeaderForm, Reply, header_text, header_texts
from mock_server.core.types import Instant

Phase: TypeAlias = Literal["before", "after"]
"""Whether something takes the place of the real work, or comes after it."""

HEADERS: Final = Members(Several(HeaderForm()), *HEADER_NAMES)
"""The form of a set of headers: to each name one value or several, each sent in a header of its own."""

_FIRST_ERROR: Final = 400


class AnswerPlan(BasePlan, frozen=True, tag="answer"):
    """The request is answered so, whatever the truth is.

    Without a body an error has the body that the operation's page publishes for the status, and any other answer none.
    With the phase `after` the real work is done first: a task comes into being and is paid for, and the client never
    hears of it.
    """

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download")
    leading: ClassVar[tuple[str, ...]] = ("status",)

    status: Annotated[int, Whole(100, 599), "the status"]
    json: Annotated[Any, Json(), "the body, as JSON"] = UNSET
    text: Annotated[str | None, Text(1_000_000, least=0), "the body, as text"] = None
    content_type: Annotated[
        str | None, Line(200, latin=True), "the Content-Type; that of JSON or of plain text if left out"
    ] = None
    retry_after: Annotated[
        tuple[str | DateIn, ...], Several(HeaderForm()), "Retry-After: any text or number, or a date; of several, each"
    ] = ()
    headers: Annotated[Mapping[str, tuple[str | DateIn, ...]], HEADERS, "more headers"] = {}
    phase: Annotated[Phase, Choice(("before", "after")), "whether it comes before the real work or after it"] = "before"

    def broken(self) -> str | None:
        """Refuse two bodies."""
        return None if self.json is UNSET or self.text is None else "json and text are both given; a body is one"


class HeadPlan(BasePlan, frozen=True, tag="head"):
    """The head of the true answer is changed: its status, or headers set or left out; the body stays."""

    operations: ClassVar[tuple[str, ...]] = (*API, "result", "download", "callback")

    status: Annotated[int | None, Whole(100, 599), "the status instead of the true one"] = None
    headers: Annotated[Mapping[str, tuple[str | DateIn, ...]], HEADERS, "headers in place of the true ones"] = {}
    without: Annotated[tuple[str, ...], Several(Text(100)), "the names of headers that are left out"] = ()

    def slots(self) -> frozenset[str]:
        """Return the parts of the head that it changes."""
        names = {f"head {name.lower()}" for name in (*self.headers, *self.without)}
        return frozenset(names if self.status is None else {"head status", *names})

    def broken(self) -> str | None:
        """Refuse a plan that changes nothing."""
        if self.status is not None and self.match.operation == ("callback",):
            return "a callback is a request and has no status; an answer has"
        return None if self.slots() else "it changes nothing; status, headers or without is needed"


def render_answer(plan: AnswerPlan, published: Mapping[int, PublishedError], *, wall: Instant) -> Reply:
    """Make the answer that a plan wants; `published` are the errors of the operation's page, `wall` is real time."""
    headers = header_texts(plan.headers, wall=wall)
    if plan.retry_after:
        headers["retry-after"] = tuple(header_text(value, wall=wall) for value in plan.retry_after)
    if plan.text is not None:
        kind, body = "text/plain; charset=utf-8", plan.text.encode()
    elif plan.json is not UNSET:
        kind, body = "application/json", msgspec.json.encode(plan.json)
    elif plan.status >= _FIRST_ERROR:
        kind, body = "application/json", msgspec.json.encode(published_body(plan.status, published))
    else:
        return Reply(plan.status, (), b"").with_headers(headers)
    return Reply(plan.status, (("content-type", plan.content_type or kind),), body).with_headers(headers)


def change_head(reply: Reply, plans: tuple[HeadPlan, ...], *, wall: Instant) -> Reply:
    """Change the head of an answer; `wall` is real time."""
    for plan in plans:
        kept = tuple(pair for pair in reply.headers if pair[0] not in {name.lower() for name in plan.without})
        status = reply.status if plan.status is None else plan.status
        reply = msgspec.structs.replace(reply, status=status, headers=kept)
        reply = reply.with_headers(header_texts(plan.headers, wall=wall))
    return reply


def published_body(status: int, published: Mapping[int, PublishedError]) -> dict[str, Any]:
    """Return the body of an error: in the words of the operation's page, else of the API, else in plain ones."""
    known = [error for error in _errors(ApiError) if error.status == status]
    example = published.get(status)
    if example is not None:
        same = next((error for error in known if error.code == example.code), None)
        return _as_shown(example) if same is None else error_body(same(), published)
    if known:
        return error_body(known[0](), {})
    kind = InternalError.type if status >= InternalError.status else InvalidRequest.type
    return {"error": {"code": f"http_{status}", "message": f"HTTP status {status}", "type": kind}}


def _errors(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    for error in kind.__subclasses__():
        yield error
        yield from _errors(error)


def _as_shown(example: PublishedError) -> dict[str, Any]:
    error: dict[str, Any] = {"code": example.code, "message": example.message, "type": example.type}
    if example.fallback_suggestion is not None:
        error["fallback_suggestion"] = example.fallback_suggestion
    return {"error": error}
