"""Clients that ask for tasks: B1 to B11."""

import time
from functools import partial
from typing import Final, Literal
from uuid import uuid4

import httpx2

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.judging import Case
from tests.clients.small import BODY, TASKS, connect, create, follow, poll
from tests.serving import CREATE

_CONFLICT: Final = 409
_BUSY: Final = 429


def click_once(evolink: Evolink) -> None:
    """Ask for a video, and wait for it."""
    with connect(evolink) as client:
        follow(client, create(client)["id"])


def click_twice(evolink: Evolink) -> None:
    """Ask for a video twice, and wait for the one that was asked for last."""
    with connect(evolink) as client:
        create(client)
        follow(client, create(client)["id"])


def _retry(evolink: Evolink, keys: tuple[str | None, str | None]) -> None:
    """Ask for a video, and once more if that goes wrong, whatever it is."""
    with connect(evolink) as client:
        try:
            task = create(client, key=keys[0])
        except (httpx2.HTTPError, ValueError):
            time.sleep(2)
            task = create(client, key=keys[1])
        follow(client, task["id"])


def retry_plainly(evolink: Evolink) -> None:
    """Retry without a key."""
    _retry(evolink, (None, None))


def retry_with_key(evolink: Evolink) -> None:
    """Retry with the key of the first attempt."""
    key = str(uuid4())
    _retry(evolink, (key, key))


def retry_with_new_key(evolink: Evolink) -> None:
    """Retry with another key."""
    _retry(evolink, (str(uuid4()), str(uuid4())))


def _meet_conflict(evolink: Evolink, *, looks: bool) -> None:
    """Retry with the key, and be told that it has been used."""
    key = str(uuid4())
    with connect(evolink) as client:
        for wait in (0, 1):
            time.sleep(wait)
            try:
                create(client, key=key)
            except httpx2.HTTPError:
                continue
        found = client.get(TASKS).json()["data"][0] if looks else create(client, key=str(uuid4()))
        follow(client, found["id"])


def ask_anew(evolink: Evolink) -> None:
    """Take a new key when the old one has been used."""
    _meet_conflict(evolink, looks=False)


def look_for_task(evolink: Evolink) -> None:
    """Look for the task when the key has been used."""
    _meet_conflict(evolink, looks=True)


def _insist(evolink: Evolink, times: int) -> None:
    """Ask so often at most, and wait each time as long as the server says."""
    with connect(evolink) as client:
        for _ in range(times):
            answer = client.post(CREATE, json=BODY)
            if answer.status_code != _BUSY:
                return
            time.sleep(float(answer.headers["Retry-After"]))


def insist(evolink: Evolink) -> None:
    """Ask until the server has time."""
    _insist(evolink, 20)


def give_up(evolink: Evolink) -> None:
    """Ask five times."""
    _insist(evolink, 5)


def ask_once(evolink: Evolink) -> None:
    """Ask for a video, and end by the error that comes."""
    with connect(evolink) as client:
        create(client)


def _make_two(evolink: Evolink, *, crossed: bool) -> list[Reported]:
    """Ask for two videos, and say which task became of which."""
    prompts = ("A cat", "A dog")
    with connect(evolink) as client:
        tasks = [create(client, prompt=prompt)["id"] for prompt in prompts]
        for task in tasks:
            follow(client, task)
    told = reversed(tasks) if crossed else tasks
    return [
        Reported(outcome="completed", task=task, wanted={**BODY, "prompt": prompt})
        for prompt, task in zip(prompts, told, strict=True)
    ]


def make_two(evolink: Evolink) -> list[Reported]:
    """Give everybody their own video."""
    return _make_two(evolink, crossed=False)


def mix_two_up(evolink: Evolink) -> list[Reported]:
    """Give each of two the other's video."""
    return _make_two(evolink, crossed=True)


def _report_loss(outcome: Literal["failed", "error"], evolink: Evolink) -> list[Reported]:
    """Ask for a video once, and tell what came of it when no answer comes."""
    with connect(evolink) as client:
        try:
            create(client)
        except httpx2.HTTPError as error:
            return [Reported(outcome=outcome, error=type(error).__name__)]
    return []


def poll_anything(evolink: Evolink) -> None:
    """Ask for a video, and poll whatever came of that."""
    with connect(evolink) as client:
        poll(client, client.post(CREATE, json=BODY).json().get("id"))


CASES: Final = (
    Case(rule="B1", broken=click_twice, control=click_once),
    Case(
        rule="B2", broken=retry_plainly, control=retry_with_key, options={"plans": ("body truncated on=create nth=1",)}
    ),
    Case(rule="B3", broken=retry_plainly, control=retry_with_key, options={"scenario": "lost-response"}),
    Case(rule="B4", broken=retry_with_new_key, control=retry_with_key, options={"scenario": "lost-response"}),
    Case(
        rule="B5",
        broken=ask_anew,
        control=look_for_task,
        options={"plans": ("disconnect on=create nth=1", f"answer {_CONFLICT} on=create nth=2")},
        grade=Grade.WARN,
    ),
    Case(
        rule="B6",
        broken=insist,
        control=give_up,
        options={"plans": (f"answer {_BUSY} retry-after=7 on=create times=9",)},
        grade=Grade.WARN,
    ),
    Case(rule="B7", broken=retry_plainly, control=ask_once, options={"plans": ("answer 400 on=create nth=1",)}),
    Case(rule="B9", broken=mix_two_up, control=make_two),
    Case(
        rule="B10",
        broken=partial(_report_loss, "failed"),
        control=partial(_report_loss, "error"),
        options={"scenario": "lost-response"},
        grade=Grade.WARN,
    ),
    Case(rule="B11", broken=poll_anything, control=ask_once, options={"plans": ("answer 402 on=create",)}),
)
"""A broken client for each rule that one can show here, with its control."""
