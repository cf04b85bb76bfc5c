"""Clients that run: one that does all of it right, and one that does not, in a simulator of their own."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from anyio.from_thread import BlockingPortal

from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator
from contracts.recording import ClientRecord
from contracts.recording.journal import read_journal
from contracts.rules.requests import RULES
from contracts.rules.simulator import RULES as SIMULATOR_RULES
from contracts.verdict import Grade, judge
from tests.clients.asking import fetch

pytestmark = pytest.mark.uncounted

BODY = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A cat",
    "video_urls": ["https://example.com/cat.mp4"],
    "duration": 5,
    "quality": "720p",
    "generate_audio": False,
    "model_params": {"shot_type": "multi"},
    "callback_url": "https://hooks.example.com/done",
}


@pytest.fixture
def evolink(portal: BlockingPortal) -> Iterator[Evolink]:
    """A simulator in which the first create is refused for seven seconds."""
    plans = ("answer 503 retry-after=7 on=create nth=1",)
    with open_simulator(portal, Options(plans=plans)) as evolink:
        yield evolink


def make(client: httpx2.Client, body: dict[str, Any], *, pause: float) -> None:
    """Create a task, wait for it, and fetch its video."""
    while (answer := client.post("/v1/videos/generations", json=body)).status_code == 503:
        time.sleep(pause)
    task = answer.json()
    while task["status"] not in {"completed", "failed"}:
        time.sleep(5)
        task = client.get(f"/v1/tasks/{task['id']}").json()
    fetch(task["results"][0])


def read(evolink: Evolink) -> ClientRecord:
    """Return the record of what the client did."""
    return read_journal(
        evolink.control.show_journal(),
        callbacks=evolink.control.list_callbacks(),
        moves=evolink.history().moves,
        clock="virtual",
    )


def test_a_good_client(evolink: Evolink) -> None:
    """All rules on requests pass but that on certificates, as no client here sees one; times are exact."""
    headers = {"authorization": f"Bearer {evolink.key}", "user-agent": "cat-client/1.0"}
    with httpx2.Client(base_url=evolink.url, headers=headers) as client:
        make(client, BODY, pause=7)
    record = read(evolink)
    came = {each.rule.id: each.grade for each in judge((*RULES, *SIMULATOR_RULES), record).outcomes}
    assert {name for name, grade in came.items() if grade is not Grade.PASS} == {"A14"}
    call, *_ = record.creates
    assert [wait.seconds for wait in call.waits] == pytest.approx([7.0], abs=0.001)
    assert call.waits[0].hint is not None
    task = record.tasks[call.task or ""]
    assert len(task.downloads) == 1
    assert len(task.deliveries) >= 1
    assert [gap.seconds for gap in task.gaps] == pytest.approx([5.0] * len(task.gaps), abs=0.001)
    assert record.cost(task.id) == next(state for state in evolink.tasks if state.id == task.id).ledger[-1].credits


def test_a_broken_client(evolink: Evolink) -> None:
    """Each thing that it does wrong is found, and nothing else."""
    body = {**BODY, "shot_type": "multi", "callbackUrl": "https://hooks.example.com/done"}
    del body["model_params"]
    with httpx2.Client(base_url=evolink.url, headers={"user-agent": "cat", "accept": "text/html"}) as client:
        client.get("/v1/credits")
        client.headers["authorization"] = f"Bearer {evolink.key}"
        client.get(f"/v1/credits?api_key={evolink.key}")
        make(client, body, pause=1)
        client.post("/v1/videos/generations", json={**BODY, "duration": "5", "model": "wan2.6", "quality": "8k"})
    verdict = judge((*RULES, *SIMULATOR_RULES), read(evolink))
    found = {each.rule.id for each in verdict.of(Grade.FAIL, Grade.WARN)}
    assert found == {"A1", "A3", "A5", "A8", "A9", "A11", "A13", "A15", "A16"}
    assert {each.rule.id for each in verdict.of(Grade.ERROR)} == set()
