"""Clients that keep answers, and that keep tasks apart: C17 and J7."""

import time
from functools import partial
from typing import Final

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.judging import Case
from tests.clients.small import ENDS, TASKS, connect, create, follow

_TASKS: Final = 10


def ask_again(evolink: Evolink, *, keeps: bool) -> None:
    """Poll a task to its end, and ask whether the answer that was kept has changed, if one is kept."""
    with connect(evolink) as client:
        task, headers = create(client)["id"], dict[str, str]()
        while True:
            time.sleep(10)
            answer = client.get(f"{TASKS}/{task}", headers=headers)
            if answer.json()["status"] in ENDS:
                return
            headers = {"If-None-Match": answer.headers["ETag"]} if keeps else {}


def make_many(evolink: Evolink, *, shares: bool) -> list[Reported]:
    """Make ten videos side by side, and tell of each; who shares a variable tells of the last one each time."""
    with connect(evolink) as client:
        tasks = [create(client, prompt=f"Video {number}")["id"] for number in range(_TASKS)]
        for task in tasks:
            follow(client, task)
    return [Reported(outcome="completed", task=tasks[-1] if shares else task) for task in tasks]


CASES: Final = (
    Case(
        rule="C17",
        broken=partial(ask_again, keeps=True),
        control=partial(ask_again, keeps=False),
        options={"plans": ('head headers.cache-control=no-store headers.etag="1" on=query',)},
    ),
    Case(
        rule="J7",
        broken=partial(make_many, shares=True),
        control=partial(make_many, shares=False),
        grade=Grade.WARN,
    ),
)
"""A broken client for each rule, with its control."""
