"""Clients that receive callbacks wrongly, and clients that do it well; what they are sent and answer is kept."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

import httpx2
from starlette.types import Receive, Scope, Send

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.future import KNOWN
from tests.clients.judging import Case
from tests.clients.small import ENDS

HOOK: Final = "https://hooks.example.com/cat"
_LONG: Final = 900
_REQUEST: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A cat dances",
    "video_urls": ["https://example.com/cat.mp4"],
    "callback_url": HOOK,
}

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
"""A receiver's answer: status, headers and body."""


class Shop:
    """What a client knows: its tasks with their states, links to results, and what it says came of it."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.links: dict[str, list[str]] = {}
        self.heard = 0
        self.reports: list[Reported] = []


Receiver: TypeAlias = Callable[[Shop, bytes], Answer]
Work: TypeAlias = Callable[[Shop, httpx2.Client], None]


class Client:
    """A client with a receiver. Each run is another shop."""

    def __init__(self, receive: Receiver, work: Work) -> None:
        self._receive = receive
        self._work = work

    def __call__(self, evolink: Evolink) -> list[Reported]:
        """Receive callbacks, and work."""
        shop = Shop()

        async def app(_: Scope, receive: Receive, send: Send) -> None:
            message = await receive()
            body: bytes = message["body"]
            while message["more_body"]:
                message = await receive()
                body += message["body"]
            answer = self._answer(shop, body)
            headers = [(name.encode(), value.encode()) for name, value in answer[1].items()]
            await send({"type": "http.response.start", "status": answer[0], "headers": headers})
            await send({"type": "http.response.body", "body": answer[2]})

        evolink.deliver_to(app)
        headers = {"Authorization": f"Bearer {evolink.key}", "User-Agent": "cats/1.0"}
        with httpx2.Client(base_url=evolink.url, headers=headers) as api:
            self._work(shop, api)
        return shop.reports

    def _answer(self, shop: Shop, body: bytes) -> Answer:
        """Answer as a server does: 500 if the receiver fails."""
        shop.heard += 1
        try:
            return self._receive(shop, body)
        except (KeyError, ValueError):
            return 500, {}, b""


def take(shop: Shop, body: bytes) -> Answer:
    """Take a callback about a task of one's own, unless its end is known; another one is not found."""
    told = json.loads(body)
    if told["id"] not in shop.states:
        return 404, {}, b""
    if shop.states[told["id"]] not in ENDS:
        shop.states[told["id"]] = told["status"]
        shop.links[told["id"]] = told.get("results", [])
        shop.reports.append(Reported(outcome="completed", task=told["id"]))
    return 204, {}, b""


def refuse(_: Shop, __: bytes) -> Answer:
    """Want a signature."""
    return 401, {}, b""


def take_anything(shop: Shop, body: bytes) -> Answer:
    """Say that it is fine before looking at it."""
    with suppress(ValueError):
        take(shop, body)
    return 204, {}, b""


def take_each(shop: Shop, body: bytes) -> Answer:
    """Do the work again each time."""
    shop.states[json.loads(body)["id"]] = "processing"
    return take(shop, body)


def take_last(shop: Shop, body: bytes) -> Answer:
    """Believe what was told last."""
    told = json.loads(body)
    shop.states[told["id"]] = told["status"]
    return 204, {}, b""


def take_first(shop: Shop, body: bytes) -> Answer:
    """Believe an end, and nothing that comes after it."""
    told = json.loads(body)
    if shop.states[told["id"]] == "pending":
        shop.states[told["id"]] = told["status"]
    return 204, {}, b""


def take_known(shop: Shop, body: bytes) -> Answer:
    """Refuse members that are not known."""
    if json.loads(body).keys() - KNOWN:
        return 422, {}, b""
    return take(shop, body)


def take_without_looking(shop: Shop, body: bytes) -> Answer:
    """Look a task up that may not be there."""
    told = json.loads(body)
    shop.states[told["id"]].upper()
    return take(shop, body)


def redirect(_: Shop, __: bytes) -> Answer:
    """Lead to the same path with a slash."""
    return 307, {"location": f"{HOOK}/"}, b""


