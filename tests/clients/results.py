"""Clients that fetch results: each breaks one rule, or differs in that."""

from functools import partial
from time import sleep
from typing import Final

import httpx2

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.asking import complete, fetch
from tests.clients.judging import Case
from tests.clients.small import connect

DAY: Final = 24 * 3600.0


def fetch_after(evolink: Evolink, *, seconds: float) -> None:
    """Fetch a result so long after it is there."""
    with connect(evolink) as client:
        _, link = complete(client)
        sleep(seconds)
        fetch(link)


def insist(evolink: Evolink, *, times: int) -> None:
    """Ask so often for a link that leads nowhere."""
    with connect(evolink) as client:
        _, link = complete(client)
        for _ in range(times):
            fetch(link)
            sleep(2)


def take_what_came(evolink: Evolink, *, attempts: int) -> list[Reported]:
    """Fetch a result until it is whole, or so often, and take whatever came."""
    with connect(evolink) as client:
        task, link = complete(client)
        for _ in range(attempts):
            try:
                fetch(link)
                break
            except httpx2.RemoteProtocolError:
                sleep(1)
    return [Reported(outcome="completed", task=task)]


def save_two(evolink: Evolink, *, names: tuple[str, str]) -> list[Reported]:
    """Put the results of two tasks into files of these names."""
    reported = []
    with connect(evolink) as client:
        for prompt, name in zip(("A cat that dances", "A dog that swims"), names, strict=True):
            task, link = complete(client, prompt=prompt)
            fetch(link)
            reported.append(Reported(outcome="completed", task=task, path=name))
    return reported


def take_pages(evolink: Evolink, *, attempts: int) -> list[Reported]:
    """Fetch a result until it is a video, or so often, and take whatever came."""
    with connect(evolink) as client:
        task, link = complete(client)
        for _ in range(attempts):
            if fetch(link).headers["content-type"] == "video/mp4":
                break
            sleep(1)
    return [Reported(outcome="completed", task=task)]


def resume(evolink: Evolink, *, again: str | None) -> None:
    """Ask for the rest of a file, and if there is none, ask for this."""
    with connect(evolink) as client:
        _, link = complete(client)
        fetch(link, range="bytes=16040-")
        fetch(link, **({} if again is None else {"range": again}))


CASES: Final = (
    Case(rule="F1", broken=partial(fetch_after, seconds=DAY + 1), control=partial(fetch_after, seconds=DAY - 600)),
    Case(
        rule="F2",
        broken=partial(insist, times=8),
        control=partial(insist, times=2),
        options={"plans": ("link status:404",)},
    ),
    Case(
        rule="F3",
        broken=partial(take_what_came, attempts=1),
        control=partial(take_what_came, attempts=2),
        options={"plans": ("disconnect in-body percent=50 on=result nth=1",)},
    ),
    Case(
        rule="F4",
        broken=partial(save_two, names=("video.mp4", "video.mp4")),
        control=partial(save_two, names=("cat.mp4", "dog.mp4")),
    ),
    Case(
        rule="F6",
        broken=partial(take_pages, attempts=1),
        control=partial(take_pages, attempts=2),
        options={"plans": ('answer 200 text="<html>Log in" content-type=text/html on=result times=1',)},
        grade=Grade.WARN,
    ),
    Case(
        rule="F7",
        broken=partial(resume, again="bytes=16040-"),
        control=partial(resume, again=None),
        grade=Grade.WARN,
    ),
)
"""Each rule on results that a client can break in a simulator."""
