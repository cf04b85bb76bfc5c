"""Clients that follow tasks: C1 to C18."""

import time
from functools import partial
from typing import Any, Final

import httpx2

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.judging import Case
from tests.clients.small import ENDS, TASKS, Task, connect, create, follow, poll

_LONG: Final = 600.0
_OVER: Final = "answer 403 on=query after=90000"
"""What ends a client that would poll for ever."""


def _make(evolink: Evolink, **manner: Any) -> Task:
    """Ask for a video, and follow it in some manner."""
    with connect(evolink) as client:
        return follow(client, create(client)["id"], **manner)


def make_video(evolink: Evolink) -> None:
    """Ask for a video, and wait for its end."""
    _make(evolink)


def poll_seldom(evolink: Evolink) -> None:
    """Wait for an hour, and poll every ten minutes."""
    _make(evolink, every=_LONG)


def poll_for_ever(evolink: Evolink) -> None:
    """Wait without a deadline."""
    _make(evolink, every=_LONG, deadline=float("inf"))


def poll_in_capitals(evolink: Evolink) -> None:
    """Take ids for the same whatever their letters."""
    with connect(evolink) as client:
        follow(client, create(client)["id"].upper())


def know_no_cancelled(evolink: Evolink) -> None:
    """Take two statuses for ends, and cancelled for none."""
    _make(evolink, ended=lambda task: task["status"] in ENDS[:2])


def stop_at_anything(evolink: Evolink) -> None:
    """Take every unknown status for an end."""
    _make(evolink, ended=lambda task: task["status"] not in {"pending", "processing"})


def _follow_hints(evolink: Evolink, *, reads: bool) -> None:
    with connect(evolink) as client:
        task, wait = create(client)["id"], 10.0
        while True:
            time.sleep(wait)
            answer = client.get(f"{TASKS}/{task}")
            wait = float(answer.headers["Retry-After"]) if reads else wait
            if answer.json()["status"] in ENDS:
                return


def follow_hints(evolink: Evolink) -> None:
    """Come back when the answer says."""
    _follow_hints(evolink, reads=True)


def pass_over_hints(evolink: Evolink) -> None:
    """Come back every ten seconds, whatever the answer says."""
    _follow_hints(evolink, reads=False)


def hurry(evolink: Evolink) -> None:
    """Poll twice a second."""
    _make(evolink, every=0.5)


def keep_pace(evolink: Evolink) -> None:
    """Poll every four seconds, however long it takes."""
    _make(evolink, every=4.0)


def slow_down(evolink: Evolink) -> None:
    """Poll ever more rarely, up to every fifteen seconds."""
    with connect(evolink) as client:
        task, wait = create(client)["id"], 4.0
        while True:
            time.sleep(wait)
            if poll(client, task)["status"] in ENDS:
                return
            wait = min(wait * 1.2, 15.0)


def persevere(evolink: Evolink) -> None:
    """Poll on whatever a poll fails with."""
    with connect(evolink) as client:
        task = create(client)["id"]
        while True:
            time.sleep(10)
            try:
                shown = poll(client, task)
            except (httpx2.HTTPError, ValueError):
                continue
            if shown["status"] in ENDS:
                return


def trust_progress(evolink: Evolink) -> None:
    """Take progress that falls for a failure."""
    seen = [0]

    def fell(task: Task) -> bool:
        seen.append(task["progress"])
        return task["status"] in ENDS or seen[-1] < seen[-2]

    _make(evolink, ended=fell)


def _report_completion(evolink: Evolink, *, checks: bool) -> list[Reported]:
    task = _make(evolink)
    missing = checks and not task.get("results")
    return [Reported(outcome="error" if missing else "completed", task=task["id"], error="no results")]


def check_results(evolink: Evolink) -> list[Reported]:
    """Report an error if there is no result."""
    return _report_completion(evolink, checks=True)


def take_completion_for_results(evolink: Evolink) -> list[Reported]:
    """Report every completed task as a success."""
    return _report_completion(evolink, checks=False)


def ask_until_it_works(evolink: Evolink) -> None:
    """Ask for the video again when the task has failed, three times in all."""
    with connect(evolink) as client:
        for _ in range(3):
            if follow(client, create(client)["id"])["status"] == "completed":
                return


def poll_at_once(evolink: Evolink) -> None:
    """Poll before the first sleep."""
    with connect(evolink) as client:
        task = create(client)["id"]
        poll(client, task)
        follow(client, task)


_unlike = partial(Case, grade=Grade.WARN)

CASES: Final = (
    Case(rule="C1", broken=poll_in_capitals, control=make_video),
    Case(rule="C2", broken=know_no_cancelled, control=make_video, options={"scenario": "cancelled"}),
    Case(rule="C3", broken=stop_at_anything, control=make_video, options={"scenario": "unknown-status"}),
    Case(
        rule="C4",
        broken=poll_for_ever,
        control=poll_seldom,
        options={"plans": ("task shows.status=paused during=processing stuck=42%", _OVER)},
    ),
    _unlike(
        rule="C5",
        broken=pass_over_hints,
        control=follow_hints,
        options={"plans": ("head headers.retry-after=20 on=query",)},
    ),
    _unlike(rule="C6", broken=hurry, control=make_video),
    _unlike(rule="C7", broken=keep_pace, control=slow_down, options={"plans": ("task slower=10 estimate=5",)}),
    Case(rule="C8", broken=poll_for_ever, control=poll_seldom, options={"plans": ("task stuck=42%", _OVER)}),
    Case(rule="C9", broken=make_video, control=persevere, options={"plans": ("answer 503 on=query nth=2-3",)}),
    Case(rule="C13", broken=trust_progress, control=make_video, options={"scenario": "jumping-progress"}),
    _unlike(rule="C14", broken=make_video, control=persevere, options={"scenario": "not-found-yet"}),
    Case(
        rule="C15",
        broken=take_completion_for_results,
        control=check_results,
        options={"scenario": "missing-results"},
    ),
    Case(rule="C16", broken=ask_until_it_works, control=make_video, options={"scenario": "moderated"}),
    _unlike(rule="C18", broken=poll_at_once, control=make_video),
)
"""A broken client for each rule that one can show here, with its control."""
