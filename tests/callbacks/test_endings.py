"""What a callback tells, and when: the end of a task, with its money, and nothing else."""

from asyncio import StreamReader, StreamWriter
from typing import Any

import httpx2
import pytest

from contracts.drive.receiver import Receiver, Reply
from openapi.operations import load_operations
from tests.callbacks.conftest import HOOK, LIVE, LONGEST_TASK, Simulate, Simulation
from tests.serving import KEY, bearer

pytestmark = pytest.mark.anyio

ENDINGS = {
    "completed": ("", None),
    "failed": ("fail=content_policy_violation at=60%", "content_policy_violation"),
    "cancelled": ("cancel at=95%", "request_cancelled"),
}


class Confirm:
    """What a careful receiver does: it asks the API about the task and the money, and only then answers."""

    def __init__(self, simulation: Simulation) -> None:
        self.task = ""
        self.seen: dict[str, Any] = {}
        self.credits: dict[str, Any] = {}
        self._simulation = simulation

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Ask, and accept."""
        transport = httpx2.AsyncHTTPTransport()
        url = self._simulation.client.base_url
        async with httpx2.AsyncClient(base_url=url, transport=transport, headers=bearer()) as client:
            confirming = self._simulation.seen_by(client)
            self.seen, self.credits = await confirming.task(self.task), await confirming.credits()
        writer.write(Reply(204).head)


@pytest.mark.clauses("CB-WHEN")
@pytest.mark.parametrize("status", ENDINGS)
async def test_once_for_each_end(simulation: Simulation, receiver: Receiver, status: str) -> None:
    """A task that ends well, badly or by hand is told of once, at the instant of its end and not before."""
    directive, code = ENDINGS[status]
    task = await simulation.create(directive)
    end = await simulation.end(task)
    await simulation.advance(end - await simulation.now() - 0.000_001)
    assert (await simulation.task(task))["status"] == "processing"
    assert receiver.received == ()
    (made,) = await simulation.advance(0.000_001)
    assert (made["task"], made["at"], made["status"]) == (task, end, 200)
    await simulation.advance(86_400)
    (came,) = receiver.wait_for(1)
    body = came.json()
    assert (body["id"], body["status"], body.get("error", {}).get("code")) == (task, status, code)


@pytest.mark.clauses("CB-WHEN")
async def test_nothing_while_a_task_lives(simulation: Simulation, receiver: Receiver) -> None:
    """Second by second from the queue to 99 %: nothing is sent for a task that has not ended."""
    task = await simulation.create()
    seen = set()
    while (shown := await simulation.task(task))["status"] != "completed":
        seen.add(shown["status"])
        assert receiver.received == ()
        await simulation.advance(1)
    assert seen == {"pending", "processing"}
    assert len(receiver.received) == 1


@pytest.mark.parametrize("changes", [{"callback_url": None}, {"prompt": "[mock: callback=never]"}])
async def test_nothing_without_a_url(simulation: Simulation, receiver: Receiver, changes: dict[str, Any]) -> None:
    """Who gave no URL, or planned that nothing comes, is told nothing."""
    await simulation.create(**changes)
    assert await simulation.advance(LONGEST_TASK) == []
    assert (receiver.received, await simulation.deliveries()) == ((), [])


@pytest.mark.clauses("CB-BODY")
@pytest.mark.parametrize("status", ENDINGS)
async def test_the_body_is_that_of_the_query(simulation: Simulation, receiver: Receiver, status: str) -> None:
    """Value for value what GET /v1/tasks/{id} answers, and by the schema of that answer."""
    task = await simulation.create(ENDINGS[status][0])
    await simulation.finish(task)
    (came,) = receiver.received
    assert came.json() == await simulation.task(task)
    assert load_operations()["getTaskDetail"].response_violations(200, came.json()) == ()


@LIVE
@pytest.mark.clauses("CB-AFTER-BILL", "CB-BODY")
@pytest.mark.parametrize(
    ("status", "remaining", "used"),
    [("completed", 976.2, 23.8), ("failed", 1_000, 0), ("cancelled", 1_000, 0)],
)
async def test_the_money_is_settled_when_it_comes(
    simulation: Simulation, receiver: Receiver, status: str, remaining: float, used: float
) -> None:
    """A receiver that asks before it answers sees what the body says, and what was charged or released."""
    confirm = Confirm(simulation)
    receiver.script(confirm)
    confirm.task = await simulation.create(ENDINGS[status][0])
    assert await simulation.credits() == {"remaining_credits": 976.2, "used_credits": 0}
    await simulation.finish(confirm.task)
    (came,) = receiver.received
    assert confirm.seen == came.json()
    assert confirm.credits == {"remaining_credits": remaining, "used_credits": used}


@pytest.mark.clauses("CB-BODY")
async def test_what_a_request_carries(simulation: Simulation, receiver: Receiver) -> None:
    """JSON by POST, and nothing of the client's: no key, no cookie, no referrer, no user of the URL."""
    simulation.client.cookies.set("session", "secret")
    url = "https://user:secret@hooks.example.com:443/evolink/7?sign=a%20b#part"
    task = await simulation.create(callback_url=url)
    await simulation.finish(task)
    (came,) = receiver.received
    assert (came.method, came.path) == ("POST", "/evolink/7?sign=a%20b")
    assert sorted(came.headers) == ["accept", "connection", "content-length", "content-type", "host", "user-agent"]
    assert came.headers["host"] == "hooks.example.com"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["content-length"] == str(len(came.body))
    assert came.headers["user-agent"].startswith("evolink-mock/")
    assert "secret" not in str(came.headers) + came.body.decode()
    assert KEY not in str(came.headers) + came.body.decode()


async def test_the_links_in_a_callback_work(simulation: Simulation, receiver: Receiver) -> None:
    """They lead to where the client reached the simulator when it created the task."""
    await simulation.finish(await simulation.create())
    (link,) = receiver.received[0].json()["results"]
    assert link.startswith(str(simulation.client.base_url))
    assert (await simulation.client.get(link)).status_code == 200


async def test_a_callback_comes_by_tls(simulate: Simulate) -> None:
    """Its receiver is trusted by the CA that the simulator is told of."""
    with Receiver() as receiver:
        simulation = await simulate(receiver, callback_ca=str(receiver.ca_file))
        _, (made,) = await simulation.finish(await simulation.create())
        assert (made["status"], made["error"], len(receiver.received)) == (200, None, 1)


async def test_host_and_certificate_are_those_of_the_url(simulate: Simulate) -> None:
    """A route changes the address alone: who answers there must be able to speak for the URL's host."""
    with Receiver(certificate="wrong-host") as receiver:
        simulation = await simulate(receiver, callback_ca=str(receiver.ca_file))
        _, (made,) = await simulation.finish(await simulation.create())
        assert made["status"] is None
        assert made["error"].startswith("the certificate is not trusted: ")
        assert receiver.received == ()


async def test_a_replayed_request_sends_nothing_more(simulation: Simulation, receiver: Receiver) -> None:
    """Two requests with one idempotency key are one task, with one callback."""
    simulation.client.headers["idempotency-key"] = "once"
    assert await simulation.create() == await simulation.create()
    await simulation.advance(LONGEST_TASK)
    assert len(receiver.received) == 1


async def test_two_tasks_of_one_url(simulation: Simulation, receiver: Receiver) -> None:
    """Each task is told of by itself, also where the URL is the same."""
    tasks = {await simulation.create(callback_url=HOOK) for _ in range(2)}
    await simulation.advance(LONGEST_TASK)
    assert {came.json()["id"] for came in receiver.received} == tasks