def be_down(_: Shop, __: bytes) -> Answer:
    """Be in trouble."""
    return 503, {}, b""


def fail_loudly(shop: Shop, body: bytes) -> Answer:
    """Show what went wrong, the first time."""
    return (500, {"content-type": "text/plain"}, b"cannot handle " + body) if shop.heard == 1 else take(shop, body)


def fail_quietly(shop: Shop, body: bytes) -> Answer:
    """Say that something went wrong, the first time."""
    return (500, {"content-type": "text/plain"}, b"sorry") if shop.heard == 1 else take(shop, body)


def create(shop: Shop, api: httpx2.Client) -> str:
    """Ask for a task."""
    task: str = api.post("/v1/videos/generations", json=_REQUEST).json()["id"]
    shop.states[task] = "pending"
    return task


def ask(shop: Shop, api: httpx2.Client, task: str) -> None:
    """Ask for a task's state."""
    told = api.get(f"/v1/tasks/{task}").json()
    shop.states[task], shop.links[task] = told["status"], told.get("results", [])


def wait_and_ask(shop: Shop, api: httpx2.Client) -> None:
    """Wait for the callback, and ask for what is still open then."""
    task = create(shop, api)
    time.sleep(_LONG)
    if shop.states[task] != "completed":
        ask(shop, api, task)


def wait_only(shop: Shop, api: httpx2.Client) -> None:
    """Wait for the callback and nothing else, then go on to something else."""
    create(shop, api)
    time.sleep(_LONG)
    api.get("/v1/credits")


def wait_and_report(shop: Shop, api: httpx2.Client) -> None:
    """Wait for the callback, and say what came of it."""
    task = create(shop, api)
    time.sleep(_LONG)
    shop.reports[:] = [Reported(outcome="completed" if shop.states[task] == "completed" else "timeout", task=task)]
    api.get("/v1/credits")


def fetch_unasked(shop: Shop, api: httpx2.Client) -> None:
    """Fetch what the callback names."""
    task = create(shop, api)
    time.sleep(_LONG)
    httpx2.get(shop.links[task][0])


def ask_and_fetch(shop: Shop, api: httpx2.Client) -> None:
    """Fetch what the API names."""
    task = create(shop, api)
    time.sleep(_LONG)
    ask(shop, api, task)
    httpx2.get(shop.links[task][0])


def fetch_twice(shop: Shop, api: httpx2.Client) -> None:
    """Fetch the result for the callback and for the poll."""
    ask_and_fetch(shop, api)
    httpx2.get(next(iter(shop.links.values()))[0])


def _case(rule: str, broken: Client, control: Client, *plans: str, grade: Grade = Grade.FAIL) -> Case:
    return Case(rule=rule, broken=broken, control=control, options={"plans": plans}, grade=grade)


CASES: Final = (
    _case("E1", Client(refuse, wait_and_ask), Client(take, wait_and_ask)),
    _case("E2", Client(take_anything, wait_only), Client(take, wait_only), "body truncated on=callback nth=1"),
    _case("E3", Client(take_each, wait_and_ask), Client(take, wait_and_ask), "callback twice"),
    _case("E4", Client(take_last, wait_and_report), Client(take_first, wait_and_report), "callback stale"),
    _case("E5", Client(take_known, wait_and_ask), Client(take, wait_and_ask), "callback extra-fields"),
    _case("E6", Client(take, fetch_unasked), Client(take, ask_and_fetch)),
    _case(
        "E7",
        Client(take_without_looking, wait_and_ask),
        Client(take, wait_and_ask),
        "callback other-task",
        grade=Grade.WARN,
    ),
    _case("E9", Client(redirect, wait_and_ask), Client(take, wait_and_ask), grade=Grade.WARN),
    _case("E10", Client(take, wait_only), Client(take, wait_and_ask), "callback never"),
    _case("E11", Client(take, fetch_twice), Client(take, ask_and_fetch), grade=Grade.WARN),
    _case("E12", Client(be_down, wait_only), Client(be_down, wait_and_ask)),
    _case("E14", Client(fail_loudly, wait_and_ask), Client(fail_quietly, wait_and_ask)),
)
"""Each rule that can be seen of a live client; an app in a test takes no time, so not E8 and E13."""
