"""What a test says came of it, as the client says it: the rules that go by that are put to the test."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any, Final

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts import Evolink
from contracts.recording.outcomes import OutcomeError
from contracts.verdict import Grade
from tests.plugin.conftest import Run
from tests.plugin.shop import BODY, CREATE


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What clients say of the same: one wrongly, one rightly, each in one report or more.

    `plans` are what happens to them, `use` is what they do, make a video if it is left out; it returns the ids of the
    tasks, which the reports have in turn.
    """

    rule: str
    broken: tuple[dict[str, Any], ...]
    control: tuple[dict[str, Any], ...]
    plans: tuple[str, ...] = ()
    use: "Callable[[Evolink], tuple[str, ...]] | None" = None
    grade: Grade = Grade.FAIL


def connect(evolink: Evolink) -> httpx2.Client:
    """Return a client that has the address and the key."""
    headers = {"authorization": f"Bearer {evolink.key}", "user-agent": "shop/1.0"}
    return httpx2.Client(base_url=evolink.url, headers=headers)


def make_video(evolink: Evolink, *, times: int = 1, fetches: bool = False, hook: str | None = None) -> tuple[str, ...]:
    """Make videos, wait for each for twenty minutes at most, and fetch them if that is wanted."""
    tasks = []
    for number in range(times):
        with connect(evolink) as client:
            called = {} if hook is None else {"callback_url": hook}
            wish = {**BODY, "prompt": f"Video {number}", "duration": 5, **called}
            tasks.append(client.post(CREATE, json=wish).json()["id"])
            for _ in range(60):
                sleep(20)
                shown = client.get(f"/v1/tasks/{tasks[-1]}").json()
                if shown["status"] in {"completed", "failed"}:
                    break
        if fetches:
            with suppress(httpx2.TransportError):
                httpx2.get(shown["results"][0])
    return tuple(tasks)


def make_video_called_back(evolink: Evolink) -> tuple[str, ...]:
    """Make a video and take its callbacks."""

    async def take(_: Request) -> Response:
        return Response(status_code=204)

    evolink.deliver_to(Starlette(routes=[Route("/done", take, methods=["POST"])]))
    return make_video(evolink, hook="https://hooks.example.com/done")


def be_refused(evolink: Evolink) -> tuple[str, ...]:
    """Ask for two videos in vain."""
    with connect(evolink) as client:
        for wish in WISHES:
            with suppress(httpx2.TransportError):
                client.post(CREATE, json=wish)
    return ()


def ask_in_vain(evolink: Evolink) -> tuple[str, ...]:
    """Ask for a video once, and get no answer."""
    with connect(evolink) as client, suppress(httpx2.TransportError):
        client.post(CREATE, json=BODY)
    return ()


WISHES: Final = tuple({**BODY, "prompt": f"Video {number}"} for number in range(2))


def _refused(*classes: str) -> tuple[dict[str, Any], ...]:
    """Return reports of errors of these classes, one for each wish."""
    told = zip(classes, WISHES, strict=True)
    return tuple({"outcome": "error", "error": name, "wanted": wish} for name, wish in told)


def _made(**fields: Any) -> tuple[dict[str, Any], ...]:
    return ({"outcome": "completed", **fields},)


def _failed(**fields: Any) -> tuple[dict[str, Any], ...]:
    return ({"outcome": "failed", **fields},)


