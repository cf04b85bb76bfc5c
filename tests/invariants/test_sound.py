"""Whatever is asked of the simulator, in whatever order, no rule finds anything."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.invariants import RULES
from contracts.verdict import Grade, judge
from mock_server.client import Control
from tests.invariants.simulated import HOOKS, KEYS, Simulator
from tests.serving import CREATE

pytestmark = pytest.mark.uncounted

Step = Callable[[Simulator], object]

keys = st.sampled_from(KEYS)
words = st.sampled_from(["good", "created", "moved", "gone", "broken", "silent"])
urls = st.lists(st.sampled_from([f"https://example.com/{name}.mp4" for name in "abc"]), min_size=1, max_size=3)
options = st.fixed_dictionaries(
    {"video_urls": urls},
    optional={
        "duration": st.integers(1, 11),
        "quality": st.sampled_from(["720p", "1080p"]),
        "generate_audio": st.booleans(),
        "callback_url": words.map(lambda word: f"{HOOKS}/{word}/x")
        | st.sampled_from(["https://10.1.2.3/", "ftp://x", ""]),
    },
)


def _pick(simulator: Simulator, place: int) -> str:
    return simulator.tasks[place % len(simulator.tasks)] if simulator.tasks else "task-unified-1757169743-nobodys0"


@st.composite
def creations(draw: st.DrawFn) -> Step:
    """Ask for a task, now and then with a key, and several at once."""
    key, changes = draw(keys), draw(options)
    again, times = draw(st.none() | st.sampled_from(["one", "two"])), draw(st.integers(1, 3))

    def step(simulator: Simulator) -> None:
        def work() -> object:
            return simulator.create(key=key, again=again, **changes)

        simulator.together(*[work] * times)

    return step


@st.composite
def readings(draw: st.DrawFn) -> Step:
    """Look at tasks and credits, at once."""
    key, kinds, place = draw(keys), draw(st.lists(st.integers(0, 3), min_size=1, max_size=4)), draw(st.integers(0, 9))

    def step(simulator: Simulator) -> None:
        works = (
            lambda: simulator.ask("GET", f"/v1/tasks/{_pick(simulator, place)}", key=key),
            lambda: simulator.ask("GET", "/v1/tasks?page_size=3", key=key),
            lambda: simulator.ask(
                "POST", "/v1/tasks/batch", key=key, json={"task_ids": simulator.tasks[:50] or ["none"]}
            ),
            lambda: simulator.ask("GET", "/v1/credits", key=key),
        )
        simulator.together(*[works[kind] for kind in kinds])

    return step


def _by_hand(place: int, change: str) -> Step:
    def step(simulator: Simulator) -> None:
        with simulator.by_hand() as control:
            changes: dict[str, Callable[[Control], object]] = {
                "fail": lambda control: control.fail_task(_pick(simulator, place)),
                "cancel": lambda control: control.cancel_task(_pick(simulator, place)),
                "finish": lambda control: control.finish_task(_pick(simulator, place)),
                "hold": lambda control: control.hold_task(_pick(simulator, place)),
                "release": lambda control: control.release_task(_pick(simulator, place)),
                "slots": lambda control: control.change_limits(slots=1),
                "limits": lambda control: control.change_limits(requests_per_minute=6),
                "free": lambda control: control.change_limits(),
            }
            changes[change](control)

    return step


def _odd(number: int) -> Step:
    odd: tuple[dict[str, Any], ...] = (
        {"method": "GET", "path": "/v1/credits", "key": None},
        {"method": "POST", "path": CREATE, "key": None, "content": b"{"},
        {"method": "POST", "path": CREATE, "content": b"\xff"},
        {"method": "DELETE", "path": "/v1/credits"},
        {"method": "OPTIONS", "path": "/v1/tasks"},
        {"method": "HEAD", "path": "/v1/tasks"},
        {"method": "GET", "path": "/v1/nowhere"},
        {"method": "GET", "path": "/v1/tasks/nothing"},
        {"method": "POST", "path": CREATE, "content": b" " * 17_000_000},
        {"method": "GET", "path": "/api/v1/files/list"},
    )
    return lambda simulator: simulator.ask(**odd[number])


def _download(simulator: Simulator) -> None:
    for task in simulator.tasks[:2]:
        body = simulator.ask("GET", f"/v1/tasks/{task}").answered
        for link in body.get("results", ()):
            simulator.ask("GET", link, key=None, headers={"range": "bytes=0-9"})
            simulator.ask("GET", link, key=None)


steps: st.SearchStrategy[Step] = st.one_of(
    creations(),
    creations(),
    readings(),
    readings(),
    st.sampled_from([0.5, 1, 2, 4, 30, 60, 140, 90_000]).map(
        lambda seconds: lambda simulator: simulator.advance(seconds)
    ),
    st.builds(
        _by_hand,
        st.integers(0, 9),
        st.sampled_from(["fail", "cancel", "finish", "hold", "release", "slots", "limits", "free"]),
    ),
    st.integers(0, 9).map(_odd),
    st.just(Simulator.restart),
    st.just(_download),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=5, max_size=30))
def test_the_simulator_is_sound(program: list[Step]) -> None:
    """Programs of creates, looks, time, hands, faults of clients and restarts."""
    with TemporaryDirectory() as folder, Simulator(Path(folder)) as simulator:
        for step in program:
            step(simulator)
        outcomes = judge(RULES, simulator.recorder.record).outcomes
        assert {each.rule.id: each.findings or each.error for each in outcomes if each.findings or each.error} == {}
        assert outcomes[0].grade in {Grade.PASS, Grade.UNTESTED}
