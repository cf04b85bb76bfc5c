"""What the view of the verdict reads: the judge is found, asked in a thread, and asked once at a time."""

import asyncio
import threading
from importlib.metadata import EntryPoint
from typing import Any

import httpx2
import pytest

from contracts.judge import judge_journal
from mock_server.dashboard import verdict
from mock_server.dashboard.verdict import find_judge
from openapi.operations import load_operations
from tests.serving import CREATE, KEY, Serve, create, example

pytestmark = pytest.mark.anyio

VERDICT = "/_mock/dashboard/verdict"


def broken(statement: dict[str, Any]) -> dict[str, int]:
    """Return how many findings each rule has that was not kept."""
    return {each["rule"]: len(each["findings"]) for each in statement["outcomes"] if each["findings"]}


async def test_a_careless_client(serve: Serve) -> None:
    """What it got wrong is found, with the exchanges that show it and without what is secret."""
    client = await serve(speed=0.0)
    await create(client, prompt="a heron nobody may know of")
    for _ in range(2):
        await client.post(CREATE, json=example(duration=99))
    told = (await client.get(VERDICT)).json()
    assert (told["exchanges"], told["last"]) == (3, 3)
    assert broken(told["statement"]) == {"A8": 2, "B7": 1}
    assert {each["number"] for each in told["statement"]["exchanges"]} == {2, 3}
    assert "heron" not in str(told)
    assert KEY not in str(told)


async def test_of_one_mind_with_who_judges_the_journal(client: httpx2.AsyncClient) -> None:
    """The journal as JSON, judged elsewhere, comes to the same."""
    await client.post(CREATE, json=example(duration=99))
    told = (await client.get(VERDICT)).json()["statement"]
    journal, callbacks = [(await client.get(f"/_mock/{name}")).json() for name in ("journal", "callbacks")]
    judged = judge_journal(journal, callbacks, load_operations())
    assert told["counts"] == judged.counts
    assert {rule.rule: len(rule.findings) for rule in judged.outcomes if rule.findings} == broken(told)


async def test_of_one_universe(client: httpx2.AsyncClient) -> None:
    """Each has a verdict of its own; of one without traffic, on nothing."""
    await client.post(CREATE, json=example(duration=99))
    told = (await client.get(VERDICT, headers={"x-mock-universe": "another"})).json()
    assert (told["exchanges"], broken(told["statement"])) == (0, {})


def test_the_judge_that_is_installed() -> None:
    """The one of this package is found by its entry point."""
    assert find_judge() is judge_journal


@pytest.mark.parametrize("found", [(), (EntryPoint("evolink", "nothing_of_this_name:judge", verdict.GROUP),)])
async def test_without_a_judge(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, found: tuple[EntryPoint, ...]
) -> None:
    """One sentence says which command installs it."""
    monkeypatch.setattr(verdict, "entry_points", lambda *, group: found if group == verdict.GROUP else None)
    answer = await client.get(VERDICT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "missing_extra")
    assert "pip install 'evolink-mock[contracts]'" in answer.json()["error"]["message"]


async def test_in_a_thread_and_one_after_the_other(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop goes on while the judge works, and nobody is judged beside somebody else."""
    meeting, threads = threading.Barrier(2), []

    def judge(*_: object) -> str:
        threads.append(threading.current_thread())
        with pytest.raises(threading.BrokenBarrierError):
            meeting.wait(0.02)
        return "judged"

    monkeypatch.setattr(verdict, "find_judge", lambda: judge)
    answers = await asyncio.gather(*(client.get(VERDICT) for _ in range(2)))
    assert [answer.json()["statement"] for answer in answers] == ["judged", "judged"]
    assert threading.main_thread() not in threads
    assert len(set(threads)) == 1