fetch: Final = partial(make_video, fetches=True)
CASES: Final = (
    Said(rule="B9", broken=_made(wanted={"duration": 9}), control=_made(wanted={"duration": 5})),
    Said(
        rule="B10",
        use=ask_in_vain,
        plans=("disconnect on=create",),
        broken=_failed(),
        control=({"outcome": "error"},),
        grade=Grade.WARN,
    ),
    Said(
        rule="C4",
        plans=("task shows.status=paused during=processing stuck=42%",),
        broken=({"outcome": "timeout"},),
        control=({"outcome": "timeout", "message": "it is paused"},),
    ),
    Said(rule="C8", plans=("task stuck=42%",), broken=_failed(), control=({"outcome": "timeout"},)),
    Said(rule="C15", plans=("task results=missing",), broken=_made(), control=({"outcome": "error"},)),
    Said(
        rule="C16",
        plans=("fail=content_policy_violation at=60%",),
        broken=_failed(error=RuntimeError("sorry")),
        control=_failed(error=RuntimeError("content_policy_violation")),
    ),
    Said(
        rule="D1",
        use=be_refused,
        plans=("answer 402 on=create nth=1", "answer 403 on=create nth=2"),
        broken=_refused("Refused", "Refused"),
        control=_refused("OutOfCredits", "Forbidden"),
    ),
    Said(
        rule="D8",
        use=be_refused,
        plans=("answer 403 on=create nth=1", "answer 403 body=html on=create nth=2"),
        broken=_refused("Forbidden", "NoJson"),
        control=_refused("Forbidden", "Forbidden"),
    ),
    Said(
        rule="D9",
        use=be_refused,
        plans=("answer 403 on=create nth=1", "answer 403 body=array on=create nth=2"),
        broken=_refused("Forbidden", "KeyError"),
        control=_refused("Forbidden", "Forbidden"),
    ),
    Said(
        rule="E3",
        use=make_video_called_back,
        plans=("callback twice",),
        broken=(*_made(), *_made()),
        control=_made(),
    ),
    Said(rule="F3", use=fetch, plans=("disconnect in-body percent=50 on=result",), broken=_made(), control=_failed()),
    Said(
        rule="F4",
        use=partial(make_video, times=2),
        broken=(*_made(path="a.mp4"), *_made(path="a.mp4")),
        control=(*_made(path="a.mp4"), *_made(path="b.mp4")),
    ),
    Said(
        rule="F6",
        use=fetch,
        plans=("answer 200 headers.content-type=text/html on=result",),
        broken=_made(),
        control=({"outcome": "error"},),
        grade=Grade.WARN,
    ),
    Said(rule="H1", broken=_made(facts={"budget": 5}), control=_made(facts={"budget": 500}), grade=Grade.WARN),
    Said(rule="H2", broken=_made(facts={"estimated_credits": 1}), control=_made(facts={"estimated_credits": 23.8})),
    Said(
        rule="H3",
        plans=("fail=service_error at=60%",),
        broken=_failed(message="service_error", facts={"charged_credits": 23.8}),
        control=_failed(message="service_error", facts={"charged_credits": 0}),
        grade=Grade.WARN,
    ),
)


@pytest.mark.uncounted
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_is_said(evolink: Evolink, case: Said) -> None:
    """A rule is broken by what the one client says, and kept by what the other says of the same."""
    evolink.plan(*case.plans)
    tasks = (case.use or make_video)(evolink)
    for reports, wanted in ((case.control, Grade.PASS), (case.broken, case.grade)):
        evolink._reported.clear()
        for said, task in zip(reports, (*tasks, *([tasks[0] if tasks else None] * len(reports))), strict=False):
            evolink.report(**{"task": task, **said})
        found = {outcome.rule.id: outcome for outcome in evolink.verdict().outcomes}[case.rule]
        assert found.grade is wanted, found


def test_errors(evolink: Evolink) -> None:
    """Of an exception its class, its words, and what tells it from others are taken; what is given goes before."""

    class OutOfCredits(Exception):
        status = 402
        code = None

    evolink.report("error", error=OutOfCredits("top up"), path=Path("a.mp4"), facts={"budget": 3})
    evolink.report("error", error=OutOfCredits("top up"), message="no money", facts={"status": 400})
    evolink.report("error", error="OutOfCredits")
    first, second, third = evolink._reported
    assert (first.error, first.message, first.path) == ("OutOfCredits", "top up", "a.mp4")
    assert (first.facts, first.at) == ({"status": 402, "budget": 3}, evolink.clock.now)
    assert (second.message, second.facts) == ("no money", {"status": 400})
    assert (third.error, third.message, third.facts) == ("OutOfCredits", None, {})


def test_what_a_program_printed(evolink: Evolink) -> None:
    """The outcomes among the lines are taken; one that is none is refused."""
    evolink.report_output(f"hello\n{json.dumps({'outcome': 'failed', 'task': 'task-1'})}\n")
    assert [each.task for each in evolink._reported] == ["task-1"]
    with pytest.raises(OutcomeError, match="line 1: outcome must be one of"):
        evolink.report_output('{"outcome": "fine"}')
    with pytest.raises(ValueError, match="outcome must be one of completed, failed, timeout, error, not 'fine'"):
        evolink.report("fine")  # type: ignore[arg-type]


def test_times_of_a_client_that_lives_by_real_time(run: Run) -> None:
    """Where sleeps do not move the clock, what is said has real time."""
    result = run("""
        import time

        import pytest


        @pytest.mark.evolink(sleeps=False)
        def test_times(evolink):
            before = time.time()
            evolink.report("failed", task="task-1")
            assert before <= evolink._reported[0].at <= time.time()
    """)
    result.assert_outcomes(passed=1)
